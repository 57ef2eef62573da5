import { sql } from 'kysely'
import type { Db } from './db.ts'
import type { StoredPayment } from './topups.ts'

/** Some of many, newest or oldest first as the query says. */
export interface Page {
  limit: number
  offset: number
}

const USER_ID = /^\d{1,15}$/

/** Payments by charge id or by whoever paid, newest first; null: all. */
export const findPayments = (
  db: Db,
  find: string | null,
  { limit, offset }: Page,
): Promise<StoredPayment[]> =>
  db
    .selectFrom('payments')
    .selectAll()
    .$if(find !== null, (query) =>
      query.where((eb) =>
        eb.or([
          eb('charge_id', '=', find ?? ''),
          ...(USER_ID.test(find ?? '') ? [eb('user_id', '=', Number(find))] : []),
        ]),
      ),
    )
    .orderBy('created_at', 'desc')
    .orderBy('charge_id')
    .limit(limit)
    .offset(offset)
    .execute()

/** What waits for an admin's answer. */
export interface Waiting {
  requests: number
  receipts: number
  /** When the newest of them came; null: nothing waits. */
  newest: Date | null
}

/** The same with the time of the newest; transfers wait in one of the states `reviewable`. */
export async function readWaiting(db: Db, reviewable: readonly string[]): Promise<Waiting> {
  const { rows } = await sql<Waiting>`
    select
      count(*) filter (where what = 'request')::int as requests,
      count(*) filter (where what = 'receipt')::int as receipts,
      max(since) as newest
    from (
      select 'request' as what, asked_at as since from refund_requests where state = 'open'
      union all
      select 'receipt', updated_at from invoices where status = any (${reviewable}::text[])
    ) waiting`.execute(db)
  return rows[0] ?? { requests: 0, receipts: 0, newest: null }
}

/** How many people wait for an admin's answer; transfers wait in one of the states `reviewable`. */
export async function countWaiting(
  db: Db,
  reviewable: readonly string[],
): Promise<{ requests: number; receipts: number }> {
  const { rows } = await sql<{ requests: number; receipts: number }>`
    select
      (select count(*)::int from refund_requests where state = 'open') as requests,
      (select count(*)::int from invoices where status = any (${reviewable}::text[])) as receipts`.execute(
    db,
  )
  return rows[0] ?? { requests: 0, receipts: 0 }
}
