import { sql } from 'kysely'
import type { Db } from '../db.ts'
import type { StoredEntry } from '../engine/journal.ts'

/** An actor's rows in their order, from a checkpoint or its beginning on. */
export type Lives = readonly StoredEntry[]

const ACTORS_AT_ONCE = 25

/**
 * The lives of all actors of a machine that moved from a moment on and before another, each from the
 * checkpoint before its first step in that time to its last one.
 */
export async function* readLives(
  db: Db,
  machine: string,
  since: Date,
  until: Date,
): AsyncGenerator<Lives> {
  const { rows: actors } = await sql<{ actor_id: string; first: number; last: number }>`
    select actor_id, min(seq) as first, max(seq) as last from journal
    where at >= ${since} and at < ${until} and actor_id like ${`${machine}:%`}
    group by actor_id`.execute(db)
  for (let i = 0; i < actors.length; i += ACTORS_AT_ONCE) {
    const some = actors.slice(i, i + ACTORS_AT_ONCE)
    const { rows } = await sql<StoredEntry & { actor_id: string }>`
      select j.* from unnest(${some.map((a) => a.actor_id)}::text[],
          ${some.map((a) => a.first)}::bigint[], ${some.map((a) => a.last)}::bigint[])
          as wanted(id, first, last)
        cross join lateral (select coalesce((
          select c.seq from journal c
          where c.actor_id = wanted.id and c.seq < wanted.first and c.checkpoint is not null
          order by c.seq desc limit 1), 1) as seq) as start
        join journal j on j.actor_id = wanted.id and j.seq between start.seq and wanted.last
      order by j.actor_id, j.seq`.execute(db)
    yield* Map.groupBy(rows, (row) => row.actor_id).values()
  }
}
