import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  changeQuery,
  hrefOf,
  listParam,
  numberParam,
  parsePath,
  toQuery,
} from '../../../../src/http/console/ui/lib/route.ts'

describe('route', () => {
  test('every address leads back to its page', () => {
    const actor = 'conversation:700:1000'
    assert.deepEqual(parsePath(hrefOf.overview()), { page: 'overview' })
    assert.deepEqual(parsePath(hrefOf.actor(actor)), { page: 'actor', id: actor })
    assert.deepEqual(parsePath(hrefOf.live(actor)), { page: 'live', id: actor })
    assert.deepEqual(parsePath(hrefOf.machine('job')), { page: 'machine', id: 'job' })
    assert.deepEqual(parsePath(hrefOf.simulator()), { page: 'simulator', id: null })
    assert.deepEqual(parsePath(hrefOf.simulator('job')), { page: 'simulator', id: 'job' })
    for (const page of ['jobs', 'letters', 'ledger', 'updates', 'login'] as const) {
      assert.deepEqual(parsePath(hrefOf.list(page)), { page })
    }
  })

  test('an id with any characters survives its address', () => {
    for (const id of ['a/b', 'job:ü ?#%', 'x%2Fy']) {
      const { pathname } = new URL(`http://c${hrefOf.actor(id)}`)
      assert.deepEqual(parsePath(pathname), { page: 'actor', id })
    }
  })

  test('what leads nowhere is unknown, and nothing throws', () => {
    for (const path of ['/', '/consoles', '/console/x', '/console/actors', '/console/a/b/c']) {
      assert.deepEqual(parsePath(path), { page: 'unknown' }, path)
    }
    assert.deepEqual(parsePath('/console/actors/%E0%A4%A'), { page: 'actor', id: '%E0%A4%A' })
    assert.deepEqual(parsePath('/console/constructor/x'), { page: 'unknown' })
  })

  test('a query holds only what is set, and changes keep the rest', () => {
    assert.equal(toQuery({ a: null, b: '', c: false, d: undefined }), '')
    assert.equal(toQuery({ step: 0, failed: true, actor: 'job:1' }), '?step=0&failed=1&actor=job:1')
    assert.equal(changeQuery('?state=menu&page=3', { page: null, q: 'x' }), '?state=menu&q=x')
  })

  test('parameters are read with care', () => {
    assert.equal(numberParam('?step=12', 'step'), 12)
    for (const search of ['', '?step=', '?step=-1', '?step=1e9', '?step=x']) {
      assert.equal(numberParam(search, 'step'), null, search)
    }
    assert.deepEqual(listParam('?hide=render,timer', 'hide'), ['render', 'timer'])
    assert.deepEqual(listParam('', 'hide'), [])
  })
})
