import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createGatherer } from '../../../src/actors/engine/gather.ts'

describe('a gatherer of writes', () => {
  test('writes what comes together in one batch, and the rest while one is on its way', async () => {
    const batches: number[][] = []
    const held = Promise.withResolvers<void>()
    const gatherer = createGatherer<number, number>(async (batch) => {
      batches.push([...batch])
      if (batches.length === 1) await held.promise
      return batch.map((n) => n * 10)
    })
    const first = [gatherer.add(1), gatherer.add(2)]
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    const later = [gatherer.add(3), gatherer.add(4)]
    held.resolve()
    assert.deepEqual(await Promise.all([...first, ...later]), [10, 20, 30, 40])
    assert.deepEqual(batches, [
      [1, 2],
      [3, 4],
    ])
    await gatherer.flushed()
  })

  test('keeps batches within their bound', async () => {
    const sizes: number[] = []
    const write = async (batch: readonly number[]) => {
      sizes.push(batch.length)
      return undefined
    }
    const gatherer = createGatherer(write, { most: 3 })
    await Promise.all(Array.from({ length: 7 }, (_, n) => gatherer.add(n)))
    assert.deepEqual(sizes, [3, 3, 1])
  })

  test('waits for more where it may, until somebody waits for the end', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const batches: number[][] = []
    const gatherer = createGatherer<number>(
      async (batch) => {
        batches.push([...batch])
        return undefined
      },
      { pauseMs: 50 },
    )
    const writes = [gatherer.add(1)]
    t.mock.timers.tick(49)
    writes.push(gatherer.add(2))
    t.mock.timers.tick(1)
    await Promise.all(writes)
    const later = gatherer.add(3)
    await gatherer.flushed()
    await later
    assert.deepEqual(batches, [[1, 2], [3]])
  })

  test('fails every item of a batch that failed, and goes on with the next', async () => {
    let failed = false
    const gatherer = createGatherer<number>(async () => {
      if (failed) return undefined
      failed = true
      throw new Error('away')
    })
    const outcomes = await Promise.allSettled([gatherer.add(1), gatherer.add(2)])
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['rejected', 'rejected'],
    )
    await gatherer.add(3)
  })
})
