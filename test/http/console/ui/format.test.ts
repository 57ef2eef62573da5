import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  gapMark,
  money,
  plural,
  relative,
  short,
  span,
} from '../../../../src/http/console/ui/lib/format.ts'

const at = Date.UTC(2026, 0, 1)

describe('format', () => {
  test('a span is told in its largest unit', () => {
    const spans = [0, 340, 1_000, 1_500, 45_000, 60_000, 7_200_000, 30 * 3_600_000, 3 * 86_400_000]
    const told = ['0 ms', '340 ms', '1 s', '1.5 s', '45 s', '1 min', '2 h', '30 h', '3 d']
    assert.deepEqual(spans.map(span), told)
  })

  test('time is told from now, both ways', () => {
    assert.equal(relative(at, at + 500), 'now')
    assert.equal(relative(at, at + 180_000), '3 min ago')
    assert.equal(relative(at + 7_200_000, at), 'in 2 h')
  })

  test('a long silence gets a mark, a short one does not', () => {
    assert.equal(gapMark(at, at + 299_999), null)
    assert.equal(gapMark(new Date(at).toISOString(), at + 2 * 3_600_000), '2 h')
    assert.equal(gapMark(at + 10, at), null)
  })

  test('money keeps its kopecks and its sign', () => {
    assert.equal(money(0), '0.00 ₽')
    assert.equal(money(5), '0.05 ₽')
    assert.equal(money(-123_456_789), '−1\u2009234\u2009567.89 ₽')
  })

  test('large counts are shortened', () => {
    const counts = [0, 9_999, 12_345, 99_949, 99_951, 1_250_000]
    const told = ['0', '9\u2009999', '12.3k', '99.9k', '100k', '1.3M']
    assert.deepEqual(counts.map(short), told)
    assert.equal(plural(1, 'actor'), '1 actor')
    assert.equal(plural(1_000, 'entry', 'entries'), '1\u2009000 entries')
  })
})
