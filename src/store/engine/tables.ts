import type { ColumnType, Generated, Kysely } from 'kysely'

/** The engine's own tables; a program adds its own by extending this. */
export interface EngineTables {
  actors: ActorRow
  journal: JournalRow
  dead_letters: DeadLetterRow
  instances: InstanceRow
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

export interface InstanceRow {
  id: string
  lock_key: number
  worker_ids: string[]
  started_at: Stamp
}
