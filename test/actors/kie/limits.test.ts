import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createGate, createKieLimits, DOCUMENTED_RATES } from '../../../src/actors/kie/limits.ts'

const fakeTime = (t: TestContext) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 })
  return async (steps: number, stepMs: number) => {
    for (let step = 0; step < steps; step += 1) {
      await new Promise(setImmediate)
      t.mock.timers.tick(stepMs)
    }
  }
}

/** The most calls that any window of that length holds, its end not included. */
const busiest = (times: readonly number[], windowMs: number) =>
  Math.max(
    ...times.map((start) => times.filter((at) => at >= start && at < start + windowMs).length),
  )

describe('limits', () => {
  test('stay inside what the provider documents', () => {
    assert.equal(DOCUMENTED_RATES.create.calls, 20)
    assert.ok(DOCUMENTED_RATES.create.windowMs >= 10_000)
    assert.equal(DOCUMENTED_RATES.read.calls, 10)
    assert.ok(DOCUMENTED_RATES.read.windowMs >= 1_000)
  })

  test('hold in every sliding window, not only from one full second to the next', async (t) => {
    const pass = fakeTime(t)
    const gate = createGate({ calls: 5, windowMs: 1_000 })
    const times: number[] = []
    const call = async () => {
      await gate()
      times.push(Date.now())
    }
    const calls = [call()]
    await pass(9, 100)
    calls.push(...Array.from({ length: 16 }, call))
    await pass(60, 100)
    await Promise.all(calls)
    assert.equal(times.length, 17)
    assert.ok(busiest(times, 1_000) <= 5, String(busiest(times, 1_000)))
    assert.ok((times.at(-1) ?? 0) - (times[0] ?? 0) <= 5_000, 'and waste no time')
  })

  test('hold when a busy process runs all its timers late and at once', async (t) => {
    const pass = fakeTime(t)
    const gate = createGate({ calls: 5, windowMs: 1_000 })
    const times: number[] = []
    const calls = Array.from({ length: 20 }, async () => {
      await gate()
      times.push(Date.now())
    })
    await pass(1, 10_000)
    await pass(50, 100)
    await Promise.all(calls)
    assert.ok(busiest(times, 1_000) <= 5, String(busiest(times, 1_000)))
  })

  test('let callers through in their order', async (t) => {
    const pass = fakeTime(t)
    const gate = createGate({ calls: 1, windowMs: 100 })
    const order: number[] = []
    const calls = [1, 2, 3].map((n) => gate().then(() => order.push(n)))
    await pass(4, 100)
    await Promise.all(calls)
    assert.deepEqual(order, [1, 2, 3])
  })

  test('end the wait of a caller that gives up', async (t) => {
    fakeTime(t)
    const gate = createGate({ calls: 1, windowMs: 60_000 })
    await gate()
    const stop = new AbortController()
    const waiting = gate(stop.signal)
    stop.abort(new Error('gone'))
    await assert.rejects(waiting, /gone/)
    await assert.rejects(gate(stop.signal), /gone/)
  })

  test('end every wait at shutdown', async (t) => {
    fakeTime(t)
    const stop = new AbortController()
    const { create } = createKieLimits(
      { create: { calls: 1, windowMs: 60_000 }, read: DOCUMENTED_RATES.read },
      stop.signal,
    )
    await create()
    const waiting = Promise.allSettled([create(), create(new AbortController().signal)])
    stop.abort(new Error('draining'))
    const settled = await waiting
    assert.ok(settled.every(({ status }) => status === 'rejected'))
    await assert.rejects(create(), /draining/)
  })
})
