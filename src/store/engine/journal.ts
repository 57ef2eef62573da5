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

const ACTORS_PER_TRIM = 500

/**
 * Drops events older than `before` up to the newest checkpoint that is itself older, so that what
 * stays can still be replayed; returns how many went. Keys in dropped rows stop being known, which is
 * safe while `before` lies further back than any sender repeats.
 */
export async function trimJournal(db: EngineDb, before: Date): Promise<number> {
  for (let dropped = 0; ; ) {
    // In portions, so that none takes long enough to be given up or to hold others up.
    const { numAffectedRows } = await sql`
      delete from journal j using (
        select c.actor_id, max(c.seq) as seq from journal c
        where c.checkpoint is not null and c.at < ${before}
          and exists (select from journal e where e.actor_id = c.actor_id and e.seq < c.seq)
        group by c.actor_id limit ${ACTORS_PER_TRIM}
      ) c where j.actor_id = c.actor_id and j.seq < c.seq`.execute(db)
    if (!numAffectedRows) return dropped
    dropped += Number(numAffectedRows)
  }
}
