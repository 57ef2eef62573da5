import { runMigrations } from 'graphile-worker'
import { Kysely, PostgresDialect } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import pg from 'pg'

/** By name; they run in the order of their names. */
export type Migrations = Readonly<Record<string, Migration>>

/**
 * Brings the database to the newest schema: the job queue's own tables, then the given migrations by
 * name. Safe to call from many processes at once (both sides lock); a failed migration leaves the
 * schema as it was. `until` stops at an older version, for tests of the way up from there.
 */
export async function migrateAll(
  pool: pg.Pool,
  migrations: Migrations,
  until?: string,
): Promise<void> {
  // On connections of its own: a migration may take longer than any other statement may.
  const patience = { min: 0, max: 2, query_timeout: 0, options: '' }
  const patient = new pg.Pool({ ...pool.options, ...patience })
  // The queue's library prints a warning at every start unless both are listened to.
  patient.on('error', () => {})
  patient.on('connect', (client) => client.on('error', () => {}))
  try {
    await runMigrations({ pgPool: patient })
    const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: patient }) })
    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
    const { error } = await (until === undefined
      ? migrator.migrateToLatest()
      : migrator.migrateTo(until))
    if (error !== undefined) throw error
  } finally {
    await patient.end()
  }
}

/** Both sets under their names; where a name is in both, the first one's part runs first. */
export function joinMigrations(first: Migrations, second: Migrations): Migrations {
  const names = [...new Set([...Object.keys(first), ...Object.keys(second)])].sort()
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        async up(db) {
          await first[name]?.up(db)
          await second[name]?.up(db)
        },
      } satisfies Migration,
    ]),
  )
}
