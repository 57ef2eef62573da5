import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createKeeper } from '../../../../src/sandbox/kie/media/keeper.ts'

describe('a keeper of files', () => {
  /** Of so many bytes as the part says; counts how often each was made. */
  function stage(mostBytes: number) {
    const made: number[] = []
    const keep = createKeeper<number>({ mostBytes, bytesOf: (bytes) => bytes })
    const ask = (bytes: number) =>
      keep(['file', bytes], async () => {
        made.push(bytes)
        return bytes
      })
    return { made, keep, ask }
  }

  test('has the same parts made once, also when they are asked for at once', async () => {
    const { made, ask } = stage(100)
    assert.deepEqual(await Promise.all([ask(1), ask(1), ask(2)]), [1, 1, 2])
    assert.equal(await ask(1), 1)
    assert.deepEqual(made, [1, 2])
  })

  test('forgets what was not asked for the longest when there is no room', async () => {
    const { made, ask } = stage(10)
    for (const bytes of [4, 5, 4, 3]) await ask(bytes)
    assert.deepEqual(made, [4, 5, 3])
    await ask(4)
    assert.deepEqual(made, [4, 5, 3])
    await ask(5)
    assert.deepEqual(made, [4, 5, 3, 5])
  })

  test('keeps nothing that is larger than all its room, and nothing that failed', async () => {
    const { made, keep, ask } = stage(10)
    await ask(11)
    await ask(11)
    assert.deepEqual(made, [11, 11])
    await assert.rejects(
      keep(['x'], () => Promise.reject(new Error('no'))),
      /no/,
    )
    assert.equal(await keep(['x'], async () => 1), 1)
  })
})
