import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from 'kysely'
import { pino } from 'pino'
import { createClock } from '../../src/service/clock.ts'
import { CONNECTIONS } from '../../src/service/connections.ts'
import { createLifecycle } from '../../src/service/lifecycle.ts'
import { createProblems } from '../../src/service/problems.ts'
import { createStorage } from '../../src/service/storage.ts'
import { createDatabase } from '../support/database.ts'
import { waitFor } from '../support/wait.ts'

const log = pino({ level: 'silent' })

describe('the storage of a service', () => {
  test('beats on a connection of its own while handlers hold all of theirs', async (t) => {
    const { url, pool } = await createDatabase(t)
    const lifecycle = createLifecycle('polling', log)
    const problems = createProblems(log)
    const beats: string[] = []
    const noted = {
      ...lifecycle,
      send: (type: Parameters<typeof lifecycle.send>[0]) => {
        beats.push(type)
        lifecycle.send(type)
      },
    }
    const storage = createStorage({
      ...{ url, instanceId: 'i', lifecycle: noted, problems, log, heartbeatMs: 100 },
      owner: { botId: 1, money: 'real' },
      clock: createClock(),
    })
    t.after(async () => {
      lifecycle.send('signal.received')
      await storage.closeSession()
      await storage.close()
    })
    await storage.open()
    lifecycle.send('schema.ready')
    // Every connection of the handlers waits for a lock that the test holds.
    const holder = await pool.connect()
    await holder.query('select pg_advisory_lock(77)')
    const held = Array.from({ length: CONNECTIONS.handlers + 5 }, () =>
      sql`select pg_advisory_xact_lock(77)`.execute(storage.db).catch((error: Error) => error),
    )
    await waitFor(
      async () => {
        const { rows } = await pool.query<{ n: number }>(
          `select count(*) as n from pg_locks where locktype = 'advisory' and not granted`,
        )
        return rows[0]?.n === CONNECTIONS.handlers
      },
      { what: 'an exhausted pool' },
    )
    beats.length = 0
    await waitFor(() => beats.length >= 5, { what: 'five heartbeats' })
    assert.deepEqual(new Set(beats), new Set(['heartbeat.answered']))
    assert.deepEqual(problems.reasons(), {})
    await sql`select 1`.execute(storage.engineDb)
    await holder.query('select pg_advisory_unlock(77)')
    holder.release()
    // Nobody who waited for a turn was turned away.
    assert.deepEqual(
      (await Promise.all(held)).filter((one) => one instanceof Error),
      [],
    )
  })

  test('says that nothing can be committed when the database takes no writes', async (t) => {
    const { url, pool } = await createDatabase(t)
    // Holds for connections that are opened from now on, so it comes before the storage's first one.
    const name = new URL(url).pathname.slice(1)
    await pool.query(`alter database ${name} set default_transaction_read_only = on`)
    const problems = createProblems(log)
    const lifecycle = createLifecycle('polling', log)
    const storage = createStorage({
      ...{ url, instanceId: 'i', lifecycle, problems, log, heartbeatMs: 50 },
      owner: { botId: 1, money: 'real' },
      clock: createClock(),
    })
    t.after(async () => {
      lifecycle.send('signal.received')
      await storage.close()
    })
    const reset = `alter database ${name} reset default_transaction_read_only`
    t.after(() => pool.query(`begin read write; ${reset}; commit`))
    await waitFor(() => problems.has('commits'), { what: 'the problem' })
    assert.match(problems.reasons().commits ?? '', /read-only/)
    assert.ok(problems.blocked())
  })
})
