import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { z } from 'zod'
import {
  createEffects,
  declareEffect,
  type EffectHandler,
} from '../../../src/actors/engine/effect.ts'
import { createSession } from '../../../src/actors/engine/session.ts'
import type { WantedEffect } from '../../../src/actors/engine/step.ts'
import { startWorker } from '../../../src/actors/engine/worker.ts'
import { RetryableError } from '../../../src/errors.ts'
import { createDb } from '../../../src/store/db.ts'
import { addEffect } from '../../../src/store/engine/effects.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait.ts'

const log = pino({ level: 'silent' })

interface Settings {
  id: string
  lockKey: number
  work: EffectHandler
  delivery?: 'once' | 'latest'
  now?: () => number
  reapEveryMs?: number
}

/** A process in the eyes of the others: a session that holds its lock, and its worker. */
async function startInstance(
  t: TestContext,
  { url, pool }: TestDatabase,
  { id, lockKey, work, delivery = 'once', now = Date.now, reapEveryMs = 100 }: Settings,
) {
  const session = await createSession({ url, log, hold: [lockKey] })
  const reaped: string[] = []
  const declaration = declareEffect({
    name: 'work',
    params: z.looseObject({}),
    delivery,
    queue: 'any',
    patience: { attempts: 5, maxPauseMs: 60_000 },
    exhausted: null,
    handler: () => work,
  })
  const worker = await startWorker({
    db: createDb(pool),
    send: async () => ({ outcome: 'duplicate' }),
    instance: { id, lockKey },
    effects: createEffects([declaration], {}),
    slots: { any: 4 },
    now,
    log,
    reapEveryMs,
    onReap: (ids) => reaped.push(...ids),
  })
  t.after(async () => {
    await worker.stop(200)
    await session.close()
  })
  return { worker, reaped, die: () => session.close() }
}

/** Waits until the instances have looked after each other so often. */
async function rounds(worker: Awaited<ReturnType<typeof startWorker>>, times: number) {
  const look = () => worker.lastRun().members.lastRun ?? 0
  for (let i = 0; i < times; i += 1) {
    const last = look()
    await waitFor(() => look() > last, { what: 'a round of the members' })
  }
}

const add = ({ pool }: TestDatabase, actor = 'a:1') =>
  addEffect(createDb(pool), { actor, key: '1.0', type: 'work', at: 5, params: {} })

const left = async ({ pool }: TestDatabase) =>
  (await pool.query('select key, owner, attempt from effects order by actor_id, key')).rows

const isEmpty = (database: TestDatabase) => async () => (await left(database)).length === 0

const wanted = (seq: number, more: Partial<WantedEffect> = {}): WantedEffect => ({
  ...{ type: 'work', delivery: 'once', key: `${seq}.0`, seq, index: 0, renewed: 0, at: 5 },
  params: {},
  ...more,
})

/** Work that notes how often it began and ends only when told. */
function hanging() {
  const gate = Promise.withResolvers<void>()
  let runs = 0
  const work: EffectHandler = async () => {
    runs += 1
    await gate.promise
  }
  return { work, runs: () => runs, end: () => gate.resolve() }
}

/** Work that takes place at once and is stored when told, with what it says then. */
function storing() {
  const seqs: number[] = []
  const stored: PromiseWithResolvers<boolean>[] = []
  const work: EffectHandler = async ({ seq }) => {
    seqs.push(seq)
    const told = Promise.withResolvers<boolean>()
    stored.push(told)
    return { stored: told.promise }
  }
  const tell = (n: number, isDone: boolean) => stored[n]?.resolve(isDone)
  const fail = (n: number) => stored[n]?.reject(new Error('not stored'))
  return { work, seqs, tell, fail }
}

function counting() {
  const seqs: number[] = []
  const work: EffectHandler = async ({ seq }) => void seqs.push(seq)
  return { work, seqs, runs: () => seqs.length }
}

describe('the worker', () => {
  test('does what nobody else does, and the row goes', async (t) => {
    const database = await createDatabase(t)
    await add(database)
    const { work, runs } = counting()
    await startInstance(t, database, { id: 'a', lockKey: 1, work })
    await waitFor(isEmpty(database), { what: 'the row to go' })
    assert.equal(runs(), 1)
  })

  test('does the effects of its own steps at once', async (t) => {
    const database = await createDatabase(t)
    const { work, runs } = counting()
    const { worker } = await startInstance(t, database, { id: 'a', lockKey: 1, work })
    assert.equal(worker.owner(), 1)
    await database.pool.query(`insert into effects (actor_id, key, type, seq, index, payload, owner)
      values ('a:1', '1.0', 'work', 1, 0, '{"at": 5, "params": {}}', 1)`)
    worker.committed('a:1', { effects: [wanted(1)], timers: [], owner: 1 })
    await waitFor(isEmpty(database), { what: 'the row to go' })
    assert.equal(runs(), 1)
  })

  test('keeps the row of what took place until that is stored, and holds up nothing for it', async (t) => {
    const database = await createDatabase(t)
    const { work, seqs, tell } = storing()
    const settings = { id: 'a', lockKey: 1, work, delivery: 'latest' } as const
    const { worker } = await startInstance(t, database, settings)
    const ask = async (seq: number) => {
      await database.pool.query(
        `insert into effects (actor_id, key, type, seq, index, payload, owner)
         values ('a:1', 'work', 'work', $1, 0, '{"at": 5, "params": {}}', 1)
         on conflict (actor_id, key) do update set seq = excluded.seq`,
        [seq],
      )
      worker.committed('a:1', {
        effects: [wanted(seq, { delivery: 'latest', key: 'work' })],
        ...{ timers: [], owner: 1 },
      })
    }
    await ask(1)
    await waitFor(() => seqs.length === 1, { what: 'the first' })
    await ask(2)
    await waitFor(() => seqs.length === 2, { what: 'the next, while the first is being stored' })
    tell(0, true)
    await rounds(worker, 2)
    assert.equal((await left(database)).length, 1)
    tell(1, true)
    await waitFor(isEmpty(database), { what: 'the row to go' })
    assert.deepEqual(seqs, [1, 2])
  })

  test('removes the row when that is stored long after, by the clock of the process', async (t) => {
    const database = await createDatabase(t)
    let clock = Date.now()
    const { work, seqs, tell } = storing()
    const settings = { id: 'a', lockKey: 1, work, now: () => clock }
    const { worker } = await startInstance(t, database, settings)
    await add(database)
    await waitFor(() => seqs.length === 1, { what: 'the effect' })
    clock += 60_000
    worker.doubt()
    // The rows are compared with what is in hand.
    await rounds(worker, 2)
    tell(0, true)
    await waitFor(isEmpty(database), { what: 'the row to go' })
  })

  test('does again what turns out to be out of date, or could not be stored', async (t) => {
    const database = await createDatabase(t)
    await add(database)
    const { work, seqs, tell, fail } = storing()
    await startInstance(t, database, { id: 'a', lockKey: 1, work })
    await waitFor(() => seqs.length === 1, { what: 'the first time' })
    tell(0, false)
    await waitFor(() => seqs.length === 2, { what: 'the second time' })
    fail(1)
    await waitFor(() => seqs.length === 3, { what: 'the third time' })
    assert.equal((await left(database)).length, 1)
    tell(2, true)
    await waitFor(isEmpty(database), { what: 'the row to go' })
  })

  test('of what only the newest counts does the newest, once the one in hand is over', async (t) => {
    const database = await createDatabase(t)
    const gate = Promise.withResolvers<void>()
    const seen: [number, number][] = []
    const work: EffectHandler = async ({ seq, renewed }) => {
      seen.push([seq, renewed])
      if (seq === 1) await gate.promise
    }
    const settings = { id: 'a', lockKey: 1, work, delivery: 'latest' } as const
    const { worker } = await startInstance(t, database, settings)
    for (const [seq, renewed] of [
      [1, 0],
      [2, 2],
      [3, 0],
      [4, 0],
    ] as const) {
      await database.pool.query(
        `insert into effects (actor_id, key, type, seq, index, payload, owner)
         values ('a:1', 'work', 'work', $1, 0, '{"at": 5, "params": {}}', 1)
         on conflict (actor_id, key) do update set seq = excluded.seq`,
        [seq],
      )
      const effect = wanted(seq, { delivery: 'latest', key: 'work', renewed })
      worker.committed('a:1', { effects: [effect], timers: [], owner: 1 })
      await waitFor(() => seen.length > 0, { what: 'the first to begin' })
    }
    gate.resolve()
    await waitFor(isEmpty(database), { what: 'the row to go' })
    assert.deepEqual(seen, [
      [1, 0],
      [4, 2],
    ])
  })

  for (const [name, ids] of Object.entries({
    'another process': ['first', 'second'],
    'the same process, started again under its name': ['only', 'only'],
  })) {
    test(`takes over from a dead instance: ${name}`, async (t) => {
      const database = await createDatabase(t)
      const stuck = hanging()
      t.after(stuck.end)
      const [firstId, secondId] = ids as [string, string]
      const first = await startInstance(t, database, { id: firstId, lockKey: 1, work: stuck.work })
      await add(database)
      await waitFor(() => stuck.runs() === 1, { what: 'the effect to start' })
      await first.die()
      const { work, runs } = counting()
      const second = await startInstance(t, database, { id: secondId, lockKey: 2, work })
      await waitFor(() => runs() === 1, { what: 'the effect to run again' })
      await waitFor(() => second.reaped.length > 0, { what: 'the dead instance to be told' })
      assert.equal(second.reaped.length, 1)
    })
  }

  test('leaves the effects of a living instance alone', async (t) => {
    const database = await createDatabase(t)
    const busy = hanging()
    t.after(busy.end)
    await startInstance(t, database, { id: 'a', lockKey: 1, work: busy.work })
    await add(database)
    await waitFor(() => busy.runs() === 1, { what: 'the effect to start' })
    const { work, runs } = counting()
    const other = await startInstance(t, database, { id: 'b', lockKey: 2, work })
    await rounds(other.worker, 4)
    assert.deepEqual([runs(), other.reaped], [0, []])
  })

  test('leaves an instance alone whose session comes back before the next look', async (t) => {
    const database = await createDatabase(t)
    const busy = hanging()
    t.after(busy.end)
    const reapEveryMs = 1_500
    const first = await startInstance(t, database, { id: 'a', lockKey: 1, work: busy.work })
    await add(database)
    await waitFor(() => busy.runs() === 1, { what: 'the effect to start' })
    const { work, runs } = counting()
    const other = await startInstance(t, database, { id: 'b', lockKey: 2, work, reapEveryMs })
    await first.die()
    await rounds(other.worker, 1)
    const session = await createSession({ url: database.url, log, hold: [1] })
    t.after(() => session.close())
    await rounds(other.worker, 2)
    assert.deepEqual([runs(), other.reaped], [0, []])
  })

  test('adds nothing in its own name while others think it dead, until it is registered again', async (t) => {
    const database = await createDatabase(t)
    const { work } = counting()
    const { worker } = await startInstance(t, database, { id: 'a', lockKey: 1, work })
    await database.pool.query('delete from instances')
    await waitFor(() => worker.owner() === null, { what: 'the instance to notice' })
    await worker.register()
    assert.equal(worker.owner(), 1)
  })

  test('does after a doubt what is in its name but not in its memory', async (t) => {
    const database = await createDatabase(t)
    const { work, runs } = counting()
    const { worker } = await startInstance(t, database, { id: 'a', lockKey: 1, work })
    await rounds(worker, 4)
    await database.pool.query(`
      insert into effects (actor_id, key, type, seq, index, payload, owner, added_at)
      values ('a:1', '1.0', 'work', 1, 0, '{"at": 5, "params": {}}', 1, now() - interval '9 s')`)
    await rounds(worker, 2)
    assert.equal(runs(), 0, 'without a sign of trouble nobody looks')
    worker.doubt()
    await waitFor(isEmpty(database), { what: 'the effect to be done' })
  })

  test('tries again after a pause, whoever runs it then', async (t) => {
    const database = await createDatabase(t)
    let clock = 1_000_000
    let fails = true
    const work: EffectHandler = async () => {
      if (fails) throw new RetryableError('telegram.unavailable', { retryAfterMs: 30_000 })
    }
    await startInstance(t, database, { id: 'a', lockKey: 1, work, now: () => clock })
    await add(database)
    const parked = async () => (await left(database))[0]?.attempt === 2
    await waitFor(parked, { what: 'the effect to be put back' })
    assert.deepEqual(await left(database), [{ key: '1.0', owner: null, attempt: 2 }])
    fails = false
    clock += 31_000
    await waitFor(isEmpty(database), { what: 'the second try' })
  })

  test('leaves what outlives its stop to others', async (t) => {
    const database = await createDatabase(t)
    const slow = hanging()
    t.after(slow.end)
    const first = await startInstance(t, database, { id: 'a', lockKey: 1, work: slow.work })
    await add(database)
    await waitFor(() => slow.runs() === 1, { what: 'the effect to start' })
    await first.worker.stop(50)
    assert.deepEqual(await left(database), [{ key: '1.0', owner: null, attempt: 1 }])
  })

  test('notes the ends of effects when the database is back, however many there are', async (t) => {
    const database = await createDatabase(t)
    const { pool } = database
    const gate = Promise.withResolvers<void>()
    let runs = 0
    const work: EffectHandler = async () => {
      runs += 1
      await gate.promise
    }
    await startInstance(t, database, { id: 'a', lockKey: 1, work })
    for (const n of [1, 2, 3, 4]) await add(database, `a:${n}`)
    await waitFor(() => runs === 4, { what: 'four effects to run' })
    await pool.query('alter table effects rename to gone')
    gate.resolve()
    await new Promise((resolve) => setTimeout(resolve, 50))
    await pool.query('alter table gone rename to effects')
    await waitFor(isEmpty(database), { what: 'all rows to go' })
    await add(database, 'a:5')
    await waitFor(() => runs === 5, { what: 'a later effect' })
    await waitFor(isEmpty(database), { what: 'the last row to go' })
  })
})
