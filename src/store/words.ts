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

/** Books what an answer cost the house, once. */
export async function bookWordCost(
  db: Db,
  { ref, userId, kopecks }: { ref: string; userId: number; kopecks: number },
): Promise<void> {
  if (kopecks <= 0) return
  await db.transaction().execute(async (tx) => {
    const booked = await tx
      .selectFrom('ledger_entries')
      .select('id')
      .where('kind', '=', 'cost')
      .where('ref', '=', ref)
      .executeTakeFirst()
    if (booked === undefined) await bookMovements(tx, [{ userId, kind: 'cost', ref, kopecks }])
  })
}
