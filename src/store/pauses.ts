import { type Selectable, sql } from 'kysely'
import type { Db } from './db.ts'
import type { PauseRow } from './schema.ts'

export type Pause = Selectable<PauseRow>

/** The provider's account will not have all orders; all instances read it here. */
const PROVIDER = 'provider'

/** Credits have three decimals: an order that was refused needs at least so much more than is left. */
const LEAST = 0.001

/**
 * Begins the pause, or notes what more is known. `neededCredits` is what a refused order needs: with
 * `stops` 'dearer', orders that need less are still taken; with 'all', none is.
 */
export async function beginPause(
  db: Db,
  { code, neededCredits, stops }: { code: string; neededCredits: number; stops: 'all' | 'dearer' },
): Promise<void> {
  const left = stops === 'all' ? null : Math.max(0, neededCredits - LEAST)
  await db
    .insertInto('pauses')
    .values({
      topic: PROVIDER,
      code,
      needed_credits: neededCredits,
      left_credits: left,
      left_at: sql<Date>`now()`,
    })
    .onConflict((oc) =>
      oc.column('topic').doUpdateSet((eb) => ({
        code: eb.ref('excluded.code'),
        needed_credits: sql<number>`greatest(pauses.needed_credits, excluded.needed_credits)`,
        // What stops all orders stays until it is ended; else the least that was refused counts.
        left_credits: sql<number | null>`case
          when pauses.left_credits is null or excluded.left_credits is null then null
          else least(pauses.left_credits, excluded.left_credits) end`,
        left_at: sql<Date>`now()`,
      })),
    )
    .execute()
}

/** Notes what is left on the account, so that orders within it are taken. */
export async function noteLeft(db: Db, credits: number): Promise<void> {
  await db
    .updateTable('pauses')
    .set({ left_credits: Math.max(0, credits), left_at: sql<Date>`now()` })
    .where('topic', '=', PROVIDER)
    .where('left_credits', 'is not', null)
    .execute()
}

export const readPause = (db: Db): Promise<Pause | undefined> =>
  db.selectFrom('pauses').selectAll().where('topic', '=', PROVIDER).executeTakeFirst()

/** Ends the pause; true for the one caller who did. */
export async function endPause(db: Db): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('pauses')
    .where('topic', '=', PROVIDER)
    .executeTakeFirst()
  return numDeletedRows > 0n
}
