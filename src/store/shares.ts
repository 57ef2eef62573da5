import type { Db } from './db.ts'

/** A result that its owner shares by a link. */
export interface Share {
  secret: string
  jobId: string
  userId: number
  withWords: boolean
}

/**
 * Shares a user's own order, or says anew whether its words are to be read; a result keeps the link that
 * it has got once. Somebody else's order is left alone. The newest step counts, in whatever order they come.
 */
export async function shareResult(db: Db, share: Share & { step: number }): Promise<void> {
  const { secret, jobId, userId, withWords, step } = share
  await db
    .insertInto('shares')
    .columns(['secret', 'job_id', 'user_id', 'with_words', 'step'])
    .expression((eb) =>
      eb
        .selectFrom('jobs')
        .select([
          eb.val(secret).as('secret'),
          'id',
          'user_id',
          eb.val(withWords).as('with_words'),
          eb.val(step).as('step'),
        ])
        .where('id', '=', jobId)
        .where('user_id', '=', userId),
    )
    .onConflict((oc) =>
      oc
        .column('job_id')
        .doUpdateSet((eb) => ({
          with_words: eb.ref('excluded.with_words'),
          step: eb.ref('excluded.step'),
        }))
        .whereRef('shares.step', '<', 'excluded.step'),
    )
    .execute()
}

const shares = (db: Db) =>
  db
    .selectFrom('shares')
    .select(['secret', 'job_id as jobId', 'shares.user_id as userId', 'with_words as withWords'])

/** The share that a link leads to. */
export const readShare = (db: Db, secret: string): Promise<Share | undefined> =>
  shares(db).where('secret', '=', secret).executeTakeFirst()

/** The share of an order, if its owner shares it. */
export const shareOf = (db: Db, jobId: string, userId: number): Promise<Share | undefined> =>
  shares(db).where('job_id', '=', jobId).where('shares.user_id', '=', userId).executeTakeFirst()

/** What a user shares, by the newest order. */
export const sharesOfUser = (db: Db, userId: number, most: number): Promise<Share[]> =>
  shares(db)
    .innerJoin('jobs', 'jobs.id', 'shares.job_id')
    .where('jobs.user_id', '=', userId)
    .orderBy('jobs.created_at', 'desc')
    .limit(most)
    .execute()
