import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createScheduler } from '../../../src/actors/engine/scheduler.ts'

const settle = () => new Promise(setImmediate)

/** Work that ends when told, and notes the order in which it began. */
function stage(slots: Record<string, number>) {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const defects: unknown[] = []
  const scheduler = createScheduler({ slots, onDefect: (error) => defects.push(error) })
  return {
    scheduler,
    begun,
    defects,
    add(queue: string, key: string, name: string, gate?: (signal: AbortSignal) => Promise<void>) {
      scheduler.add({
        queue,
        key,
        gate,
        run: () => {
          begun.push(name)
          return new Promise((resolve) => ends.set(name, resolve))
        },
      })
    },
    async end(name: string) {
      ends.get(name)?.()
      await settle()
    },
  }
}

describe('the scheduler', () => {
  test('runs as many of a queue as it has slots, and the next when one ends', async () => {
    const { add, begun, end } = stage({ a: 2, b: 1 })
    for (const name of ['1', '2', '3']) add('a', name, name)
    add('b', 'x', 'other')
    assert.deepEqual(begun, ['1', '2', 'other'])
    await end('1')
    assert.deepEqual(begun, ['1', '2', 'other', '3'])
  })

  test('runs one of a key at a time, in order, and lets the others go first', async () => {
    const { add, begun, end } = stage({ a: 1 })
    for (let n = 0; n < 100; n += 1) add('a', 'busy', `busy ${n}`)
    for (const name of ['calm 1', 'calm 2']) add('a', name, name)
    assert.deepEqual(begun, ['busy 0'])
    await end('busy 0')
    await end('calm 1')
    await end('calm 2')
    assert.deepEqual(begun, ['busy 0', 'calm 1', 'calm 2', 'busy 1'])
  })

  test('waits at a gate without holding a slot', async () => {
    const { add, begun, scheduler } = stage({ a: 1 })
    const gate = Promise.withResolvers<void>()
    add('a', 'held', 'held', () => gate.promise)
    add('a', 'free', 'free')
    assert.deepEqual(begun, ['free'])
    const { slots, running, gated, waiting } = scheduler.stats().a ?? {}
    assert.deepEqual([slots, running, gated, waiting], [1, 1, 1, 0])
    gate.resolve()
    await settle()
    assert.equal(scheduler.stats().a?.gated, 0)
    assert.equal(scheduler.stats().a?.waiting, 1)
  })

  test('runs what its gate turned away, which then meets the reason itself', async () => {
    const { add, begun } = stage({ a: 1 })
    add('a', 'k', 'turned away', () => Promise.reject(new Error('no')))
    await settle()
    assert.deepEqual(begun, ['turned away'])
  })

  test('goes on after a task that threw, and reports the defect', async () => {
    const { add, begun, defects, scheduler } = stage({ a: 1 })
    scheduler.add({ queue: 'a', key: 'k', run: () => Promise.reject(new Error('a bug')) })
    add('a', 'k', 'next')
    await settle()
    assert.deepEqual([begun, String(defects[0])], [['next'], 'Error: a bug'])
  })

  test('starts nothing once it is stopped, and waits for what runs', async () => {
    const { add, begun, end, scheduler } = stage({ a: 1 })
    add('a', '1', '1')
    add('a', '2', '2')
    let stopped = false
    const stop = scheduler.stop(60_000).then(() => {
      stopped = true
    })
    await settle()
    assert.equal(stopped, false)
    await end('1')
    await stop
    add('a', '3', '3')
    assert.deepEqual(begun, ['1'])
  })

  test('aborts what outlives its grace', async () => {
    const scheduler = createScheduler({ slots: { a: 1 } })
    const aborted = Promise.withResolvers<void>()
    scheduler.add({
      queue: 'a',
      key: 'k',
      run: (signal) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => {
            aborted.resolve()
            resolve()
          }),
        ),
    })
    await scheduler.stop(1)
    await aborted.promise
  })
})
