import type { Insertable, Selectable } from 'kysely'
import type { DeadLetterRow, EngineDb } from './tables.ts'

export type DeadLetter = Selectable<DeadLetterRow>
export type NewDeadLetter = Pick<
  Insertable<DeadLetterRow>,
  'kind' | 'subject' | 'key' | 'payload' | 'error'
>

/** How the error of an event begins that a constraint refused. */
export const REFUSED_STEP = 'refused by'

/** Keeps what could not be applied, once per (kind, subject, key); returns true when it is new. */
export async function writeDeadLetter(db: EngineDb, letter: NewDeadLetter): Promise<boolean> {
  const row = await db
    .insertInto('dead_letters')
    .values(letter)
    .onConflict((oc) => oc.columns(['kind', 'subject', 'key']).doNothing())
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Newest first, those not yet replayed. */
export const listDeadLetters = (db: EngineDb, limit: number): Promise<DeadLetter[]> =>
  db
    .selectFrom('dead_letters')
    .selectAll()
    .where('replayed_at', 'is', null)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()

export const readDeadLetter = (db: EngineDb, id: number): Promise<DeadLetter | undefined> =>
  db.selectFrom('dead_letters').selectAll().where('id', '=', id).executeTakeFirst()

export async function markReplayed(db: EngineDb, id: number): Promise<void> {
  await db
    .updateTable('dead_letters')
    .set({ replayed_at: new Date() })
    .where('id', '=', id)
    .execute()
}
