import { type Selectable, sql } from 'kysely'
import type { Db } from './db.ts'
import type { ScreenRow } from './schema.ts'

export type StoredScreen = Selectable<ScreenRow>

/** The message in which a conversation's screen lives now, if one was sent. */
export const readScreen = (db: Db, actorId: string): Promise<StoredScreen | undefined> =>
  db.selectFrom('screens').selectAll().where('actor_id', '=', actorId).executeTakeFirst()

/** Remembers what the live message shows; the floor never sinks. */
export async function saveScreen(db: Db, screen: Omit<StoredScreen, 'updated_at'>): Promise<void> {
  const { floor, ...rest } = screen
  await db
    .insertInto('screens')
    .values(screen)
    .onConflict((oc) =>
      oc.column('actor_id').doUpdateSet({
        ...rest,
        floor: sql<number>`greatest(screens.floor, ${floor})`,
        updated_at: new Date(),
      }),
    )
    .execute()
}
