import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { after, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { type PostgresServer, startPostgres } from '../../src/sandbox/postgres/server.ts'
import { createPool } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { TEST_SERVER_DIR } from './server-dir.ts'

const root = path.resolve(import.meta.dirname, '../..')

export interface TestDatabase {
  url: string
  pool: pg.Pool
}

interface WholeFile {
  /** Ends what works on the database. */
  closeFirst?: () => Promise<void>
}

let server: Promise<PostgresServer> | undefined
let template: Promise<string> | undefined
const atTheEnd: (() => Promise<void>)[] = []

after(async () => {
  for (const clean of atTheEnd) await clean()
  await (await server)?.stop()
})

/**
 * A database of its own with the newest schema, copied from a migrated template. It outlives every
 * `t.after` of the test, whatever their order, is dropped after a success and kept after a failure.
 * For a whole file it is dropped at the end of that, after what `closeFirst` ends: hooks of a file
 * run in the order of their registration, and the one here is the first. An `empty` one has no tables.
 */
export async function createDatabase(
  t: TestContext | WholeFile,
  { empty = false } = {},
): Promise<TestDatabase> {
  const admin = await serverUrl()
  if (!empty) template ??= prepareTemplate(admin)
  const name = `trt_test_${Date.now().toString(36)}_${randomUUID().slice(0, 8)}`
  await query(admin, `create database ${name} template ${empty ? 'template1' : await template}`)
  const url = urlOf(admin, name)
  const pool = createPool({ url, max: 10, name: 'test' })
  const clean = async (passed: boolean) => {
    await endPool(pool)
    if (passed) await query(admin, `drop database ${name} with (force)`)
  }
  if ('diagnostic' in t) {
    // Hooks run in the order of their registration: the second registration makes this the last.
    t.after(() => {
      t.after(() => {
        const { passed } = t as TestContext & { passed: boolean }
        if (!passed) t.diagnostic(`kept database ${name}`)
        return clean(passed)
      })
    })
  } else {
    atTheEnd.push(async () => {
      await t.closeFirst?.()
      await clean(true)
    })
  }
  return { url, pool }
}

async function serverUrl(): Promise<string> {
  const given = process.env.TRT_TEST_SERVER
  if (given) return given
  server ??= startPostgres({ dir: TEST_SERVER_DIR })
  return (await server).url
}

function urlOf(admin: string, database: string): string {
  const url = new URL(admin)
  url.pathname = `/${database}`
  return url.href
}

async function query(url: string, sql: string, values: unknown[] = []): Promise<pg.QueryResult> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await client.query(sql, values)
  } finally {
    await client.end()
  }
}

/** A connection that was never released would make `end` wait for ever. */
async function endPool(pool: pg.Pool): Promise<void> {
  if (pool.ended) return
  const timer = new AbortController()
  const late = delay(5_000, 'late', { ref: false, signal: timer.signal }).catch(() => 'aborted')
  const ended = await Promise.race([pool.end(), late])
  timer.abort()
  assert.notEqual(ended, 'late', 'a connection of the test was never released to its pool')
}

/** The name of the migrated template; files that run at the same moment make it only once. */
async function prepareTemplate(admin: string): Promise<string> {
  const name = await templateName()
  const client = new pg.Client(admin)
  await client.connect()
  try {
    await client.query('select pg_advisory_lock(hashtext($1))', [name])
    const exists = 'select from pg_database where datname = $1'
    if ((await client.query(exists, [name])).rowCount) return name
    const draft = `${name}_draft`
    await client.query(`drop database if exists ${draft} with (force)`)
    await client.query(`create database ${draft}`)
    const pool = createPool({ url: urlOf(admin, draft), max: 2, name: 'template' })
    await migrate(pool).finally(() => pool.end())
    await client.query(`alter database ${draft} rename to ${name}`)
    return name
  } finally {
    await client.end()
  }
}

/** Names the state of the schema: our migrations and the version that brings the queue's tables. */
export async function templateName(): Promise<string> {
  const store = path.join(root, 'src/store')
  const migrations = (await readdir(path.join(store, 'migrations'))).sort()
  const files = ['migrate.ts', ...migrations.map((file) => `migrations/${file}`)]
  const worker = new URL('../package.json', import.meta.resolve('graphile-worker'))
  const hash = createHash('sha256')
  for (const file of [...files.map((name) => path.join(store, name)), worker]) {
    hash.update(await readFile(file))
  }
  return `trt_template_${hash.digest('hex').slice(0, 16)}`
}
