import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createStartJobHandler } from '../../../src/actors/effects/start-job.ts'
import type { Envelope } from '../../../src/actors/engine/envelope.ts'
import type { Runtime } from '../../../src/actors/engine/runtime.ts'
import { bookMovements, readAccount, readEntries } from '../../../src/store/ledger.ts'
import { beginPause, endPause } from '../../../src/store/pauses.ts'
import { recordUsers } from '../../../src/store/users.ts'
import { CHAT, createBench, jobOf, never, VIEW } from './bench.ts'

const PRICE = 314
const ADMIN = 43

/** The checkout, and somebody with money for so many orders. */
async function start(t: TestContext, { orders = 1, perMinute = 5 } = {}) {
  const { deps, pool } = await createBench(t)
  for (const userId of [CHAT, ADMIN]) {
    await recordUsers(deps.db, [{ id: userId, language: 'ru', blocked: false }])
    const kopecks = orders * PRICE
    await bookMovements(deps.db, [{ userId, kind: 'top_up', ref: `${userId}`, kopecks }])
  }
  const told: string[] = []
  const runtime: Runtime = {
    ...deps.runtime,
    send: (envelope: Envelope) => {
      const { type, reason } = envelope.event as { type: string; reason?: string }
      if (type.startsWith('job.')) told.push(reason ?? type)
      return deps.runtime.send(envelope)
    },
  }
  const run = createStartJobHandler({
    ...deps,
    runtime,
    view: VIEW,
    limits: {
      perMinute,
      perHour: 20,
      adminIds: [ADMIN],
      free: { daily: 5, hourly: 5, budgetCredits: 100 },
    },
    callbacks: true,
  })
  const params = {
    jobId: 'j',
    userId: CHAT,
    chatId: CHAT,
    language: 'ru' as const,
    modelId: 'google/imagen4-fast',
    answers: { prompt: 'a cat' } as Record<string, unknown>,
    priceKopecks: PRICE,
  }
  return {
    told,
    order: (more: Partial<typeof params> = {}) => run(jobOf({ ...params, ...more }), never),
    /** Somebody's order for so many credits was refused for lack of them; null: all is well again. */
    pause: (credits: number | null) =>
      credits === null
        ? endPause(deps.db)
        : beginPause(deps.db, { code: 'kie.credits', neededCredits: credits, stops: 'dearer' }),
    jobs: async () =>
      (await pool.query('select id from jobs order by id')).rows.map(({ id }) => id),
    account: () => readAccount(deps.db, CHAT),
    entries: async () => (await readEntries(deps.db, CHAT, 100)).map(({ kind }) => kind).sort(),
  }
}

describe('checkout', () => {
  test('makes one job and one hold, however often it runs at once', async (t) => {
    const { order, jobs, entries, told } = await start(t, { orders: 3 })
    await Promise.all(Array.from({ length: 10 }, () => order()))
    await order()
    assert.deepEqual(await jobs(), ['j'])
    assert.deepEqual(await entries(), ['hold', 'top_up'])
    assert.deepEqual(new Set(told), new Set(['job.started']))
  })

  test('of two orders at once with money for one refuses the other', async (t) => {
    const { order, jobs, account, told } = await start(t)
    await Promise.all([order({ jobId: 'a' }), order({ jobId: 'b' })])
    assert.equal((await jobs()).length, 1)
    assert.deepEqual(told.sort(), ['job.started', 'money'])
    assert.deepEqual(await account(), {
      user_id: CHAT,
      available_kopecks: 0,
      held_kopecks: PRICE,
      bonus_kopecks: 0,
    })
  })

  for (const [name, change, reason] of [
    ['at another price than was shown', { priceKopecks: PRICE - 1 }, 'price-changed'],
    ['for free what costs money', { priceKopecks: 0 }, 'price-changed'],
    ['of a model that is not sold', { modelId: 'nobody/nothing' }, 'not-sold'],
    ['without the answers it needs', { answers: {} }, 'incomplete'],
  ] as const) {
    test(`refuses an order ${name}, and leaves nothing behind`, async (t) => {
      const { order, jobs, entries, told } = await start(t)
      await order(change)
      assert.deepEqual([told, await jobs(), await entries()], [[reason], [], ['top_up']])
    })
  }

  test('of a short account refuses what it can’t pay, before money moves, and sells the rest', async (t) => {
    const { order, jobs, entries, told, pause } = await start(t)
    await pause(4)
    await order({ jobId: 'dear' })
    assert.deepEqual([told, await jobs(), await entries()], [['too-dear-now'], [], ['top_up']])
    await pause(5)
    await order({ jobId: 'dear again' })
    await pause(null)
    await order()
    assert.deepEqual([told.slice(1), await jobs()], [['too-dear-now', 'job.started'], ['j']])
  })

  test('refuses more orders a minute than allowed, but not to an admin', async (t) => {
    const { order, told } = await start(t, { orders: 3, perMinute: 2 })
    for (const jobId of ['a', 'b', 'c']) await order({ jobId })
    assert.deepEqual(told, ['job.started', 'job.started', 'busy'])
    told.length = 0
    for (const jobId of ['d', 'e', 'f']) await order({ jobId, userId: ADMIN, chatId: ADMIN })
    assert.deepEqual(told, ['job.started', 'job.started', 'job.started'])
  })
})
