import { sql } from 'kysely'
import type { Db } from '../db.ts'

/** An effect that is not done yet. */
export interface WaitingEffect {
  type: string
  seq: number
  index: number
  attempt: number
  due_at: Date
  /** Lock key of the instance that runs it; null: nobody does. */
  owner: number | null
}

/** Effects of an actor that wait or run, of its steps `from` to `to`. */
export async function readWaitingEffects(
  db: Db,
  actorId: string,
  { from, to }: { from: number; to: number },
): Promise<WaitingEffect[]> {
  return await db
    .selectFrom('effects')
    .select(['type', 'seq', 'index', 'attempt', 'due_at', 'owner'])
    .where('actor_id', '=', actorId)
    .where('seq', '>=', from)
    .where('seq', '<=', to)
    .execute()
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

/** Effects that are not done yet: to be run by anybody, put back for later, in an instance's hands. */
export async function readQueueDepth(db: Db): Promise<QueueDepth> {
  const { rows } = await sql<QueueDepth>`
    select count(*) filter (where owner is null and due_at <= now()) as ready,
      count(*) filter (where owner is null and due_at > now()) as scheduled,
      count(*) filter (where owner is not null) as running
    from effects`.execute(db)
  return rows[0] as QueueDepth
}

export interface DueRow {
  actor_id: string
  id: string
  due_at: Date
}

/** The timers that are due next. */
export const readNextTimers = (db: Db, limit: number): Promise<DueRow[]> =>
  db
    .selectFrom('timers')
    .select(['actor_id', 'id', 'due_at'])
    .orderBy('due_at')
    .orderBy('actor_id')
    .limit(limit)
    .execute()
