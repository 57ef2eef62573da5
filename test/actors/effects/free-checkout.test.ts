import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createFreeOffer } from '../../../src/actors/effects/free-offer.ts'
import { createQuoteAnswer } from '../../../src/actors/effects/quote.ts'
import { createStartJobHandler } from '../../../src/actors/effects/start-job.ts'
import type { Envelope } from '../../../src/actors/engine/envelope.ts'
import type { Runtime } from '../../../src/actors/engine/runtime.ts'
import { conversationId } from '../../../src/machines/conversation/actor-id.ts'
import type { QuoteFacts } from '../../../src/machines/conversation/events.ts'
import { type FreeLeft, readFree } from '../../../src/store/free.ts'
import { bookMovements, readAccount } from '../../../src/store/ledger.ts'
import { recordUsers } from '../../../src/store/users.ts'
import { createBench, jobOf, never, VIEW } from './bench.ts'

const USERS = [51, 52, 53]
const [SOMEBODY = 0] = USERS
const CLICKS = 20
/** Noon in Moscow. */
const NOON = Date.parse('2026-11-22T12:00:00+03:00')
const HOUR = 3_600_000
/** 0.8 credits at the rates of the bench. */
const FULL_KOPECKS = 63

/** The checkout of free orders at noon; every order is a click of its own. */
async function open(t: TestContext, hourly: number, budgetCredits = 1_000) {
  const clock = { at: NOON }
  const { deps, pool } = await createBench(t, { now: () => clock.at })
  await recordUsers(
    deps.db,
    USERS.map((id) => ({ id, language: 'ru' as const, blocked: false })),
  )
  const money = { userId: SOMEBODY, kind: 'top_up' as const, ref: 'some', kopecks: FULL_KOPECKS }
  await bookMovements(deps.db, [money])
  const limits = { daily: 5, hourly, budgetCredits }
  const told: string[] = []
  const runtime: Runtime = {
    ...deps.runtime,
    send: (envelope: Envelope) => {
      const { type, reason } = envelope.event as { type: string; reason?: string }
      if (type.startsWith('job.')) told.push(reason ?? type)
      return deps.runtime.send(envelope)
    },
  }
  const start = createStartJobHandler({
    ...{ ...deps, runtime, view: VIEW, callbacks: true },
    limits: { perMinute: 1_000, perHour: 1_000, adminIds: [], free: limits },
  })
  let clicks = 0
  const request = createQuoteAnswer({
    ...{ ...deps, view: VIEW },
    free: createFreeOffer({ ...deps, limits, adminIds: [] }),
  })
  const order = (userId: number, priceKopecks = 0) => {
    clicks += 1
    const actor = conversationId(7, userId)
    return start(
      jobOf(
        {
          ...{ jobId: `j${clicks}`, userId, chatId: userId, language: 'ru' as const },
          ...{ modelId: 'z-image', answers: ORDER, priceKopecks },
        },
        { actor, seq: clicks },
      ),
      never,
    )
  }
  return {
    clock,
    runtime: deps.runtime,
    order,
    /** What the clicks brought, counted. */
    async clickAll(userIds: readonly number[]): Promise<Record<string, number>> {
      told.length = 0
      await Promise.all(userIds.map((userId) => order(userId)))
      return Object.fromEntries(
        [...new Set(told)].sort().map((what) => [what, told.filter((w) => w === what).length]),
      )
    },
    /** What the preview would show somebody of this order now. */
    async quote(): Promise<QuoteFacts> {
      const order = { userId: SOMEBODY, modelId: 'z-image', answers: ORDER, serial: 1 }
      return (await request(jobOf(order))) as unknown as QuoteFacts
    },
    hold: async () => (await readAccount(deps.db, SOMEBODY)).held_kopecks,
    left: (userId = SOMEBODY) =>
      readFree(deps.db, [{ userId, at: clock.at }], limits).then(([left]) => left as FreeLeft),
    jobs: async () =>
      (await pool.query('select id from jobs order by id')).rows.map((row) => row.id as string),
  }
}

const ORDER = { prompt: 'a cat', aspect_ratio: '1:1' }
const times = (n: number, userId = SOMEBODY): number[] => Array(n).fill(userId)

describe('checkout of a free order', () => {
  test(`refuses the sixth of a day to all of ${CLICKS} clicks at once`, async (t) => {
    const { clickAll, jobs, left } = await open(t, 5)
    assert.deepEqual(await clickAll(times(5)), { 'job.started': 5 })
    assert.deepEqual(await clickAll(times(CLICKS)), { free: CLICKS })
    assert.equal((await jobs()).length, 5)
    assert.equal((await left()).today, 0)
    assert.equal((await left()).budgetCredits, 1_000 - 5 * 0.8)
  })

  test(`starts as many of ${CLICKS} clicks at once as an hour allows, for each user`, async (t) => {
    const { clickAll, clock, jobs, left } = await open(t, 2)
    const everybody = USERS.flatMap((user) => times(CLICKS, user))
    const refused = USERS.length * (CLICKS - 2)
    assert.deepEqual(await clickAll(everybody), { free: refused, 'job.started': 6 })
    for (const user of USERS) {
      const { today, thisHour } = await left(user)
      assert.deepEqual([today, thisHour], [3, 0])
    }
    clock.at += HOUR
    assert.deepEqual(await clickAll(times(CLICKS)), { free: CLICKS - 2, 'job.started': 2 })
    clock.at += HOUR
    assert.deepEqual(await clickAll(times(CLICKS)), { free: CLICKS - 1, 'job.started': 1 })
    assert.equal((await jobs()).length, 6 + 3)
    assert.equal((await left()).today, 0)
  })

  test('may be paid for at once when none is left: the reason, when it is free again, and the price', async (t) => {
    const { clickAll, quote, order, jobs, hold } = await open(t, 2)
    assert.deepEqual((await quote()).priceKopecks, 0)
    await clickAll(times(2))
    const over = await quote()
    assert.equal(over.priceKopecks, FULL_KOPECKS)
    assert.deepEqual(over.free, {
      ...{ today: 3, limit: 5, bonus: 0, reason: 'hour' },
      nextAt: NOON + HOUR,
    })
    await order(SOMEBODY, FULL_KOPECKS)
    assert.equal((await jobs()).length, 3)
    assert.equal(await hold(), FULL_KOPECKS)
  })

  test('says of a budget that is spent what is so, and not what is left of the own ones', async (t) => {
    const { quote } = await open(t, 2, 0.5)
    const { free, priceKopecks } = await quote()
    assert.deepEqual([free?.reason, priceKopecks], ['budget', FULL_KOPECKS])
  })

  test('gives back what a failed one took, once, and lets it be ordered again', async (t) => {
    const { clickAll, jobs, left, runtime } = await open(t, 2)
    await clickAll(times(2))
    const before = await left()
    const [id] = await jobs()
    const actor = `job:${id}`
    const say = (type: string, more = {}) =>
      runtime.send({ actor, key: type, event: { type, ...more } as { type: string } })
    await say('create.claimed', { attempt: 1 })
    for (const _time of [1, 2]) await say('create.refused', { code: 'kie.refused' })
    const after = await left()
    assert.deepEqual([before.today, before.thisHour], [3, 0])
    assert.deepEqual([after.today, after.thisHour], [4, 1])
    assert.deepEqual(await clickAll(times(CLICKS)), { free: CLICKS - 1, 'job.started': 1 })
  })
})
