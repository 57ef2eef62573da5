import { sql } from 'kysely'
import type { Db } from '../db.ts'
import type { JobStatuses, StoredJob } from '../jobs.ts'

/** A job without what the user gave and got. */
export interface JobHead extends Omit<StoredJob, 'input' | 'result' | 'took_ms'> {
  /** `created_at` with microseconds. */
  stamp: string
  has_result: boolean
  /** An operator gave the money back after it had been paid. */
  refunded: boolean
}

export interface JobFilter {
  status?: readonly string[] | undefined
  statusNot?: readonly string[] | undefined
  model?: string | undefined
  user?: number | undefined
  ids?: readonly string[] | undefined
  /** Made before, made since. */
  until?: Date | undefined
  since?: Date | undefined
  after: { at: string; id: string } | null
  limit: number
}

/** Jobs that fit the filter, newest first; `after` is the last one seen. */
export async function listJobs(db: Db, filter: JobFilter): Promise<JobHead[]> {
  const { status, statusNot, model, user, ids, until, since, after, limit } = filter
  let query = db
    .selectFrom('jobs')
    .select([
      'id',
      'user_id',
      'chat_id',
      'model_id',
      'status',
      'price_kopecks',
      'credits',
      'credits_consumed',
      'task_id',
      'error_code',
      'courtesy',
      'created_at',
      'updated_at',
    ])
    .select([
      sql<string>`created_at::text`.as('stamp'),
      sql<boolean>`result is not null`.as('has_result'),
      sql<boolean>`exists (
        select from ledger_entries e where e.ref = jobs.id and e.kind in ('sale_undone', 'credit')
      )`.as('refunded'),
    ])
  if (status !== undefined) query = query.where('status', 'in', status)
  if (statusNot !== undefined) query = query.where('status', 'not in', statusNot)
  if (model !== undefined) query = query.where('model_id', '=', model)
  if (user !== undefined) query = query.where('user_id', '=', user)
  if (ids !== undefined) query = query.where(sql<boolean>`id = any (${ids}::text[])`)
  if (until !== undefined) query = query.where('created_at', '<=', until)
  if (since !== undefined) query = query.where('created_at', '>=', since)
  if (after !== null) {
    query = query.where(sql<boolean>`(created_at, id) < (${after.at}::timestamptz, ${after.id})`)
  }
  return await query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
}

/** Jobs that failed since `since`, by code. */
export const countFailures = (
  db: Db,
  since: Date,
  { failed }: JobStatuses,
): Promise<{ code: string; count: number }[]> =>
  db
    .selectFrom('jobs')
    .select([sql<string>`coalesce(error_code, 'unknown')`.as('code')])
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('status', 'in', failed)
    .where('created_at', '>=', since)
    .groupBy('code')
    .orderBy('count', 'desc')
    .limit(20)
    .execute()
