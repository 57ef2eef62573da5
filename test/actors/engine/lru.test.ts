import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createCache } from '../../../src/actors/engine/lru.ts'

describe('cache', () => {
  test('forgets what was used least recently', () => {
    const cache = createCache<number>(2)
    cache.set('a', 1)
    cache.set('b', 2)
    assert.equal(cache.get('a'), 1)
    cache.set('c', 3)
    assert.deepEqual([cache.get('a'), cache.get('b'), cache.get('c')], [1, undefined, 3])
    assert.equal(cache.size(), 2)
  })

  test('counts a change as a use', () => {
    const cache = createCache<number>(2)
    cache.set('a', 1)
    cache.set('b', 2)
    cache.set('a', 10)
    cache.set('c', 3)
    assert.deepEqual([cache.get('a'), cache.get('b')], [10, undefined])
  })

  test('forgets on demand', () => {
    const cache = createCache<number>(2)
    cache.set('a', 1)
    cache.delete('a')
    cache.delete('never there')
    assert.deepEqual([cache.get('a'), cache.size()], [undefined, 0])
  })
})
