import { sql } from 'kysely'
import type { Db } from './db.ts'

/** How long a model's orders took: half of them at most the median, nine of ten at most p90. */
export interface UsualTime {
  medianMs: number
  p90Ms: number
}

/** From fewer orders nothing follows. */
export const FEWEST_ORDERS = 10
/** Older ones no longer count. */
const NEWEST_ORDERS = 200

/** What the last orders of these models took, by model; none for models with too few of them. */
export async function readUsualTimes(
  db: Db,
  modelIds: readonly string[],
): Promise<Map<string, UsualTime>> {
  const { rows } = await sql<{ model_id: string; n: number; median: number; p90: number }>`
    select wanted.model_id, count(*)::int as n,
      percentile_cont(0.5) within group (order by took_ms) as median,
      percentile_cont(0.9) within group (order by took_ms) as p90
    from unnest(${[...new Set(modelIds)]}::text[]) as wanted (model_id)
    cross join lateral (
      select took_ms from jobs
      where jobs.model_id = wanted.model_id and took_ms is not null
      order by created_at desc limit ${NEWEST_ORDERS}
    ) as newest
    group by wanted.model_id`.execute(db)
  return new Map(
    rows
      .filter(({ n }) => n >= FEWEST_ORDERS)
      .map(({ model_id, median, p90 }) => [
        model_id,
        { medianMs: Math.round(median), p90Ms: Math.round(p90) },
      ]),
  )
}

/** A job that has not ended, and how many of those before it wait as it does. */
export interface WaitingJob {
  id: string
  status: string
  ahead: number
}

/** Where these jobs of one user are; `queued` names the statuses of jobs that wait for us. */
export async function readWaitingJobs(
  db: Db,
  userId: number,
  ids: readonly string[],
  queued: readonly string[],
): Promise<WaitingJob[]> {
  const { rows } = await sql<WaitingJob>`
    select id, status, case when status = any (${queued}::text[]) then (
        select count(*)::int from jobs as others
        where others.status = any (${queued}::text[]) and others.created_at < jobs.created_at
      ) else 0 end as ahead
    from jobs where user_id = ${userId} and id = any (${ids}::text[])`.execute(db)
  return rows
}
