import { runMigrations } from 'graphile-worker'
import { Kysely, PostgresDialect } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type pg from 'pg'
import { engine } from './migrations/0001-engine.ts'
import { money } from './migrations/0002-money.ts'

/** Forward only, by name; a landed migration is never edited, a change is a new one. */
const migrations: Record<string, Migration> = {
  '0001-engine': engine,
  '0002-money': money,
}

/**
 * Brings the database to the newest schema: the job queue's own tables, then ours. Safe to call from
 * many processes at once (both sides lock); a failed migration leaves the schema as it was.
 */
export async function migrate(pool: pg.Pool): Promise<void> {
  await runMigrations({ pgPool: pool })
  // The pool stays the caller's: the Kysely made here is left undestroyed on purpose.
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}
