import type { Db } from './db.ts'

export interface Favourite {
  userId: number
  jobId: string
  saved: boolean
  /** Step of the conversation in which the user said so. */
  step: number
}

/**
 * Records whether a user keeps a job of theirs; somebody else's job is left alone, and so is a newer
 * wish. Repeating it changes nothing.
 */
export async function setFavourite(
  db: Db,
  { userId, jobId, saved, step }: Favourite,
): Promise<void> {
  await db
    .insertInto('favourites')
    .columns(['user_id', 'job_id', 'saved', 'step'])
    .expression((eb) =>
      eb
        .selectFrom('jobs')
        .select(['user_id', 'id', eb.val(saved).as('saved'), eb.val(step).as('step')])
        .where('id', '=', jobId)
        .where('user_id', '=', userId),
    )
    .onConflict((oc) =>
      oc
        .columns(['user_id', 'job_id'])
        .doUpdateSet((eb) => ({
          saved: eb.ref('excluded.saved'),
          step: eb.ref('excluded.step'),
          saved_at: new Date(),
        }))
        .whereRef('favourites.step', '<', 'excluded.step'),
    )
    .execute()
}
