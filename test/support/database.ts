import assert from 'node:assert/strict'
import { after, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { PATIENCE_MS } from '../../src/sandbox/patience.ts'
import { type PostgresServer, startPostgres } from '../../src/sandbox/postgres/server.ts'
import { createPool } from '../../src/store/database.ts'
import { type Claim, type DatabaseStock, openStock } from './database-stock.ts'
import { TEST_SERVER } from './test-server.ts'

export interface TestDatabase {
  url: string
  pool: pg.Pool
}

interface WholeFile {
  /** Ends what works on the database. */
  closeFirst?: () => Promise<void>
}

let server: Promise<PostgresServer> | undefined
let stock: Promise<DatabaseStock> | undefined
const atTheEnd: (() => Promise<void>)[] = []

after(async () => {
  for (const clean of atTheEnd) await clean()
  await (await stock)?.close()
  await (await server)?.stop()
})

/**
 * An empty database with the newest schema that nobody else uses. It outlives every `t.after` of the
 * test, whatever their order; after a success it is given back, after a failure it is kept for a look.
 * For a whole file it is given back at the end of that, after what `closeFirst` ends: hooks of a file
 * run in the order of their registration, and the one here is the first. An `empty` one has no tables.
 */
export async function createDatabase(
  t: TestContext | WholeFile,
  { empty = false } = {},
): Promise<TestDatabase> {
  stock ??= serverUrl().then(openStock)
  const claim = await (empty ? (await stock).makeEmpty() : (await stock).claim())
  const pool = createPool({ url: claim.url, max: 10, name: 'test' })
  if ('diagnostic' in t) {
    // Hooks run in the order of their registration: the second registration makes this the last.
    t.after(() => {
      t.after(() => {
        const { passed } = t as TestContext & { passed: boolean }
        return end(
          pool,
          claim,
          passed ? undefined : (name) => t.diagnostic(`kept database ${name}`),
        )
      })
    })
  } else {
    atTheEnd.push(async () => {
      await t.closeFirst?.()
      await end(pool, claim)
    })
  }
  return { url: claim.url, pool }
}

async function end(pool: pg.Pool, claim: Claim, keep?: (name: string) => void): Promise<void> {
  await endPool(pool)
  if (keep) keep(await claim.keep())
  else await claim.giveBack()
}

/** Of the database that the server is ruled from. */
export async function serverUrl(): Promise<string> {
  const given = process.env.TRT_TEST_SERVER
  if (given) return given
  server ??= startPostgres(TEST_SERVER)
  return (await server).url
}

/** A connection that was never released would make `end` wait for ever. */
async function endPool(pool: pg.Pool): Promise<void> {
  if (pool.ended) return
  const timer = new AbortController()
  const late = delay(PATIENCE_MS, 'late', { ref: false, signal: timer.signal }).catch(
    () => 'aborted',
  )
  const ended = await Promise.race([pool.end(), late])
  timer.abort()
  assert.notEqual(ended, 'late', 'a connection of the test was never released to its pool')
}
