import { sql } from 'kysely'
import type { Db } from './db.ts'

export interface Installation {
  botId: number
  /** `play`: nobody paid for what the accounts hold. */
  money: 'real' | 'play'
}

/**
 * Whose database this is. One that nobody has claimed becomes `mine`, unless it holds the dialogues of
 * another bot: then it is that one's.
 */
export async function claimInstallation(db: Db, mine: Installation): Promise<Installation> {
  const known = await readInstallation(db)
  if (known !== undefined) return known
  await sql`
    insert into installation (bot_id, money)
    select coalesce(
      (select split_part(id, ':', 2)::bigint from actors
        where id like 'conversation:%' and id not like ${`conversation:${mine.botId}:%`}
          and not exists (select from actors where id like ${`conversation:${mine.botId}:%`})
        limit 1),
      ${mine.botId}), ${mine.money}
    on conflict (single) do nothing`.execute(db)
  return (await readInstallation(db)) ?? mine
}

/** Undefined: nobody has started on this database yet. */
export const readInstallation = (db: Db): Promise<Installation | undefined> =>
  db.selectFrom('installation').select(['bot_id as botId', 'money']).executeTakeFirst()

/** Gives the database to another bot; returns whose it was. */
export async function moveInstallation(db: Db, botId: number): Promise<Installation | undefined> {
  return await db.transaction().execute(async (trx) => {
    const before = await readInstallation(trx)
    await sql`
      insert into installation (bot_id, money) values (${botId}, 'real')
      on conflict (single) do update set bot_id = excluded.bot_id, since = now()`.execute(trx)
    return before
  })
}

/** Names of processes that work on this database now: their session locks are held. */
export async function livingInstances(db: Db): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from instances where not pg_try_advisory_xact_lock(lock_key)`.execute(db)
  return rows.map(({ id }) => id)
}
