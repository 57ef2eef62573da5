import { sql } from 'kysely'
import type { Db } from './db.ts'
import type { StoredJob } from './jobs.ts'
import { readJob } from './jobs.ts'

/** Everything that the database knows about one order. */
export interface OrderTrace {
  readonly job: StoredJob
  /** The job's snapshot, as stored. */
  readonly context: Record<string, unknown> | undefined
  readonly journal: readonly {
    readonly seq: number
    readonly key: string
    readonly at: Date
    readonly event: { readonly type: string }
    readonly state: string
  }[]
  /** The step of the conversation that asked for it: its key names the update it came by. */
  readonly origin:
    | { readonly actor_id: string; readonly seq: number; readonly key: string }
    | undefined
  readonly entries: readonly {
    readonly kind: string
    readonly amount_kopecks: number
    readonly at: Date
  }[]
  readonly sends: readonly {
    readonly key: string
    readonly status: string
    readonly message_ids: readonly number[] | null
  }[]
  readonly waiting: readonly {
    readonly type: string
    readonly attempt: number
    readonly due_at: Date
  }[]
  readonly letters: readonly {
    readonly id: number
    readonly kind: string
    readonly error: string
  }[]
}

/** Undefined: there is no such order. */
export async function readOrderTrace(db: Db, jobId: string): Promise<OrderTrace | undefined> {
  const job = await readJob(db, jobId)
  if (job === undefined) return undefined
  const actor = `job:${jobId}`
  const { rows: actors } = await sql<{ context: Record<string, unknown> }>`
    select snapshot->'context' as context from actors where id = ${actor}`.execute(db)
  const { rows: journal } = await sql<OrderTrace['journal'][number]>`
    select seq, key, at, event, state from journal where actor_id = ${actor} order by seq`.execute(
    db,
  )
  const conversation = String(actors[0]?.context?.conversation ?? '')
  const { rows: origins } = await sql<NonNullable<OrderTrace['origin']>>`
    select actor_id, seq, key from journal
    where actor_id = ${conversation} and at > ${job.created_at}::timestamptz - interval '1 day'
      and effects @> ${JSON.stringify([{ type: 'job.start', params: { jobId } }])}::jsonb
    order by seq limit 1`.execute(db)
  const { rows: entries } = await sql<OrderTrace['entries'][number]>`
    select kind, amount_kopecks, created_at as at from ledger_entries where ref = ${jobId} order by id`.execute(
    db,
  )
  const { rows: sends } = await sql<OrderTrace['sends'][number]>`
    select key, status, message_ids from sends where key like ${`${actor}:%`} order by key`.execute(
    db,
  )
  const { rows: waiting } = await sql<OrderTrace['waiting'][number]>`
    select type, attempt, due_at from effects where actor_id = ${actor} order by seq, index`.execute(
    db,
  )
  const { rows: letters } = await sql<OrderTrace['letters'][number]>`
    select id, kind, error from dead_letters
    where subject in (${actor}, ${jobId}) and replayed_at is null order by id`.execute(db)
  return {
    job,
    context: actors[0]?.context,
    journal,
    origin: origins[0],
    entries,
    sends,
    waiting,
    letters,
  }
}
