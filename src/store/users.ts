import { sql } from 'kysely'
import type { Db } from './db.ts'

export type Language = 'ru' | 'en'

export interface UserRecord {
  id: number
  language: Language
  blocked: boolean
}

/** Writes users as their conversations know them; a new one gets an empty account. */
export async function recordUsers(db: Db, given: readonly UserRecord[]): Promise<void> {
  if (given.length === 0) return
  // A user may be named by several conversations; in order of ids, so that writers never deadlock.
  const users = [...new Map(given.map((u) => [u.id, u])).values()].sort((a, b) => a.id - b.id)
  // One text however many there are, so that it is prepared once.
  await sql`
    with given as materialized (
      select * from unnest(${users.map((u) => u.id)}::bigint[],
        ${users.map((u) => u.language)}::text[],
        ${users.map((u) => u.blocked)}::boolean[]) as u (id, language, blocked)
    ), written as (
      insert into users (id, language, blocked_at)
      select id, language, case when blocked then now() end from given
      on conflict (id) do update
        set language = excluded.language, blocked_at = excluded.blocked_at
    )
    insert into accounts (user_id) select id from given
    on conflict (user_id) do nothing`.execute(db)
}

/** Who was there first; undefined: nobody yet. */
export const firstUser = async (db: Db): Promise<number | undefined> =>
  (await db.selectFrom('users').select('id').orderBy('created_at').limit(1).executeTakeFirst())?.id

export const isUser = async (db: Db, id: number): Promise<boolean> =>
  (await db.selectFrom('users').select('id').where('id', '=', id).executeTakeFirst()) !== undefined

/** How Telegram names a user; undefined: it has not said so yet. */
export async function nameOf(db: Db, userId: number): Promise<string | undefined> {
  const row = await db
    .selectFrom('user_names')
    .select(['first_name', 'username'])
    .where('user_id', '=', userId)
    .executeTakeFirst()
  const name = [row?.first_name, row?.username && `@${row.username}`].filter(Boolean).join(' ')
  return name === '' ? undefined : name
}

/** In which language the bot speaks to each of these users, as far as it knows them. */
export async function readLanguages(
  db: Db,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Language>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('users')
    .select(['id', 'language'])
    .where('id', 'in', ids)
    .execute()
  return new Map(rows.map(({ id, language }) => [id, language]))
}
