import { type Selectable, sql } from 'kysely'
import type { Db } from './db.ts'
import type { PauseRow } from './schema.ts'

export type Pause = Selectable<PauseRow>

/** The provider's account will not have orders; all instances read it here. */
const PROVIDER = 'provider'

/** Begins the pause, or notes that more is needed than was known. */
export async function beginPause(
  db: Db,
  { code, neededCredits }: { code: string; neededCredits: number },
): Promise<void> {
  await db
    .insertInto('pauses')
    .values({ topic: PROVIDER, code, needed_credits: neededCredits })
    .onConflict((oc) =>
      oc.column('topic').doUpdateSet((eb) => ({
        code: eb.ref('excluded.code'),
        needed_credits: sql<number>`greatest(pauses.needed_credits, excluded.needed_credits)`,
      })),
    )
    .execute()
}

export const readPause = (db: Db): Promise<Pause | undefined> =>
  db.selectFrom('pauses').selectAll().where('topic', '=', PROVIDER).executeTakeFirst()

/** The pause, for one caller per `everyMs` over all instances: that one looks whether it is over. */
export const claimPauseCheck = (db: Db, now: Date, everyMs: number): Promise<Pause | undefined> =>
  db
    .updateTable('pauses')
    .set({ checked_at: now })
    .where('topic', '=', PROVIDER)
    .where((eb) =>
      eb.or([
        eb('checked_at', 'is', null),
        eb('checked_at', '<=', new Date(now.getTime() - everyMs)),
      ]),
    )
    .returningAll()
    .executeTakeFirst()

/** Ends the pause; true for the one caller who did. */
export async function endPause(db: Db): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('pauses')
    .where('topic', '=', PROVIDER)
    .executeTakeFirst()
  return numDeletedRows > 0n
}
