import type { Db } from './db.ts'

export type NewsChoice = 'on' | 'off'

/** Keeps whether somebody wants news. */
export async function setNewsChoice(db: Db, userId: number, choice: NewsChoice): Promise<void> {
  const row = { choice, chosen_at: new Date() }
  await db
    .insertInto('news_choices')
    .values({ user_id: userId, ...row })
    .onConflict((oc) => oc.column('user_id').doUpdateSet(row))
    .execute()
}

/** What somebody chose; null: they have not said. */
export async function readNewsChoice(db: Db, userId: number): Promise<NewsChoice | null> {
  const row = await db
    .selectFrom('news_choices')
    .select('choice')
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row?.choice ?? null
}
