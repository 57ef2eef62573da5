import { sql } from 'kysely'
import type { Db } from '../db.ts'
import type { JobStatuses } from '../jobs.ts'

/** The day so far, as the operator wants to see it; the day is Moscow's. */
export interface DayFacts {
  users: number
  newUsers: number
  delivered: number
  failed: number
  running: number
  /** Charged for results today. */
  salesKopecks: number
  /** What the provider took for them, at cost. */
  costKopecks: number
  /** Paid in today. */
  paidKopecks: number
  freeUsed: number
}

export async function readDay(
  db: Db,
  at: number,
  { ended, succeeded, failed }: JobStatuses,
): Promise<DayFacts> {
  const { rows } = await sql<Record<keyof DayFacts, number>>`
    with day as (
      select date_trunc('day', to_timestamp(${at}::float8 / 1000), 'Europe/Moscow') as began
    ), entry as (
      select kind, sum(amount_kopecks) as kopecks from ledger_entries
      where created_at >= (select began from day) group by kind
    ), job as (
      select status, count(*) as n from jobs
      where updated_at >= (select began from day) group by status
    )
    select
      (select count(*) from users) as users,
      (select count(*) from users where created_at >= (select began from day)) as "newUsers",
      coalesce((select sum(n) from job where status = any (${succeeded}::text[])), 0) as delivered,
      coalesce((select sum(n) from job where status = any (${failed}::text[])), 0) as failed,
      (select count(*) from jobs where status <> all (${ended}::text[])) as running,
      coalesce((select kopecks from entry where kind = 'capture'), 0) as "salesKopecks",
      coalesce((select kopecks from entry where kind = 'cost'), 0) as "costKopecks",
      coalesce((select kopecks from entry where kind = 'top_up'), 0) as "paidKopecks",
      (select count(*) from free_uses
        where created_at >= (select began from day) and returned_at is null) as "freeUsed"
  `.execute(db)
  return rows[0] as DayFacts
}
