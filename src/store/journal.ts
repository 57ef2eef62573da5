import { type Selectable, sql } from 'kysely'
import type { Db } from './database.ts'
import type { JournalRow } from './schema.ts'

export type StoredEntry = Selectable<JournalRow>

/** An actor's events in order, from `fromSeq` on. */
export const readJournal = (db: Db, actorId: string, fromSeq = 1): Promise<StoredEntry[]> =>
  db
    .selectFrom('journal')
    .selectAll()
    .where('actor_id', '=', actorId)
    .where('seq', '>=', fromSeq)
    .orderBy('seq')
    .execute()

/**
 * Drops events older than `before` up to the newest checkpoint that is itself older, so that what
 * stays can still be replayed; returns how many went. Keys in dropped rows stop being known, which is
 * safe while `before` lies further back than any sender repeats (Telegram 24 h, the provider 14 days).
 */
export async function trimJournal(db: Db, before: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from journal j using (
      select actor_id, max(seq) as seq from journal
      where at < ${before} and checkpoint is not null group by actor_id
    ) c where j.actor_id = c.actor_id and j.seq < c.seq`.execute(db)
  return Number(numAffectedRows ?? 0)
}
