import { type RawBuilder, sql } from 'kysely'
import { askedRows } from './asked.ts'
import type { Db } from './db.ts'

/** How often something is free; the day is Moscow's, the hour the clock's. */
export interface FreeLimits {
  daily: number
  hourly: number
  /** Credits that all users together may use up a day. */
  budgetCredits: number
}

/** A free generation that a job takes when it starts. */
export interface FreeReservation {
  jobId: string
  userId: number
  /** When the order was confirmed, Unix ms. */
  at: number
  /** What it costs the house. */
  credits: number
  /** null: without limits. */
  limits: FreeLimits | null
}

/** The database's refusals of a free generation. */
export const FREE_DAY_OVER = 'free_daily_limit'
export const FREE_HOUR_OVER = 'free_hourly_limit'
export const FREE_BUDGET_SPENT = 'free_budget_spent'

/**
 * Takes a free generation for each job, the day's before bonus ones; call it in the transaction of
 * the job's start. What the limits don't allow is refused with one of the constraints above.
 */
export async function reserveFree(db: Db, given: readonly FreeReservation[]): Promise<void> {
  if (given.length === 0) return
  // In order of users, so that two writers never wait for each other.
  const uses = given
    .toSorted((a, b) => a.userId - b.userId)
    .map(({ jobId, userId, at, credits, limits }) => ({ jobId, userId, at, credits, ...limits }))
  await sql`
    select reserve_free(u."jobId", u."userId", to_timestamp(u.at / 1000), u.credits,
      u.daily, u.hourly, u."budgetCredits")
    from jsonb_to_recordset(${JSON.stringify(uses)}::jsonb) as u ("jobId" text, "userId" bigint,
      at float8, credits numeric, daily int, hourly int, "budgetCredits" numeric)`.execute(db)
}

/** Gives back what jobs took that failed; jobs that took nothing, or gave it back, are passed over. */
export async function returnFree(db: Db, jobIds: readonly string[]): Promise<void> {
  if (jobIds.length === 0) return
  await sql`select return_free(id) from unnest(${jobIds.toSorted()}::text[]) as j (id)`.execute(db)
}

/** What a user has for nothing just now. */
export interface FreeLeft {
  today: number
  thisHour: number
  bonus: number
  /** When the next hour and the next day begin, Unix ms. */
  hourEndsAt: number
  dayEndsAt: number
  /** What all users together may still use up today. */
  budgetCredits: number
}

/** Whom it is asked for, and when, Unix ms. */
export interface FreeAsk {
  userId: number
  at: number
}

/** What each of them has for nothing, in the same order. */
export async function readFree(
  db: Db,
  asks: readonly FreeAsk[],
  limits: FreeLimits,
): Promise<FreeLeft[]> {
  const { rows } = await sql<FreeLeft>`
    select f.* from ${askedRows({
      user_id: { type: 'bigint', values: asks.map(({ userId }) => userId) },
      at: { type: 'float8', values: asks.map(({ at }) => at) },
    })}
    cross join lateral (${freeLeftOfRow(limits)}) f
    order by o.place`.execute(db)
  return rows
}

/** A lateral query of a FreeLeft for a row `o` with `user_id` and `at`. */
export const freeLeftOfRow = (limits: FreeLimits): RawBuilder<FreeLeft> => sql<FreeLeft>`
  select
    greatest(0, ${limits.daily}::int - coalesce(c.day_used, 0)) as today,
    greatest(0, ${limits.hourly}::int - coalesce(h.hour_used, 0)) as "thisHour",
    coalesce(b.bonus, 0) as bonus,
    extract(epoch from moment.hour + interval '1 hour')::float8 * 1000 as "hourEndsAt",
    extract(epoch from (moment.day + 1)::timestamp at time zone 'Europe/Moscow')::float8 * 1000
      as "dayEndsAt",
    greatest(0, ${limits.budgetCredits}::numeric - coalesce(g.used_credits, 0))
      as "budgetCredits"
  from (
    select (to_timestamp(o.at / 1000) at time zone 'Europe/Moscow')::date as day,
      date_trunc('hour', to_timestamp(o.at / 1000), 'Europe/Moscow') as hour
  ) moment
  left join free_counters b on b.user_id = o.user_id
  left join free_counters c on c.user_id = o.user_id and c.day = moment.day
  left join free_counters h on h.user_id = o.user_id and h.hour = moment.hour
  left join free_budget g on g.day = moment.day`
