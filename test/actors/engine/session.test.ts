import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { createSession } from '../../../src/actors/engine/session.ts'
import { RetryableError } from '../../../src/errors.ts'
import { createPool } from '../../../src/store/database.ts'
import { createDatabase } from '../../support/database.ts'
import { createProxy } from '../../support/proxy.ts'
import { waitFor } from '../../support/wait.ts'

const log = pino({ level: 'silent' })

async function start(t: TestContext, hold: readonly number[] = []) {
  const { url, pool } = await createDatabase(t)
  let reconnected = 0
  const open = async () => {
    const session = await createSession({ url, log, hold, onReconnected: () => reconnected++ })
    t.after(() => session.close())
    return session
  }
  const cut = () =>
    pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'trt-session' and datname = current_database()`,
    )
  return { pool, open, cut, reconnected: () => reconnected }
}

describe('session', () => {
  test('lets one caller of a key in at a time, in order', async (t) => {
    const session = await (await start(t)).open()
    const seen: string[] = []
    await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        session.withLock(7, async () => {
          seen.push(`${name} in`)
          await new Promise((resolve) => setImmediate(resolve))
          seen.push(`${name} out`)
        }),
      ),
    )
    assert.deepEqual(seen, ['a in', 'a out', 'b in', 'b out', 'c in', 'c out'])
  })

  test('lets callers of different keys in together', async (t) => {
    const session = await (await start(t)).open()
    const both = Promise.withResolvers<void>()
    let inside = 0
    const enter = () => {
      inside += 1
      if (inside === 2) both.resolve()
      return both.promise
    }
    await Promise.all([session.withLock(1, enter), session.withLock(2, enter)])
    assert.equal(inside, 2)
  })

  test('says null while another process holds the key, and not after', async (t) => {
    const { open } = await start(t)
    const [one, other] = [await open(), await open()]
    const held = Promise.withResolvers<void>()
    const entered = Promise.withResolvers<void>()
    const first = one.withLock(3, () => {
      entered.resolve()
      return held.promise
    })
    await entered.promise
    assert.equal(await other.withLock(3, async () => 'in'), null)
    held.resolve()
    await first
    assert.equal(await other.withLock(3, async () => 'in'), 'in')
  })

  test('frees the key when the action fails', async (t) => {
    const session = await (await start(t)).open()
    await assert.rejects(
      session.withLock(4, () => Promise.reject(new Error('no'))),
      /no/,
    )
    assert.equal(await session.withLock(4, async () => 'in'), 'in')
  })

  test('fails retryably while the connection is gone, and takes its locks again', async (t) => {
    const { open, cut, pool, reconnected } = await start(t, [4711])
    const session = await open()
    await cut()
    await waitFor(
      () => session.withLock(5, async () => false).catch((e) => e instanceof RetryableError),
      { what: 'a refusal' },
    )
    await waitFor(() => reconnected() === 1, { what: 'the connection to come back' })
    const { rows } = await pool.query('select pg_try_advisory_lock(4711) as free')
    assert.equal(rows[0].free, false)
    assert.equal(await session.withLock(5, async () => 'in'), 'in')
  })
  test('gives up a server that falls silent, and finds it again', async (t) => {
    const { url } = await createDatabase(t)
    const proxy = await createProxy(t, url)
    let back = 0
    const onReconnected = () => {
      back += 1
    }
    const given = { url: proxy.url, log, hold: [5], onReconnected, timeoutMs: 200 }
    const session = await createSession(given)
    t.after(() => session.close())
    proxy.fallSilent()
    await assert.rejects(
      session.withLock(1, async () => 'in'),
      { code: 'database.unavailable' },
    )
    proxy.cut()
    await waitFor(() => back === 1, { what: 'the connection to come back' })
    assert.equal(await session.withLock(1, async () => 'in'), 'in')
  })

  for (const fault of ['reset', 'close', 'garbage', 'too-many'] as const) {
    test(`rejects with the reason when its first connection meets a server of the kind ${fault}`, async (t) => {
      const { url } = await createDatabase(t)
      const proxy = await createProxy(t, url)
      proxy.spoil('trt-session', fault)
      await assert.rejects(createSession({ url: proxy.url, log, hold: [6] }), (error: Error) => {
        assert.ok(!(error instanceof ReferenceError), error.message)
        return true
      })
      const session = await createSession({ url: proxy.url, log, hold: [6] })
      t.after(() => session.close())
      assert.equal(await session.withLock(1, async () => 'in'), 'in')
    })
  }

  test('asks nothing of the server that a pooler refuses before the session begins', async (t) => {
    const { url } = await createDatabase(t)
    const proxy = await createProxy(t, url)
    proxy.cutBefore('options')
    const session = await createSession({ url: proxy.url, log, hold: [] })
    t.after(() => session.close())
    const pool = createPool({ url: proxy.url, max: 1, name: 'test-settings' })
    t.after(() => pool.end())
    const { rows } = await pool.query(`select current_setting('statement_timeout') as timeout`)
    assert.equal(rows[0].timeout, '24s')
  })

  test('leaves no connection behind when it is closed while it comes back', async (t) => {
    const { open, cut, pool } = await start(t)
    const session = await open()
    await cut()
    await session.close()
    const alive = `select from pg_stat_activity
      where application_name = 'trt-session' and datname = current_database()`
    await waitFor(async () => (await pool.query(alive)).rowCount === 0, { what: 'silence' })
  })
})
