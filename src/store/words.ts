import { sql } from 'kysely'
import type { Db } from './db.ts'
import { bookMovements } from './ledger.ts'

/**
 * Takes one of a user's improvements of today (Moscow's day); false: there is none left. The same `ref`
 * takes it once.
 */
export async function takeWordUse(
  db: Db,
  { ref, userId, perDay }: { ref: string; userId: number; perDay: number },
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    // Behind the lock of the user, so that two at the same time are counted one after the other.
    await tx.selectFrom('users').select('id').where('id', '=', userId).forUpdate().execute()
    const known = await tx
      .selectFrom('word_uses')
      .select('ref')
      .where('ref', '=', ref)
      .executeTakeFirst()
    if (known !== undefined) return true
    const { used } = await tx
      .selectFrom('word_uses')
      .select((eb) => eb.fn.countAll<string>().as('used'))
      .where('user_id', '=', userId)
      .where(
        'created_at',
        '>=',
        sql<Date>`date_trunc('day', now() at time zone 'Europe/Moscow') at time zone 'Europe/Moscow'`,
      )
      .executeTakeFirstOrThrow()
    if (Number(used) >= perDay) return false
    await tx.insertInto('word_uses').values({ ref, user_id: userId }).execute()
    return true
  })
}

/** Gives back what came to nothing. */
export const returnWordUse = async (db: Db, ref: string): Promise<void> => {
  await db.deleteFrom('word_uses').where('ref', '=', ref).execute()
}

/** Notes that the provider is asked now: from here on it may charge for it, whatever becomes of us. */
export const noteWordAsk = async (db: Db, ref: string): Promise<void> => {
  await db
    .updateTable('word_uses')
    .set((eb) => ({ asks: eb('asks', '+', 1) }))
    .where('ref', '=', ref)
    .execute()
}

/** The provider refused what was noted last: that costs nothing. */
export const forgetWordAsk = async (db: Db, ref: string): Promise<void> => {
  await db
    .updateTable('word_uses')
    .set((eb) => ({ asks: eb('asks', '-', 1) }))
    .where('ref', '=', ref)
    .whereRef('asks', '>', 'booked_asks')
    .execute()
}

/**
 * Books what an answer cost the house, and as much for each request of before whose answer never came to
 * be booked: they were the same request. Resolves to the number of requests that are booked by it.
 */
export const bookWordCost = (
  db: Db,
  { ref, userId, kopecks }: { ref: string; userId: number; kopecks: number },
): Promise<number> =>
  db.transaction().execute(async (tx) => {
    const use = await tx
      .selectFrom('word_uses')
      .select(['asks', 'booked_asks'])
      .where('ref', '=', ref)
      .forUpdate()
      .executeTakeFirst()
    const { asks, booked_asks: booked } = use ?? { asks: 0, booked_asks: 0 }
    if (asks === booked) return 0
    await tx.updateTable('word_uses').set({ booked_asks: asks }).where('ref', '=', ref).execute()
    const cost = { userId, kind: 'cost' as const, ref: `${ref}/${asks}` }
    if (kopecks > 0) await bookMovements(tx, [{ ...cost, kopecks: kopecks * (asks - booked) }])
    return asks - booked
  })
