import type pg from 'pg'
import type { Counters, RunReport } from './report.ts'

/** What the database knows about a job that has ended, or has not. */
export interface JobEvidence {
  readonly jobId: string
  readonly status: string
  readonly taskId: string | null
  readonly error: string | null
  /** What the provider says that it took. */
  readonly creditsConsumed: number | null
  readonly createdTaskAt: number | null
  readonly via: RunReport['via']
  /** Messages that Telegram confirmed. */
  readonly sent: number
}

/** Ids of a user's jobs for a model. */
export async function jobIdsOf(pool: pg.Pool, userId: number, modelId: string): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    'select id from jobs where user_id = $1 and model_id = $2',
    [userId, modelId],
  )
  return rows.map(({ id }) => id)
}

/** The job's row, what its journal tells about the way, and what was sent; undefined: no such job. */
export async function readEvidence(pool: pg.Pool, jobId: string): Promise<JobEvidence | undefined> {
  const job = await pool.query<{
    status: string
    task_id: string | null
    error_code: string | null
    credits_consumed: number | null
  }>('select status, task_id, error_code, credits_consumed from jobs where id = $1', [jobId])
  const [row] = job.rows
  if (row === undefined) return undefined
  const { rows: journal } = await pool.query<{
    at: Date
    type: string
    done: boolean
    before: string
  }>(
    `select at, event->>'type' as type, lag(state) over (order by seq) as before,
       coalesce(event->'report'->>'phase' = 'succeeded', false) as done
     from journal where actor_id = $1 order by seq`,
    [`job:${jobId}`],
  )
  const { rows: sends } = await pool.query(
    `select from sends where key like $1 and status = 'sent' and cardinality(message_ids) > 0`,
    [`job:${jobId}:%`],
  )
  const created = journal.find(({ type }) => type === 'create.accepted')
  const done = journal.find((entry) => entry.done)
  return {
    jobId,
    status: row.status,
    taskId: row.task_id,
    error: row.error_code,
    creditsConsumed: row.credits_consumed,
    createdTaskAt: created?.at.getTime() ?? null,
    // A report that came while the provider was being asked is the answer to that question.
    via: done === undefined ? null : done.before === 'created.polling' ? 'poll' : 'callback',
    sent: sends.length,
  }
}

/** Accounts of these users with money still on hold. */
export async function countOpenHolds(pool: pg.Pool, userIds: readonly number[]): Promise<number> {
  const { rows } = await pool.query<{ n: string }>(
    `select count(*) as n from accounts
     where user_id = any($1::bigint[]) and held_kopecks <> 0`,
    [userIds],
  )
  return Number(rows[0]?.n)
}

/** The bot's own counters; null when it does not show them. */
export async function readCounters(
  baseUrl: string,
  metricsToken?: string,
): Promise<Omit<Counters, 'openHolds'>> {
  const headers: Record<string, string> =
    metricsToken === undefined ? {} : { authorization: `Bearer ${metricsToken}` }
  const signal = AbortSignal.timeout(10_000)
  const text = await fetch(new URL('/metrics', baseUrl), { headers, signal })
    .then((response) => (response.ok ? response.text() : ''))
    .catch(() => '')
  return {
    callback4xx: metric(text, 'callback_4xx'),
    jobNotFound: metric(text, 'callback_job_not_found_count'),
  }
}

function metric(text: string, name: string): number | null {
  const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]
  return value === undefined ? null : Number(value)
}
