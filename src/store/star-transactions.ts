import { type Selectable, sql } from 'kysely'
import type { Db } from './db.ts'
import type { StarAuditRow, StarTransactionRow } from './schema.ts'

export type StoredTransaction = Selectable<StarTransactionRow>
export type StarAudit = Selectable<StarAuditRow>

/** Far from the number of parameters that a statement may have. */
const AT_ONCE = 1_000

export type NewTransaction = Omit<StoredTransaction, 'seen_at'>

/** Those of these rows that are not kept yet. */
export async function unseenTransactions(
  db: Db,
  rows: readonly NewTransaction[],
): Promise<NewTransaction[]> {
  if (rows.length === 0) return []
  const kept = await db
    .selectFrom('star_transactions')
    .select(['id', 'direction'])
    .where(
      'id',
      'in',
      rows.map(({ id }) => id),
    )
    .execute()
  const known = new Set(kept.map(({ id, direction }) => `${direction}:${id}`))
  return rows.filter(({ id, direction }) => !known.has(`${direction}:${id}`))
}

/** Keeps Telegram's list of transactions, all or nothing; each row once by id and direction. */
export async function keepTransactions(
  db: Db,
  transactions: readonly NewTransaction[],
): Promise<void> {
  // In order of ids, so that two readers never wait for each other.
  const rows = transactions.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  await db.transaction().execute(async (tx) => {
    for (let at = 0; at < rows.length; at += AT_ONCE) {
      await tx
        .insertInto('star_transactions')
        .values(rows.slice(at, at + AT_ONCE))
        .onConflict((oc) => oc.columns(['id', 'direction']).doNothing())
        .execute()
    }
  })
}

/** Whether Telegram's transactions, as far as they were read, show that this charge went back. */
export const isKeptRefund = async (db: Db, chargeId: string): Promise<boolean> =>
  (await db
    .selectFrom('star_transactions')
    .select('id')
    .where('id', '=', chargeId)
    .where('direction', '=', 'out')
    .executeTakeFirst()) !== undefined

export const countTransactions = async (db: Db): Promise<number> =>
  (
    await db
      .selectFrom('star_transactions')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow()
  ).n

/** What people paid for invoices, or got back, beside what we know of the payment; oldest first. */
const besidePayments = (db: Db, direction: 'in' | 'out') =>
  db
    .selectFrom('star_transactions as t')
    .leftJoin('payments as p', 'p.charge_id', 't.id')
    .selectAll('t')
    .where('t.direction', '=', direction)
    .where('t.kind', '=', 'invoice_payment')
    .where('t.user_id', 'is not', null)
    .orderBy('t.happened_at')

/** Stars that people paid for invoices and that nobody credited. */
export const missedPayments = (db: Db): Promise<StoredTransaction[]> =>
  besidePayments(db, 'in').where('p.charge_id', 'is', null).execute()

/** Stars that went back to people without being booked. */
export const missedRefunds = (db: Db): Promise<StoredTransaction[]> =>
  besidePayments(db, 'out')
    .where((eb) => eb.or([eb('p.state', 'is', null), eb('p.state', '<>', 'refunded')]))
    .execute()

/** Payments older than `before` that Telegram's transactions don't show. */
export async function unexplainedPayments(db: Db, before: Date): Promise<string[]> {
  const { rows } = await sql<{ charge_id: string }>`
    select charge_id from payments p
    where created_at < ${before} and not exists (
      select from star_transactions t where t.id = p.charge_id and t.direction = 'in')
    order by created_at limit 100`.execute(db)
  return rows.map((row) => row.charge_id)
}

export const recordAudit = (
  db: Db,
  audit: Omit<StarAudit, 'id' | 'finished_at'> & { finished_at: Date },
): Promise<unknown> => db.insertInto('star_audits').values(audit).execute()

/** The latest comparison with Telegram's transactions, if there was one. */
export const readLastAudit = (db: Db): Promise<StarAudit | undefined> =>
  db.selectFrom('star_audits').selectAll().orderBy('id', 'desc').limit(1).executeTakeFirst()
