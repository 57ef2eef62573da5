import { type Selectable, sql } from 'kysely'
import type { Db } from './database.ts'
import type { StarAuditRow, StarTransactionRow } from './schema.ts'

export type StoredTransaction = Selectable<StarTransactionRow>
export type StarAudit = Selectable<StarAuditRow>

export type NewTransaction = Omit<StoredTransaction, 'seen_at'>

/** Keeps what Telegram's books say; returns how many of them are new. */
export async function keepTransactions(
  db: Db,
  transactions: readonly NewTransaction[],
): Promise<number> {
  if (transactions.length === 0) return 0
  const rows = await db
    .insertInto('star_transactions')
    .values([...transactions])
    .onConflict((oc) => oc.columns(['id', 'direction']).doNothing())
    .returning('id')
    .execute()
  return rows.length
}

export const countTransactions = async (db: Db): Promise<number> =>
  (
    await db
      .selectFrom('star_transactions')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow()
  ).n

/** Stars that people paid for invoices and that nobody credited. */
export const missedPayments = (db: Db): Promise<StoredTransaction[]> =>
  db
    .selectFrom('star_transactions as t')
    .leftJoin('payments as p', 'p.charge_id', 't.id')
    .selectAll('t')
    .where('t.direction', '=', 'in')
    .where('t.kind', '=', 'invoice_payment')
    .where('t.user_id', 'is not', null)
    .where('p.charge_id', 'is', null)
    .orderBy('t.happened_at')
    .execute()

/** Stars that went back to people without being booked. */
export const missedRefunds = (db: Db): Promise<StoredTransaction[]> =>
  db
    .selectFrom('star_transactions as t')
    .leftJoin('payments as p', 'p.charge_id', 't.id')
    .selectAll('t')
    .where('t.direction', '=', 'out')
    .where('t.kind', '=', 'invoice_payment')
    .where('t.user_id', 'is not', null)
    .where((eb) => eb.or([eb('p.state', 'is', null), eb('p.state', '<>', 'refunded')]))
    .orderBy('t.happened_at')
    .execute()

/** Payments older than `before` that Telegram's books don't show. */
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

/** The latest comparison with Telegram's books, if there was one. */
export const readLastAudit = (db: Db): Promise<StarAudit | undefined> =>
  db.selectFrom('star_audits').selectAll().orderBy('id', 'desc').limit(1).executeTakeFirst()
