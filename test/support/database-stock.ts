import { createHash, randomBytes } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { createPool } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'

const root = path.resolve(import.meta.dirname, '../..')

/** The databases of the tests on a server: making one costs more than most tests, emptying one little. */
export interface DatabaseStock {
  /** An empty database with the newest schema, for this process alone until it is given back. */
  claim(): Promise<Claim>
  /** A new database without tables; it is dropped when it is given back. */
  makeEmpty(): Promise<Claim>
  /** Ends all claims. */
  close(): Promise<void>
}

export interface Claim {
  readonly url: string
  /** For the next test, of any process. */
  giveBack(): Promise<void>
  /** Takes it out of the stock, for a look; resolves with its name. */
  keep(): Promise<string>
}

/** More than files run at once, times what one of them uses. */
const MOST = 1_000
const LOOKS = 25
/** What the connections are called that empty databases; they may stay while others use those. */
const CLEANER = 'test-stock-cleaner'

/** What databases of the stock are called, and those that were kept, with when that was. */
export const STOCK_PREFIX = 'trt_stock_'
export const KEPT_PREFIX = 'trt_kept_'

/** Rows that migrations wrote; a test that changes them has changed the schema. */
const OF_MIGRATIONS = `(n.nspname, c.relname) in
  (('public', 'kysely_migration'), ('public', 'kysely_migration_lock'), ('public', 'schema_migrations'),
    ('public', 'schema_migrations_lock'))`
const OURS = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`

/** Deletes all rows and begins all sequences anew; a table that never had any has no size. */
const EMPTY = `do $$
declare name text;
begin
  set local session_replication_role = replica;
  for name in
    select format('%I.%I', n.nspname, c.relname)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and ${OURS} and not (${OF_MIGRATIONS}) and pg_relation_size(c.oid) > 0
  loop
    execute 'delete from ' || name;
  end loop;
  perform setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    from pg_sequences where last_value is not null;
end $$`

/** Catalogues of all that a database has but rows, with the column that tells built-in entries apart. */
const CATALOGUES = [
  ['pg_class', 'oid'],
  ['pg_attribute', 'attrelid'],
  ['pg_attrdef', 'adrelid'],
  ['pg_index', 'indrelid'],
  ['pg_constraint', 'oid'],
  ['pg_trigger', 'oid'],
  ['pg_proc', 'oid'],
  ['pg_type', 'oid'],
  ['pg_namespace', 'oid'],
] as const
/** Lower ones are built in, but for the schema `public`. */
const FIRST_OWN_OID = 16_384

/**
 * Differs when anything but rows was touched: each change of an entry has a transaction of its own. To
 * compare what the entries say would cost more than most tests.
 */
const SCHEMA = `
  select concat_ws(' ', count(*), sum(changed), (
    select string_agg(setconfig::text, ' ') from pg_db_role_setting
    where setdatabase = (select oid from pg_database where datname = current_database())
  )) as schema from (
    ${CATALOGUES.map(
      ([name, id]) =>
        `select xmin::text::bigint as changed from ${name} where ${id} >= ${FIRST_OWN_OID}`,
    ).join(' union all ')}
    union all select xmin::text::bigint from pg_namespace where nspname = 'public'
    union all select xmin::text::bigint from kysely_migration
    union all select xmin::text::bigint from schema_migrations
  ) as entries`

/** The stock of a server, ruled from the database that the address names. */
export async function openStock(adminUrl: string, prefix = STOCK_PREFIX): Promise<DatabaseStock> {
  const version = schemaVersion()
  // Its locks say what is in use: they end with this process, however it ends.
  const admin = new pg.Client({ connectionString: adminUrl, application_name: 'test-stock' })
  await admin.connect()
  const key = `hashtext('${prefix}${version}')`
  let turn: Promise<unknown> = Promise.resolve()
  /** One after the other: all share one connection. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work)
    turn = done.catch(() => undefined)
    return done
  }

  /**
   * One connection to each database that was emptied here, kept: the first statement about a table costs
   * a connection ten times what the next one does.
   */
  const cleaners = new Map<string, pg.Client>()
  async function cleanerOf(name: string): Promise<pg.Client> {
    const known = cleaners.get(name)
    if (known !== undefined) return known
    const options = { connectionString: urlOf(adminUrl, name), application_name: CLEANER }
    const cleaner = new pg.Client(options)
    const forget = () => void cleaners.delete(name)
    // Whoever drops the database, or ends all its connections, ends this one too.
    cleaner.on('error', forget).on('end', forget)
    await cleaner.connect()
    cleaners.set(name, cleaner)
    return cleaner
  }

  /** Whether the database could be emptied, and has the schema that it was made with. */
  async function isEmptied(name: string, schema: string): Promise<boolean> {
    try {
      const cleaner = await cleanerOf(name)
      await cleaner.query(EMPTY)
      const { rows } = await cleaner.query<{ schema: string }>(SCHEMA)
      return rows[0]?.schema === schema
    } catch {
      return false
    }
  }

  /** A lock that this connection holds it would get once more. */
  const held = new Set<number>()
  async function takeNumber(): Promise<number> {
    const numbers = Array.from({ length: MOST }, (_, n) => n).filter((n) => !held.has(n))
    const { rows } = await admin.query<{ n: number }>(
      `select n from unnest($1::int[]) n where pg_try_advisory_lock(${key}, n) limit 1`,
      [numbers],
    )
    if (rows[0] === undefined) throw new Error(`${MOST} test databases are in use`)
    held.add(rows[0].n)
    return rows[0].n
  }
  async function freeNumber(n: number): Promise<void> {
    held.delete(n)
    await admin.query(`select pg_advisory_unlock(${key}, $1)`, [n])
  }

  async function make(n: number): Promise<string> {
    const name = `${prefix}${version}_${n}_${randomBytes(4).toString('hex')}`
    await admin.query(
      `create database ${name} template ${await template(admin, adminUrl, version)}`,
    )
    const { rows } = await (await cleanerOf(name)).query<{ schema: string }>(SCHEMA)
    await admin.query(`comment on database ${name} is '${rows[0]?.schema}'`)
    return name
  }

  async function find(n: number): Promise<string | undefined> {
    const { rows } = await admin.query<{ datname: string; schema: string | null }>(
      `select datname, shobj_description(oid, 'pg_database') as schema from pg_database
       where datname like $1`,
      [`${prefix}${version}_${n}_%`.replaceAll('_', '\\_')],
    )
    for (const { datname, schema } of rows) {
      if (schema !== null && (await isEmptied(datname, schema))) return datname
      await admin.query(`drop database ${datname} with (force)`)
    }
    return undefined
  }

  /** Whether nobody is connected, or everybody leaves within a moment: ends take their time. */
  async function isLeftAlone(name: string): Promise<boolean> {
    for (let look = 0; look < LOOKS; look += 1) {
      const others = 'select from pg_stat_activity where datname = $1 and application_name <> $2'
      if ((await inTurn(() => admin.query(others, [name, CLEANER]))).rowCount === 0) return true
      await delay(20)
    }
    return false
  }

  /** Takes a database out of the stock, for a look. */
  async function rename(name: string): Promise<string> {
    const kept = `${KEPT_PREFIX}${Date.now().toString(36)}_${randomBytes(4).toString('hex')}`
    await admin.query(
      'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1',
      [name],
    )
    await admin.query(`alter database ${name} rename to ${kept}`)
    return kept
  }

  return {
    async claim() {
      const { n, name } = await inTurn(async () => {
        const free = await takeNumber()
        return { n: free, name: (await find(free)) ?? (await make(free)) }
      })
      return {
        url: urlOf(adminUrl, name),
        async giveBack() {
          const isLeft = await isLeftAlone(name)
          await inTurn(async () => {
            // Who is still connected would come across the next test.
            if (!isLeft) await admin.query(`drop database ${name} with (force)`)
            await freeNumber(n)
          })
        },
        keep: () =>
          inTurn(async () => {
            const kept = await rename(name)
            await freeNumber(n)
            return kept
          }),
      }
    },
    async makeEmpty() {
      const name = `${prefix}empty_${process.pid}_${randomBytes(4).toString('hex')}`
      await inTurn(() => admin.query(`create database ${name} template template1`))
      return {
        url: urlOf(adminUrl, name),
        giveBack: () =>
          inTurn(async () => void (await admin.query(`drop database ${name} with (force)`))),
        keep: () => inTurn(() => rename(name)),
      }
    },
    close: () =>
      inTurn(async () => {
        for (const cleaner of [...cleaners.values()]) await cleaner.end()
        await admin.end()
      }),
  }
}

function urlOf(admin: string, database: string): string {
  const url = new URL(admin)
  url.pathname = `/${database}`
  return url.href
}

/** The name of the migrated template; processes that want it at the same moment make it only once. */
async function template(admin: pg.Client, adminUrl: string, version: string): Promise<string> {
  const name = `trt_template_${version}`
  await admin.query('select pg_advisory_lock(hashtext($1))', [name])
  try {
    const exists = 'select from pg_database where datname = $1'
    if ((await admin.query(exists, [name])).rowCount) return name
    const draft = `${name}_draft`
    await admin.query(`drop database if exists ${draft} with (force)`)
    await admin.query(`create database ${draft}`)
    const pool = createPool({ url: urlOf(adminUrl, draft), max: 2, name: 'template' })
    await migrate(pool).finally(() => pool.end())
    await admin.query(`alter database ${draft} rename to ${name}`)
    return name
  } finally {
    await admin.query('select pg_advisory_unlock(hashtext($1))', [name])
  }
}

/** Names the state of the schema: a digest of all that makes it. */
export function schemaVersion(): string {
  const ours = globSync(['src/store/**/migrat*.ts', 'src/store/**/migrations/*.ts'], { cwd: root })
  const hash = createHash('sha256')
  for (const name of ours.sort()) hash.update(readFileSync(path.join(root, name)))
  return hash.digest('hex').slice(0, 12)
}
