import { sql } from 'kysely'
import type { Db } from '../db.ts'

export interface ForkedActor {
  id: string
  machine: string
  machineVersion: number
  status: 'active' | 'done'
  state: string
  snapshot: unknown
  timers: Record<string, { seq: number; dueAt: number }>
  entries: readonly {
    seq: number
    key: string
    at: string
    event: unknown
    state: string
    effects: unknown
    checkpoint?: unknown
  }[]
}

export interface ForkedJob {
  task: string
  payload: object
  runAt: Date | null
  key: string | null
}

const ENTRIES_PER_INSERT = 500

/** Puts an actor from elsewhere into the database with its whole journal; its id must be new. */
export async function insertForkedActor(db: Db, actor: ForkedActor): Promise<void> {
  const { id, machine, machineVersion, status, state, snapshot, timers, entries } = actor
  await db
    .insertInto('actors')
    .values({
      ...{ id, machine, machine_version: machineVersion, status, state },
      version: entries.at(-1)?.seq ?? 1,
      snapshot: JSON.stringify(snapshot),
      timers: JSON.stringify(timers),
    })
    .execute()
  await sql`
    insert into state_counts (machine, state, slot, count) values (${machine}, ${state}, -1, 1)
    on conflict (machine, state, slot) do update set count = state_counts.count + 1`.execute(db)
  for (let i = 0; i < entries.length; i += ENTRIES_PER_INSERT) {
    await db
      .insertInto('journal')
      .values(
        entries.slice(i, i + ENTRIES_PER_INSERT).map((entry) => ({
          ...{ actor_id: id, seq: entry.seq, key: entry.key, state: entry.state },
          at: new Date(entry.at),
          event: JSON.stringify(entry.event),
          effects: JSON.stringify(entry.effects),
          checkpoint: entry.checkpoint == null ? null : JSON.stringify(entry.checkpoint),
        })),
      )
      .execute()
  }
}

/** Adds queue jobs that a forked actor waits for. */
export async function addForkedJobs(db: Db, jobs: readonly ForkedJob[]): Promise<void> {
  for (const { task, payload, runAt, key } of jobs) {
    await sql`select graphile_worker.add_job(${task}, ${JSON.stringify(payload)}::json,
      run_at => coalesce(${runAt}::timestamptz, now()), job_key => ${key}::text,
      max_attempts => 100)`.execute(db)
  }
}
