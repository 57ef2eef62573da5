import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { diff, touchedPaths } from '../../../../src/http/console/ui/lib/diff.ts'

describe('diff', () => {
  test('names what was added, removed and changed', () => {
    assert.deepEqual(diff({ a: 1, b: { c: 2 }, d: 3 }, { a: 1, b: { c: 4 }, e: [5] }), [
      { path: 'b.c', kind: 'changed', before: 2, after: 4 },
      { path: 'd', kind: 'removed', before: 3 },
      { path: 'e', kind: 'added', after: [5] },
    ])
  })

  test('a branch that changes its kind is one change', () => {
    assert.deepEqual(diff({ a: [1] }, { a: { 0: 1 } }), [
      { path: 'a', kind: 'changed', before: [1], after: { 0: 1 } },
    ])
    assert.deepEqual(diff({ a: null }, { a: {} }), [
      { path: 'a', kind: 'changed', before: null, after: {} },
    ])
  })

  test('the first step is all new', () => {
    assert.deepEqual(diff(undefined, { a: 1 }), [{ path: '', kind: 'added', after: { a: 1 } }])
  })

  test('finds nothing exactly when nothing differs', () => {
    const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)))
    fc.assert(
      fc.property(json, json, (a, b) => {
        assert.deepEqual(diff(a, structuredClone(a)), [])
        assert.equal(diff(a, b).length === 0, JSON.stringify(a) === JSON.stringify(b) || same(a, b))
      }),
    )
  })

  test('knows every key on the way to a change', () => {
    const changes = diff({ a: { b: { c: 1 } } }, { a: { b: { c: 2 } } })
    assert.deepEqual([...touchedPaths(changes)], ['a', 'a.b', 'a.b.c'])
  })
})

function same(a: unknown, b: unknown): boolean {
  try {
    assert.deepStrictEqual(a, b)
    return true
  } catch {
    return false
  }
}
