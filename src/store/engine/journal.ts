import { type Selectable, sql } from 'kysely'
import type { EngineDb, JournalRow } from './tables.ts'

export type StoredEntry = Selectable<JournalRow>

/** An actor's events in order, from `fromSeq` on. */
export const readJournal = (db: EngineDb, actorId: string, fromSeq = 1): Promise<StoredEntry[]> =>
  db
    .selectFrom('journal')
    .selectAll()
    .where('actor_id', '=', actorId)
    .where('seq', '>=', fromSeq)
    .orderBy('seq')
    .execute()

/** Whether an event with this key was applied to the actor. */
export const isJournaled = async (db: EngineDb, actorId: string, key: string): Promise<boolean> =>
  (await db
    .selectFrom('journal')
    .select('seq')
    .where('actor_id', '=', actorId)
    .where('key', '=', key)
    .executeTakeFirst()) !== undefined

const CHECKPOINTS_PER_PORTION = 500

/**
 * Drops events older than `before` up to the newest checkpoint that is itself older, so that what
 * stays can still be replayed; returns how many went. Keys in dropped rows stop being known, which is
 * safe while `before` lies further back than any sender repeats.
 */
export async function trimJournal(
  db: EngineDb,
  before: Date,
  portion = CHECKPOINTS_PER_PORTION,
): Promise<number> {
  let dropped = 0
  // In portions, so that none takes long enough to be given up or to hold others up; each goes on
  // where the one before ended, so that the last one costs no more than the first.
  for (let after = START; ; ) {
    const { rows } = await sql<{ last: string | null; dropped: number }>`
      with portion as materialized (
        select at, actor_id, seq from journal
        where checkpoint is not null and at < ${before}
          and (at, actor_id, seq) > (${after.at}::timestamptz, ${after.actor}, ${after.seq}::bigint)
        order by at, actor_id, seq limit ${portion}
      ), gone as (
        delete from journal j using portion p where j.actor_id = p.actor_id and j.seq < p.seq
        returning 1
      )
      select (select count(*)::int from gone) as dropped,
        (select json_build_array(at::text, actor_id, seq)::text from portion
          order by at desc, actor_id desc, seq desc limit 1) as last`.execute(db)
    const [row] = rows
    dropped += row?.dropped ?? 0
    if (!row?.last) return dropped
    const [at, actor, seq] = JSON.parse(row.last) as [string, string, number]
    after = { at, actor, seq }
  }
}

const START = { at: '-infinity', actor: '', seq: 0 }
