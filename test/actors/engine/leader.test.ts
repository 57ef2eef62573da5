import assert from 'node:assert/strict'
import net, { type AddressInfo } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import pg from 'pg'
import {
  connectForLock,
  createLeader,
  type LeaderDeps,
  lockKey,
} from '../../../src/actors/engine/leader.ts'
import { createDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait.ts'

const KEY = lockKey('telegram', '123456:AAF-very-secret-token_0123456789abcd')
const silent = { info() {}, warn() {} }

/** Candidates for one office, and a diary of who held it. */
async function setUp(t: TestContext) {
  const { url, pool } = await createDatabase(t)
  const diary: string[] = []
  const holders = new Set<string>()
  let most = 0
  const stand = (name: string, overrides: Partial<LeaderDeps> = {}) => {
    const terms: AbortSignal[] = []
    const leader = createLeader({
      connect: () => connectForLock(url),
      key: KEY,
      now: () => 42,
      log: silent,
      onGained: (term) => {
        terms.push(term)
        diary.push(`+${name}`)
        most = Math.max(most, holders.add(name).size)
      },
      onLost: (reason) => {
        holders.delete(name)
        diary.push(`-${name} ${reason}`)
      },
      pollMs: 15,
      graceMs: 30,
      heartbeatDeadlineMs: 5000,
      sessionTimeoutMs: 10_000,
      ...overrides,
    })
    t.after(() => leader.release())
    leader.start()
    return { ...leader, terms }
  }
  const leads = (name: string) => waitFor(() => holders.has(name), { what: `${name} to lead` })
  return { url, pool, diary, stand, leads, most: () => most }
}

const sessions = `select pid from pg_stat_activity
  where application_name = 'trt-leader' and datname = current_database()`

describe('leader', () => {
  test('elects one of several and says since when', async (t) => {
    const { stand, leads, pool, diary } = await setUp(t)
    const a = stand('a')
    await leads('a')
    const b = stand('b')
    await waitFor(async () => (await pool.query(sessions)).rowCount === 2, { what: 'b to ask' })
    assert.deepEqual(a.state(), { leader: true, since: 42 })
    assert.deepEqual(b.state(), { leader: false, since: null })
    assert.deepEqual(diary, ['+a'])
  })

  test('hands over at once on release', async (t) => {
    const { stand, leads, diary, url } = await setUp(t)
    const a = stand('a')
    await leads('a')
    await a.release()
    assert.deepEqual(diary, ['+a', '-a released'])
    assert.equal(a.terms[0]?.aborted, true)
    const client = new pg.Client(url)
    await client.connect()
    t.after(() => client.end())
    const sql = 'select pg_try_advisory_lock($1::bigint) as free'
    const { rows } = await client.query(sql, [String(KEY)])
    assert.equal(rows[0].free, true, 'the lock is free when release resolves')
    await a.release()
  })

  test('another takes over when the session of the leader is terminated', async (t) => {
    const { stand, leads, pool, most, diary } = await setUp(t)
    const a = stand('a')
    await leads('a')
    const { rows } = await pool.query(sessions)
    stand('b')
    await waitFor(async () => (await pool.query(sessions)).rowCount === 2, { what: 'b to ask' })
    await pool.query('select pg_terminate_backend($1)', [rows[0].pid])
    await waitFor(() => diary.includes('-a connection'), { what: 'a to notice' })
    assert.equal(a.terms[0]?.aborted, true)
    await waitFor(() => diary.filter((line) => line.startsWith('+')).length === 2, {
      what: 'a successor',
    })
    assert.equal(most(), 1)
  })

  test('one who finds the lock free leaves a leader before it the time to notice', async (t) => {
    const { stand, pool, diary } = await setUp(t)
    const a = stand('a', { graceMs: 60_000 })
    await waitFor(
      async () => {
        const { rows } = await pool.query(`select 1 from pg_locks l join (${sessions}) s using (pid)
          join pg_stat_activity a using (pid)
          where l.locktype = 'advisory' and l.granted and a.state = 'idle'`)
        return rows.length === 1
      },
      { what: 'a to hold the lock' },
    )
    await setImmediate()
    assert.equal(a.state().leader, false)
    await a.release()
    assert.deepEqual(diary, [])
  })

  test('never has two leaders while sessions come and go', async (t) => {
    const { stand, pool, most, diary } = await setUp(t)
    for (const name of ['a', 'b', 'c']) stand(name)
    for (let round = 1; round <= 4; round++) {
      await waitFor(() => diary.filter((line) => line.startsWith('+')).length >= round, {
        what: `leader number ${round}`,
      })
      await pool.query(`select pg_terminate_backend(pid) from pg_locks
        where locktype = 'advisory' and granted and pid in (${sessions})`)
    }
    assert.equal(most(), 1)
  })

  test('a leader cut off from the server gives up before the server gives up on it', async (t) => {
    const { url, stand, leads, diary, most } = await setUp(t)
    const proxy = await startProxy(t, url)
    const cutOff = { connect: () => connectForLock(proxy.url) }
    stand('a', { ...cutOff, heartbeatDeadlineMs: 150, sessionTimeoutMs: 800 })
    await leads('a')
    stand('b')
    proxy.freeze()
    await leads('b')
    assert.deepEqual(diary, ['+a', '-a connection', '+b'])
    assert.equal(most(), 1)
  })

  test('waits for a database that is away, and leads when it comes', async (t) => {
    const { url, stand, leads } = await setUp(t)
    let failures = 3
    stand('a', {
      connect: () =>
        failures-- > 0 ? Promise.reject(new Error('not there')) : connectForLock(url),
    })
    await leads('a')
  })

  test('is released promptly while it connects, and closes what comes too late', async (t) => {
    const { url, pool } = await createDatabase(t)
    const slow = Promise.withResolvers<pg.Client>()
    const leader = createLeader({
      connect: () => slow.promise,
      key: KEY,
      now: () => 0,
      log: silent,
      onGained: () => assert.fail('must not lead'),
      onLost: () => assert.fail('never led'),
    })
    leader.start()
    await leader.release()
    slow.resolve(await connectForLock(url))
    await waitFor(async () => (await pool.query(sessions)).rowCount === 0, { what: 'no session' })
  })

  test('different bots have different locks', () => {
    assert.equal(lockKey('telegram', 'a'), lockKey('telegram', 'a'))
    assert.notEqual(lockKey('telegram', 'a'), lockKey('telegram', 'b'))
    assert.notEqual(lockKey('telegram', 'a'), lockKey('cron', 'a'))
    assert.equal(BigInt.asIntN(64, KEY), KEY, 'fits a PostgreSQL bigint')
  })
})

/** A way to PostgreSQL that can fall silent without closing, as a dead network does. */
async function startProxy(t: TestContext, url: string) {
  const target = new URL(url)
  const sockets = new Set<net.Socket>()
  let frozen = false
  const server = net.createServer((client) => {
    if (frozen) return void sockets.add(client)
    const upstream = net.connect(Number(target.port), target.hostname)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.pipe(to)
      from.on('error', () => {})
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const through = new URL(url)
  through.hostname = '127.0.0.1'
  through.port = String((server.address() as AddressInfo).port)
  return {
    url: through.href,
    freeze() {
      frozen = true
      for (const socket of sockets) socket.unpipe().pause()
    },
  }
}
