import { Kysely, PostgresDialect, sql } from 'kysely'
import { DEFAULT_MIGRATION_TABLE, type Migration, Migrator } from 'kysely/migration'
import pg from 'pg'

/** By name; they run in the order of their names. */
export type Migrations = Readonly<Record<string, Migration>>

/**
 * Up to here migrations are remembered where release 0.1 looks for them. That release refuses a
 * database with names that it doesn't know; later ones, which only add, are remembered elsewhere, so
 * that it can still start, beside this one or after a step back.
 */
const LAST_OF_0_1 = '0013-debts'

/**
 * Brings the database to the newest schema by the given migrations, in the order of their names. What
 * a newer release has added is left as it is. Safe to call from many processes at once (Postgres
 * locks); a failed migration leaves the schema as it was. `until` stops at an older version, for tests
 * of the way up from there.
 */
export async function migrateAll(
  pool: pg.Pool,
  migrations: Migrations,
  until?: string,
): Promise<void> {
  const usual = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  // Where a connection works: the tables of another schema are those of another installation.
  const migrationTableSchema = await schemaOf(usual)
  if (until === undefined && (await isDone(usual, migrationTableSchema, migrations))) return
  // On connections of its own: a migration may take longer than any other statement may.
  const patience = { min: 0, max: 2, query_timeout: 0, onConnect: async () => {} }
  const patient = new pg.Pool({ ...pool.options, ...patience })
  // A connection that breaks is the query's error, or nobody's: it must never end the process.
  patient.on('error', () => {})
  patient.on('connect', (client) => client.on('error', () => {}))
  try {
    const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: patient }) })
    const isOld = (name: string) => name <= LAST_OF_0_1
    const pick = (wanted: (name: string) => boolean) =>
      Object.fromEntries(Object.entries(migrations).filter(([name]) => wanted(name)))
    const old = new Migrator({
      db,
      migrationTableSchema,
      provider: { getMigrations: async () => pick(isOld) },
    })
    await upTo(old, until !== undefined && isOld(until) ? until : undefined)
    if (until !== undefined && isOld(until)) return
    const later = new Migrator({
      db,
      migrationTableSchema,
      migrationTableName: LATER.table,
      migrationLockTableName: LATER.lock,
      provider: {
        getMigrations: async () => ({
          ...pick((name) => !isOld(name)),
          ...(await unknownNames(db, migrationTableSchema, migrations)),
        }),
      },
    })
    await upTo(later, until)
  } finally {
    await patient.end()
  }
}

/** The first schema of the search path that exists. */
async function schemaOf(db: Kysely<unknown>): Promise<string> {
  const { rows } = await sql<{ name: string | null }>`select current_schema() as name`.execute(db)
  const name = rows[0]?.name
  if (name == null) throw new Error('no schema of the search_path exists: create it first')
  return name
}

/**
 * Whether all of them have run and nothing is remembered where release 0.1 looks that isn't among them.
 * The migrators would come to the same, by way of all tables there are: a tenth of a second at each start.
 */
async function isDone(
  db: Kysely<unknown>,
  schema: string,
  migrations: Migrations,
): Promise<boolean> {
  const old = await namesIn(db, schema, DEFAULT_MIGRATION_TABLE)
  const done = new Set([...old, ...(await namesIn(db, schema, LATER.table))])
  return (
    Object.keys(migrations).every((name) => done.has(name)) && old.every((n) => n in migrations)
  )
}

/** The migrations that a table remembers; none while it isn't there. */
async function namesIn(db: Kysely<unknown>, schema: string, table: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from ${sql.id(schema, table)}`
    .execute(db)
    // Any other reason is met again by whoever goes on.
    .catch(() => ({ rows: [] }))
  return rows.map(({ name }) => name)
}

const LATER = { table: 'schema_migrations', lock: 'schema_migrations_lock' }

async function upTo(migrator: Migrator, until: string | undefined): Promise<void> {
  const { error } = await (until === undefined
    ? migrator.migrateToLatest()
    : migrator.migrateTo(until))
  if (error !== undefined) throw error
}

/** What a newer release has done to this database: nothing to do, but no reason to refuse it. */
async function unknownNames(
  db: Kysely<unknown>,
  schema: string,
  known: Readonly<Record<string, Migration>>,
): Promise<Record<string, Migration>> {
  const names = (await namesIn(db, schema, LATER.table)).filter((name) => !(name in known))
  return Object.fromEntries(names.map((name) => [name, { up: async () => {} }]))
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
