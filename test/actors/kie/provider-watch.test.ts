import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type pg from 'pg'
import { alertIn } from '../../../src/actors/effects/alert-words.ts'
import { createPauseHandler } from '../../../src/actors/effects/provider-pause.ts'
import { createProviderWatch } from '../../../src/actors/kie/provider-watch.ts'
import { readOrderStop } from '../../../src/store/order-stops.ts'
import { readPause } from '../../../src/store/pauses.ts'
import { CHAT, createBench, jobOf, never } from '../effects/bench.ts'

/** An order that the provider has taken. */
async function insertJob(pool: pg.Pool, id: string, credits: number): Promise<void> {
  await pool.query("insert into users (id, language) values ($1, 'ru') on conflict do nothing", [
    CHAT,
  ])
  await pool.query(
    `insert into jobs (id, user_id, chat_id, model_id, status, price_kopecks, credits, input, task_id)
     values ($1, $2, $2, 'z-image', 'created', 0, $3, '{}', $1)`,
    [id, CHAT, credits],
  )
}

async function start(t: TestContext, code = 'kie.credits') {
  const { deps, pool } = await createBench(t)
  let at = Date.now()
  let credits = 0
  let asked = 0
  const said: string[] = []
  const watch = createProviderWatch({
    ...deps,
    now: () => at,
    alarmHours: 24,
    credits: async () => {
      asked += 1
      return credits
    },
    alert: async (_topic, text) => void said.push(alertIn(text, 'en')),
  })
  const pause = createPauseHandler(deps)
  await pause(jobOf({ code, credits: 60 }), never)
  return {
    watch,
    said,
    asked: () => asked,
    pass: (ms: number) => {
      at += ms
    },
    own: (amount: number) => {
      credits = amount
    },
    pauseAgain: (amount: number) => pause(jobOf({ code, credits: amount }), never),
    paused: async () => (await readPause(deps.db)) !== undefined,
    takes: async (amount: number) =>
      (await readOrderStop(deps.db, { modelId: 'z-image', credits: amount })) === null,
    /** Orders of so many credits within the last hour. */
    async ordered(...amounts: number[]) {
      for (const [i, amount] of amounts.entries()) await insertJob(pool, `order-${i}`, amount)
    },
  }
}

describe('a pause for the provider’s account', () => {
  test('lasts until the account holds what the refused order needed', async (t) => {
    const { watch, own, pass, paused, said } = await start(t)
    own(59)
    await watch()
    assert.equal(await paused(), true)
    own(60)
    pass(60_000)
    await watch()
    assert.equal(await paused(), false)
    assert.equal(said.length, 1)
  })

  test('waits for the dearest of the refused orders', async (t) => {
    const { watch, own, pauseAgain, paused } = await start(t)
    await pauseAgain(90)
    await pauseAgain(10)
    own(89)
    await watch()
    assert.equal(await paused(), true)
  })

  test('is looked into by one instance a minute', async (t) => {
    const { watch, asked, pass } = await start(t)
    await Promise.all([watch(), watch(), watch()])
    assert.equal(asked(), 1)
    pass(30_000)
    await watch()
    assert.equal(asked(), 1)
    pass(30_000)
    await watch()
    assert.equal(asked(), 2)
  })

  test('for a spending limit, which the balance does not show, ends by trying after an hour', async (t) => {
    const { watch, own, pass, paused } = await start(t, 'kie.limited')
    own(1_000)
    await watch()
    assert.equal(await paused(), true)
    pass(61 * 60_000)
    await watch()
    assert.equal(await paused(), false)
  })

  test('sells what costs less than the refused order, and after a look what the account can pay', async (t) => {
    const { watch, own, takes, pauseAgain } = await start(t)
    assert.deepEqual([await takes(59), await takes(60)], [true, false])
    own(3)
    await watch()
    assert.deepEqual([await takes(0.8), await takes(3), await takes(4)], [true, true, false])
    await pauseAgain(2)
    assert.deepEqual([await takes(1.9), await takes(2)], [true, false])
  })

  test('does not sell the same credits twice', async (t) => {
    const { watch, own, takes, ordered } = await start(t)
    own(3)
    await watch()
    await ordered(2)
    assert.deepEqual([await takes(1), await takes(1.5)], [true, false])
  })

  test('for a key that is refused stops every order until the account takes them', async (t) => {
    const { takes, pauseAgain, watch, own } = await start(t, 'kie.unauthorized')
    await pauseAgain(1)
    assert.equal(await takes(0.1), false)
    own(70)
    await watch()
    assert.equal(await takes(60), true)
  })
})

describe('the alarm for the provider’s account', () => {
  test('comes hours before it is empty, by what orders took of late, once for each stage', async (t) => {
    const { watch, own, ordered, said, pass } = await start(t)
    own(1_000)
    await watch()
    // 90 in three hours are 30 an hour.
    await ordered(40, 50)
    pass(10 * 60_000)
    await watch()
    assert.deepEqual(said.slice(1), [])
    own(600)
    pass(10 * 60_000)
    await watch()
    assert.match(said[1] ?? '', /600 credits.*30 an hour.*about 20 hours/)
    own(20)
    pass(10 * 60_000)
    await watch()
    assert.match(said[2] ?? '', /less than an hour/)
    assert.equal(said.length, 3)
  })

  test('is not rung while nobody orders, and is when the account is empty', async (t) => {
    const { watch, own, said, pass } = await start(t)
    own(100)
    await watch()
    said.length = 0
    own(1)
    pass(10 * 60_000)
    await watch()
    assert.deepEqual(said, [])
    own(0)
    pass(10 * 60_000)
    await watch()
    assert.match(said[0] ?? '', /empty/)
  })
})
