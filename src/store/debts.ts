import { sql } from 'kysely'
import type { Db } from './db.ts'

export interface DebtCollection {
  userId: number
  /** Of the top-up that it is kept from; at most one collection for each. */
  ref: string
  /** No more is kept than this. */
  kopecks: number
}

/**
 * Keeps what a user owes for returned payments from a top-up that was just booked, oldest debt
 * first; call it in the top-up's transaction. Debts that another transaction is at are left for the
 * next time.
 */
export async function collectDebts(
  db: Db,
  { userId, ref, kopecks }: DebtCollection,
): Promise<void> {
  await sql`
    with owed as (
      select charge_id, created_at, debt_kopecks - debt_paid_kopecks as kopecks from payments
      where user_id = ${userId} and debt_kopecks > debt_paid_kopecks
      order by created_at, charge_id for update skip locked
    ), line as (
      select charge_id, kopecks,
        sum(kopecks) over (order by created_at, charge_id) - kopecks as before from owed
    ), kept as (
      update payments p
      set debt_paid_kopecks = p.debt_paid_kopecks
        + least(l.kopecks, ${kopecks}::bigint - l.before)::bigint
      from line l where p.charge_id = l.charge_id and l.before < ${kopecks}::bigint
      returning least(l.kopecks, ${kopecks}::bigint - l.before)::bigint as kopecks
    )
    insert into ledger_entries (user_id, kind, ref, source, target, amount_kopecks)
    select ${userId}::bigint, 'debt', ${ref}::text, 'available', 'house', sum(kopecks)::bigint
    from kept having sum(kopecks) > 0`.execute(db)
}

/** What was kept from a top-up for debts. */
export const readCollected = async (db: Db, ref: string): Promise<number> =>
  (
    await db
      .selectFrom('ledger_entries')
      .select('amount_kopecks')
      .where('kind', '=', 'debt')
      .where('ref', '=', ref)
      .executeTakeFirst()
  )?.amount_kopecks ?? 0

/** What all users still owe. */
export async function readOwed(db: Db): Promise<number> {
  const { rows } = await sql<{ kopecks: number }>`
    select coalesce(sum(debt_kopecks - debt_paid_kopecks), 0) as kopecks from payments
    where debt_kopecks > debt_paid_kopecks`.execute(db)
  return Number(rows[0]?.kopecks ?? 0)
}
