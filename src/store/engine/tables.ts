import type { ColumnType, Generated, Kysely } from 'kysely'

/** The engine's own tables; a program adds its own by extending this. */
export interface EngineTables {
  actors: ActorRow
  journal: JournalRow
  dead_letters: DeadLetterRow
  instances: InstanceRow
  effects: EffectRow
  timers: TimerRow
  state_counts: { machine: string; state: string; slot: number; count: number }
}

/** The database as the queries of this folder see it, whatever other tables there are. */
export type EngineDb = Kysely<EngineTables>

/** Read as a value, written as JSON text. */
export type Json<T = unknown> = ColumnType<T, string, string>

/** A time that the database sets unless it is given. */
export type Stamp = ColumnType<Date, Date | undefined, Date>

export interface ActorRow {
  id: string
  machine: string
  machine_version: number
  version: number
  status: 'active' | 'done'
  state: string
  snapshot: Json
  timers: Json
  created_at: Stamp
  updated_at: Stamp
}

export interface JournalRow {
  actor_id: string
  seq: number
  key: string
  at: Date
  event: Json
  state: string
  effects: Json
  checkpoint: Json | null
}

export interface DeadLetterRow {
  id: Generated<number>
  /** A `callback` or an `update` came from outside and could not be read. */
  kind: 'event' | 'effect' | 'callback' | 'update' | 'snapshot'
  subject: string
  key: string
  payload: Json
  error: string
  created_at: Stamp
  replayed_at: Date | null
}

export interface EffectRow {
  actor_id: string
  key: string
  type: string
  seq: number
  index: number
  renewed: Generated<number>
  payload: Json<{ at: number; params: Record<string, unknown> }>
  attempt: Generated<number>
  owner: number | null
  due_at: Stamp
  added_at: Stamp
}

export interface TimerRow {
  actor_id: string
  id: string
  seq: number
  due_at: Date
  event: Json
  claimed_until: Date | null
}

export interface InstanceRow {
  id: string
  lock_key: number
  worker_ids: string[]
  /** Versions of the machines that the process knows, by machine. */
  versions: ColumnType<Record<string, number>, string | undefined, string>
  started_at: Stamp
}
