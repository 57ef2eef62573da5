import { type Selectable, sql } from 'kysely'
import { askedRows } from './asked.ts'
import type { Db } from './db.ts'
import { mayBeForgotten } from './engine/lasting.ts'
import type { ScreenRow } from './schema.ts'

export type StoredScreen = Selectable<ScreenRow>

/** The messages in which conversations' screens live now, in the same order; undefined: none was sent. */
export async function readScreens(
  db: Db,
  actors: readonly string[],
): Promise<(StoredScreen | undefined)[]> {
  const { rows } = await sql<StoredScreen>`
    select s.* from ${askedRows({ actor_id: { type: 'text', values: actors } })}
    join screens s on s.actor_id = o.actor_id`.execute(db)
  const found = new Map(rows.map((row) => [row.actor_id, row]))
  return actors.map((actor) => found.get(actor))
}

/** What was found when a screen was stored. */
export interface SavedScreen {
  /** How far the actor is by now. */
  version: number
  /** Whether the chat's screen is this one; false: another process has shown a later one. */
  isLive: boolean
}

/** Left by somebody who was erased while it was written: the actor of today is not that far yet. */
const ofAnotherLife = sql`screens.seq > (select version from actors where id = screens.actor_id)`

/**
 * Remembers what the live messages of these chats show, by actor. Of two messages the one of the later
 * step is live, then the one further below, in whatever order they are stored; a floor never sinks.
 */
export async function saveScreens(
  db: Db,
  given: readonly Omit<StoredScreen, 'updated_at'>[],
): Promise<Map<string, SavedScreen>> {
  // In order of actors, so that two processes never wait for each other.
  const screens = given.toSorted((a, b) => (a.actor_id < b.actor_id ? -1 : 1))
  const { rows } = await sql<SavedScreen & { id: string }>`
    with shown as (
      insert into screens (actor_id, chat_id, message_id, seq, floor, digest, transient)
      select * from unnest(
        ${screens.map((s) => s.actor_id)}::text[], ${screens.map((s) => s.chat_id)}::bigint[],
        ${screens.map((s) => s.message_id)}::bigint[], ${screens.map((s) => s.seq)}::bigint[],
        ${screens.map((s) => s.floor)}::bigint[], ${screens.map((s) => s.digest)}::text[],
        ${screens.map((s) => s.transient)}::boolean[])
      where ${mayBeForgotten}
      on conflict (actor_id) do update set chat_id = excluded.chat_id,
        message_id = excluded.message_id, seq = excluded.seq,
        floor = case when screens.floor > excluded.floor and (${ofAnotherLife}) is not true
          then screens.floor else excluded.floor end,
        digest = excluded.digest, transient = excluded.transient, updated_at = now()
      where (excluded.seq, coalesce(excluded.message_id, 0))
          >= (screens.seq, coalesce(screens.message_id, 0)) or ${ofAnotherLife}
      returning actor_id
    )
    select id, version, exists (select from shown where actor_id = id) as "isLive"
    from actors where id = any (${screens.map((s) => s.actor_id)}::text[])`.execute(db)
  return new Map(rows.map(({ id, version, isLive }) => [id, { version, isLive }]))
}
