import { randomBytes } from 'node:crypto'
import { isBooked } from '../actors/bookings.ts'
import type { Definition, Effect, Stamped, StoredSnapshot } from '../machines/engine/definition.ts'
import { begin, fromStored, step, toStored } from '../machines/engine/transition.ts'
import { createPool } from '../store/database.ts'
import type { Take } from './load.ts'

const TABLES = `
  create table naive_dedupe (actor_id text, key text, primary key (actor_id, key));
  create table naive_actors (id text primary key, version bigint not null, snapshot jsonb not null);
  create table naive_journal (
    actor_id text, seq bigint, at timestamptz not null default now(), event jsonb not null,
    state jsonb not null, primary key (actor_id, seq))`

const SAVE = `
  with saved as (
    insert into naive_actors (id, version, snapshot) values ($1, $2, $3)
    on conflict (id) do update set version = excluded.version, snapshot = excluded.snapshot
  ), journaled as (
    insert into naive_journal (actor_id, seq, event, state) values ($1, $2, $4, $5)
  )
  select graphile_worker.add_job(e.type, e.params, max_attempts => 100)
  from json_to_recordset($6) as e (type text, params json)`

/**
 * The engine that one would write first, for comparison: the same machine, the same guarantees, one
 * transaction of five round trips per event. Begin, dedupe, read, write with its effects, commit.
 */
export async function createNaiveEngine(
  url: string,
  definition: Definition,
  connections: number,
): Promise<{ take: Take; close(): Promise<void> }> {
  const pool = createPool({ url, max: connections, name: 'naive', timeoutMs: 60_000 })
  await pool.query(TABLES)

  const take: Take = async (actor, key, happened) => {
    const client = await pool.connect()
    try {
      await client.query('begin')
      const { rowCount } = await client.query(
        'insert into naive_dedupe (actor_id, key) values ($1, $2) on conflict do nothing',
        [actor, key],
      )
      if (rowCount === 0) return await client.query('rollback')
      const { rows } = await client.query<{ version: number; snapshot: StoredSnapshot }>(
        'select version, snapshot from naive_actors where id = $1 for update',
        [actor],
      )
      const event = { ...happened, at: Date.now(), rnd: randomBytes(12).toString('hex') }
      const { snapshot, effects } = next(rows[0]?.snapshot, actor, event)
      const stored = toStored(snapshot)
      const seq = (rows[0]?.version ?? 0) + 1
      const texts = [stored, event, stored.value, effects].map((value) => JSON.stringify(value))
      await client.query(SAVE, [actor, seq, ...texts])
      await client.query('commit')
    } finally {
      client.release()
    }
  }

  const next = (stored: StoredSnapshot | undefined, actor: string, event: Stamped) => {
    const before =
      stored === undefined
        ? begin(definition, definition.inputOf?.(actor, event))
        : { snapshot: fromStored(definition, stored), effects: [] }
    const { snapshot, effects } = step(definition, before.snapshot, event)
    return { snapshot, effects: [...before.effects, ...effects].filter(isQueued) }
  }

  return { take, close: () => pool.end() }
}

const isQueued = (effect: Effect) => !isBooked(effect)
