import type { Selectable } from 'kysely'
import type pg from 'pg'
import type { ActorRow, EngineDb } from './tables.ts'

export type StoredActor = Selectable<ActorRow>

/**
 * The rows of the given actors, in no order; missing ones are left out. Prepared once for any number
 * of them: every step of an actor that isn't in memory begins here.
 */
export async function loadActors(pool: pg.Pool, ids: readonly string[]): Promise<StoredActor[]> {
  // By name: a column of a later release must not spoil what is prepared here.
  const text = `select id, machine, machine_version, version, status, state, snapshot, timers,
    created_at, updated_at from actors where id = any ($1::text[])`
  return (await pool.query<StoredActor>({ name: 'load-actors', text, values: [ids] })).rows
}

/** One actor's row, or undefined. */
export const loadActor = (db: EngineDb, id: string): Promise<StoredActor | undefined> =>
  db.selectFrom('actors').selectAll().where('id', '=', id).executeTakeFirst()
