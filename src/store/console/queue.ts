import { sql } from 'kysely'
import type { Db } from '../db.ts'

/** An effect that is still in the queue. */
export interface WaitingEffect {
  task: string
  seq: number
  index: number
  attempt: number
  run_at: Date
  running: boolean
  last_error: string | null
}

/** Effects of an actor that wait or run, of its steps `from` to `to`. */
export async function readWaitingEffects(
  db: Db,
  actorId: string,
  { from, to }: { from: number; to: number },
): Promise<WaitingEffect[]> {
  // Timers are the bulk of the queue and are told apart before any payload is parsed.
  const { rows } = await sql<WaitingEffect>`
    select * from (
      select t.identifier as task, (j.payload->>'seq')::bigint as seq,
        (j.payload->>'index')::int as index, (j.payload->>'attempt')::int as attempt,
        j.run_at, j.locked_at is not null as running, j.last_error
      from graphile_worker._private_jobs j
      join graphile_worker._private_tasks t on t.id = j.task_id and t.identifier <> 'timer'
      where j.payload->>'actor' = ${actorId}
    ) e where seq between ${from} and ${to}`.execute(db)
  return rows
}

export interface DeadEffect {
  id: number
  key: string
  error: string
  replayed_at: Date | null
}

/** Effects of an actor that were given up. */
export const readDeadEffects = (db: Db, actorId: string): Promise<DeadEffect[]> =>
  db
    .selectFrom('dead_letters')
    .select(['id', 'key', 'error', 'replayed_at'])
    .where('subject', '=', actorId)
    .where('kind', '=', 'effect')
    .orderBy('id', 'desc')
    .limit(1_000)
    .execute()

export interface QueueDepth {
  ready: number
  scheduled: number
  running: number
}

/** What the job queue holds. */
export async function readQueueDepth(db: Db): Promise<QueueDepth> {
  const { rows } = await sql<QueueDepth>`
    select count(*) filter (where locked_at is null and run_at <= now()) as ready,
      count(*) filter (where locked_at is null and run_at > now()) as scheduled,
      count(*) filter (where locked_at is not null) as running
    from graphile_worker._private_jobs`.execute(db)
  return rows[0] as QueueDepth
}

/** Makes what is due within `aheadMs` due now; returns how many jobs that were. */
export async function hurryJobs(db: Db, aheadMs: number): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from graphile_worker.reschedule_jobs(
      array(select id from graphile_worker.jobs
        where locked_at is null and run_at > now()
          and run_at <= now() + ${aheadMs / 1_000} * interval '1 second'),
      run_at := now())`.execute(db)
  const hurried = Number(rows[0]?.n ?? 0)
  // The queue looks by itself only once a second.
  if (hurried > 0) await sql`select pg_notify('jobs:insert', '{"count":1}')`.execute(db)
  return hurried
}

export interface DueRow {
  key: string
  run_at: Date
}

/** The timers that are due next. */
export async function readNextTimers(db: Db, limit: number): Promise<DueRow[]> {
  const { rows } = await sql<DueRow>`
    select key, run_at from graphile_worker.jobs
    where key like 'timer:%' and locked_at is null order by run_at, key limit ${limit}`.execute(db)
  return rows
}
