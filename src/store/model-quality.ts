import { sql } from 'kysely'
import type { Db } from './db.ts'

/** How a model did within a period; times in milliseconds. */
export interface ModelQuality {
  readonly modelId: string
  /** Orders in which nothing more happens. */
  readonly ended: number
  readonly delivered: number
  /** Those not delivered that the model itself failed. */
  readonly failed: number
  /** From the order to its result; null: none was delivered. */
  readonly medianMs: number | null
  readonly p90Ms: number | null
  /** Orders whose money went back: failed ones, and those an operator gave back. */
  readonly refunds: number
  readonly lastFailure: { readonly code: string; readonly at: Date } | null
}

/** Of which failures a model is to blame: a pattern of error codes that Postgres understands. */
export type FailurePattern = string

export const QUALITY_DAYS = 30

/** Every model that was ordered within the last days, or only one; the most ordered first. */
export async function readQuality(
  db: Db,
  {
    failures,
    modelId = null,
    days = QUALITY_DAYS,
  }: { failures: FailurePattern; modelId?: string | null; days?: number },
): Promise<ModelQuality[]> {
  const { rows } = await sql<ModelQuality & { code: string | null; failedAt: Date | null }>`
    select model_id as "modelId", count(*)::int as ended,
           (count(*) filter (where status = 'delivered'))::int as delivered,
           (count(*) filter (where status = 'failed' and error_code ~ ${failures}))::int as failed,
           round(percentile_cont(0.5) within group (order by took_ms))::float8 as "medianMs",
           round(percentile_cont(0.9) within group (order by took_ms))::float8 as "p90Ms",
           (count(*) filter (where price_kopecks > 0 and (status = 'failed' or exists (
             select from ledger_entries e where e.kind = 'sale_undone' and e.ref = j.id))))::int
             as refunds,
           (array_agg(error_code order by updated_at desc)
             filter (where status = 'failed' and error_code ~ ${failures}))[1] as code,
           max(updated_at) filter (where status = 'failed' and error_code ~ ${failures})
             as "failedAt"
      from jobs j
     where status in ('delivered', 'failed')
       and (${modelId}::text is null or model_id = ${modelId})
       and updated_at > now() - make_interval(days => ${days})
     group by model_id
     order by ended desc, model_id`.execute(db)
  return rows.map(({ code, failedAt, ...facts }) => ({
    ...facts,
    lastFailure: code === null || failedAt === null ? null : { code, at: failedAt },
  }))
}

/** A model whose newest orders all failed. */
export interface Failing {
  readonly modelId: string
  /** How many in a row; what users cancelled or what was not the model's fault is not counted. */
  readonly inARow: number
  readonly code: string
}

/** No pause is longer for more failures than this. */
const MOST_LOOKED_AT = 24

/**
 * Which of these models failed so often in a row, the newest time after its last pause ended. Looks
 * at the newest orders of each by an index.
 */
export async function findFailing(
  db: Db,
  {
    models,
    failures,
    least,
  }: { models: readonly string[]; failures: FailurePattern; least: number },
): Promise<Failing[]> {
  const { rows } = await sql<Failing>`
    select m.id as "modelId", f.in_a_row as "inARow", f.code
      from unnest(${[...models]}::text[]) as m(id)
      left join model_pauses p on p.model_id = m.id
      cross join lateral (
        select count(*)::int as in_a_row, max(created_at) as newest,
               (array_agg(error_code order by n))[1] as code
          from (
            select created_at, error_code, status, n,
                   count(*) filter (where status = 'delivered') over (order by n) as successes
              from (
                select created_at, error_code, status,
                       row_number() over (order by updated_at desc, id) as n
                  from (
                    select id, created_at, updated_at, error_code, status from jobs
                     where model_id = m.id and status in ('delivered', 'failed')
                     order by updated_at desc limit ${MOST_LOOKED_AT}) newest
                 where status = 'delivered' or error_code ~ ${failures}) counted
          ) since_success
         where successes = 0
      ) f
     where f.in_a_row >= ${least}
       and (p.model_id is null or (p.until <= now() and f.newest >= p.until))`.execute(db)
  return rows
}
