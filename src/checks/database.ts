import type pg from 'pg'
import { JOB_STATUSES } from '../machines/job/statuses.ts'
import { createPool } from '../store/database.ts'
import {
  readServerFacts,
  readSizes,
  readWaiting,
  type ServerFacts,
  type SizeFacts,
  type WaitingFacts,
} from '../store/database-facts.ts'
import { createDb, type Db } from '../store/db.ts'
import { type Installation, readInstallation } from '../store/installation.ts'
import { compareSchemas, readLiveSchema, type SchemaDifferences } from '../store/live-schema.ts'
import { migrationNames } from '../store/migrate.ts'
import { type Findings, reconcile, troubles } from '../store/reconcile.ts'
import manifest from '../store/schema-manifest.json' with { type: 'json' }
import { appliedMigrations } from '../store/server.ts'
import { type Advice, type Finding, fail, ok, warn } from './run-checks.ts'

/** PostgreSQL 15 brought what the migrations use. */
const OLDEST = 15
const DAY_S = 86_400
const LATE_S = 120
const SKEW_MS = 5_000
const GIGABYTE = 2 ** 30
const LARGE_BYTES = 20 * GIGABYTE
/** What one instance may open: 16 for everything, 2 that commit, session, leader. */
const PER_INSTANCE = 20

/** What was found in a database; what can't be asked of an older schema is absent. */
export interface DatabaseFacts {
  readonly server: ServerFacts
  /** The database's clock ahead of ours. */
  readonly offsetMs: number
  readonly pooled: boolean
  readonly local: boolean
  readonly applied: readonly string[]
  readonly schema?: SchemaDifferences
  readonly waiting?: WaitingFacts
  readonly ledger?: Findings
  readonly sizes?: SizeFacts
  /** Whose database it is; absent: no bot has started on it. */
  readonly owner?: Installation
}

/** Opens the database, asks it everything, and closes it. Changes nothing. */
export async function readDatabase(url: string, now: () => number): Promise<DatabaseFacts> {
  const pool = createPool({ url, max: 2, name: 'trt-check' })
  try {
    const facts = await readDatabaseOf(createDb(pool), now)
    const { hostname } = URL.canParse(url) ? new URL(url) : { hostname: '' }
    const local = /^(|localhost|127\..*|\[::1\])$/.test(hostname)
    return { ...facts, local, pooled: await isPooled(pool) }
  } finally {
    await pool.end()
  }
}

/** The same over connections that are there already. */
export async function readDatabaseOf(db: Db, now: () => number): Promise<DatabaseFacts> {
  const asked = now()
  const server = await readServerFacts(db)
  const offsetMs = server.now - (asked + now()) / 2
  const facts = { server, offsetMs, pooled: false, local: true }
  if (server.version < OLDEST) return { ...facts, applied: [] }
  const applied = await appliedMigrations(db)
  // Older tables can't be asked what newer code asks.
  if (migrationNames.some((name) => !applied.includes(name))) return { ...facts, applied }
  const schema = compareSchemas(manifest, await readLiveSchema(db))
  const whole = schema.missing.every((what) => !/^(table|column)/.test(what))
  return {
    ...facts,
    ...{ applied, schema, sizes: await readSizes(db), ...(await ownerOf(db)) },
    ...(whole && { waiting: await readWaiting(db), ledger: await reconcile(db, JOB_STATUSES) }),
  }
}

async function ownerOf(db: Db): Promise<Pick<DatabaseFacts, 'owner'>> {
  const owner = await readInstallation(db).catch(() => undefined)
  return owner === undefined ? {} : { owner }
}

/** Whether a pooler gives one connection's statements to different sessions of the server. */
async function isPooled(pool: pg.Pool): Promise<boolean> {
  const [a, b] = [await pool.connect(), await pool.connect()]
  const pidOf = async (client: pg.PoolClient) =>
    (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid
  try {
    const first = await pidOf(a)
    await b.query('begin')
    const other = await pidOf(b)
    const again = await pidOf(a)
    await b.query('rollback')
    return first !== again || first === other
  } finally {
    a.release()
    b.release()
  }
}

/** Judges what was found; `deployed`: something should be running on it already; `botId`: whose it is to be. */
export function findingsOfDatabase(
  facts: DatabaseFacts,
  { deployed, botId }: { deployed: boolean; botId?: number },
): Finding[] {
  const { server, applied } = facts
  if (server.version < OLDEST) {
    return [
      fail(
        `PostgreSQL ${server.version} is older than ${OLDEST}`,
        'The migrations use what older servers do not have.',
        `Move to PostgreSQL ${OLDEST} or newer.`,
      ),
    ]
  }
  const missing = migrationNames.filter((name) => !applied.includes(name))
  return [
    ok(`PostgreSQL ${server.version}`),
    ...findingsOfServer(facts),
    ...findingsOfOwner(facts, botId),
    ...(missing.length > 0
      ? [
          (deployed ? fail : warn)(
            `migrations have not run: ${missing.join(', ')}`,
            'The running version does not fit this database, or none has started yet.',
            'Start this version, or run: npm run migrate',
          ),
        ]
      : [ok(`${applied.length} migrations applied`)]),
    ...findingsOfSchema(facts),
    ...findingsOfWaiting(facts, deployed),
    ...findingsOfLedger(facts),
    ...findingsOfSizes(facts),
  ]
}

function findingsOfOwner({ owner }: DatabaseFacts, botId: number | undefined): Finding[] {
  if (owner === undefined) return []
  if (owner.money === 'play') {
    return [
      fail(
        'the database holds play money',
        'Nobody paid for what its accounts hold; the start is refused.',
        'Point DATABASE_URL at another database.',
      ),
    ]
  }
  if (botId === undefined || owner.botId === botId) {
    return [ok(`the database belongs to bot ${owner.botId}`)]
  }
  return [
    fail(
      `the database belongs to bot ${owner.botId}, the token is of bot ${botId}`,
      'Two bots on one database would answer each other’s users; the start is refused.',
      `Use another database, or give this one away: npm run adopt -- --bot ${botId}`,
    ),
  ]
}

function findingsOfServer({ server, offsetMs, pooled, local }: DatabaseFacts): Finding[] {
  const findings: Finding[] = []
  const skew = Math.round(Math.abs(offsetMs))
  if (skew > SKEW_MS) {
    findings.push(
      fail(
        `the database's clock is ${(skew / 1000).toFixed(1)} s away from this machine's`,
        'Time limits go by the database; logs, certificates and signatures by this machine.',
        'Let both machines follow NTP.',
      ),
    )
  }
  if (pooled) {
    findings.push(
      fail(
        'a pooler shares sessions between connections',
        'Locks belong to sessions: leader and chats would lose theirs without noticing.',
        'Use the direct address, or pool_mode = session.',
      ),
    )
  }
  if (server.readOnly) {
    findings.push(
      fail(
        'the database takes no changes',
        'It is a standby or set to read only; no update can be stored.',
        'Point DATABASE_URL at the primary.',
      ),
    )
  }
  if (!server.canCreate) {
    findings.push(
      fail(
        'the role may not create tables in its schema',
        'The next migration would fail and no instance would become ready.',
        'grant create on schema public to <role>',
      ),
    )
  }
  if (server.superuser) {
    findings.push(
      warn(
        'the role is a superuser',
        'A leaked DATABASE_URL would give away the whole server.',
        'Make a role that owns only this database.',
      ),
    )
  }
  if (!local && !server.encrypted) {
    findings.push(
      warn(
        'the connection is not encrypted',
        'Whoever sits between can read the password and every order.',
        'Add ?sslmode=verify-full, or require inside a private network.',
      ),
    )
  }
  const free = server.maxConnections - server.connections
  if (free < PER_INSTANCE) {
    findings.push(
      warn(
        `${free} of ${server.maxConnections} connections are free; an instance wants ${PER_INSTANCE}`,
        'During a deploy old and new run side by side, and the new one would not come up.',
        'Raise max_connections, or end what else holds connections.',
      ),
    )
  }
  return findings
}

const SCHEMA: Advice = [
  'What guards money and order is not what the code was tested with.',
  'Restore the object from src/store/schema.sql, or the database from a backup; then run: npm run verify',
]

function findingsOfSchema({ schema }: DatabaseFacts): Finding[] {
  if (schema === undefined) return []
  const { missing, changed, unknown } = schema
  const acting = unknown.filter((what) => /^(trigger|constraint)/.test(what))
  const idle = unknown.filter((what) => !acting.includes(what))
  const faults = [
    ...missing.map((what) => fail(`missing: ${what}`, ...SCHEMA)),
    ...changed.map(({ what, is, should }) =>
      fail(
        what.startsWith('function')
          ? `changed: ${what}`
          : `changed: ${what} is "${is}", not "${should}"`,
        ...SCHEMA,
      ),
    ),
    ...acting.map((what) =>
      fail(
        `unknown: ${what}`,
        'It can refuse or change what the bot writes, and no migration has made it.',
        'Drop it, unless a newer version of the bot has made it.',
      ),
    ),
  ]
  const strange = idle.map((what) =>
    warn(
      `unknown: ${what}`,
      'No migration of this version has made it.',
      'Drop it if it is yours.',
    ),
  )
  const counted = Object.keys(manifest).length
  return [
    ...(faults.length > 0 ? faults : [ok(`all ${counted} objects are as migrated`)]),
    ...strange,
  ]
}

function findingsOfWaiting({ waiting }: DatabaseFacts, deployed: boolean): Finding[] {
  if (waiting === undefined) return []
  const { deadLetters, oldestDeadLetterS, timerOverdueS, effectOverdueS } = waiting
  const days = (oldestDeadLetterS ?? 0) / DAY_S
  const late = (what: string, s: number | null, why: string): Finding[] =>
    s === null || s < LATE_S || !deployed
      ? []
      : [fail(`${what} for ${Math.round(s)} s`, why, 'See whether an instance runs, and its log.')]
  return [
    deadLetters === 0
      ? ok('no dead letters')
      : (days > 3 ? fail : warn)(
          `${deadLetters} dead letters, the oldest of ${days.toFixed(1)} days`,
          'Each is something that came or was to be done and that nobody did.',
          'npm run replay -- --letters lists them; --letter N tries one again.',
        ),
    ...late('a timer is due', timerOverdueS, 'Nobody fires timers: no order ends by its limit.'),
    ...late('an effect waits', effectOverdueS, 'Nobody runs effects: people wait for answers.'),
  ]
}

/** What each check of the ledger means; the names are those of `reconcile_findings`. */
const BOOKS: Readonly<Record<keyof Findings, string>> = {
  balances: 'kopecks by which accounts differ from the ledger',
  sum: 'kopecks that all accounts together are away from nothing',
  strayHolds: 'holds without a running order',
  overcharged: 'orders that took more than was confirmed',
  stuckJobs: 'orders neither delivered nor given up for a day',
  keptFree: 'free generations that failed and were not given back',
  debts: 'kopecks by which collected debts differ from their entries',
  refusedSteps: 'steps of orders that the database refused',
  dearModels: 'models for which the provider takes a fifth more than reckoned',
}

function findingsOfLedger({ ledger }: DatabaseFacts): Finding[] {
  if (ledger === undefined) return []
  const wrong = troubles(ledger)
  if (wrong.length === 0) return [ok('the ledger adds up')]
  return wrong.map(([name, size]) =>
    fail(
      `${size} ${BOOKS[name as keyof Findings] ?? name} (${name})`,
      'Somebody has lost or been given money, or will be.',
      'Find the cause in the journal before adjusting anything: /admin, npm run trace -- JOB',
    ),
  )
}

function findingsOfSizes({ sizes }: DatabaseFacts): Finding[] {
  if (sizes === undefined) return []
  const inGigabytes = (bytes: number) => `${(bytes / GIGABYTE).toFixed(2)} GB`
  const tables = sizes.tables.map(({ name, bytes }) => `${name} ${inGigabytes(bytes)}`).join(', ')
  const text = `${inGigabytes(sizes.bytes)}; largest: ${tables}`
  return sizes.bytes < LARGE_BYTES
    ? [ok(text)]
    : [
        warn(
          text,
          'Backups and the audit of the ledger take long; disks fill up.',
          'See "The database grows" in docs/operations.md.',
        ),
      ]
}

/** Reads and judges a database on which nothing need run yet. */
export const checkDatabase = async (url: string): Promise<Finding[]> =>
  findingsOfDatabase(await readDatabase(url, Date.now), { deployed: false })
