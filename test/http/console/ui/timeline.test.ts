import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  isFailed,
  kindsOf,
  mergeSteps,
  neighbour,
  rowsOf,
  type TimelineStep,
  visibleSteps,
} from '../../../../src/http/console/ui/lib/timeline.ts'

const MINUTE = 60_000

const step = (seq: number, type: string, more: Partial<TimelineStep> = {}): TimelineStep => ({
  seq,
  at: seq * 1_000,
  event: { type },
  meaning: null,
  from: 'menu',
  to: 'menu',
  effects: [],
  difference: null,
  ...more,
})

const withStatus = (seq: number, status: 'done' | 'dead' | 'repeating') =>
  step(seq, 'tap.received', {
    effects: [
      {
        index: 0,
        type: 'telegram.render',
        params: {},
        status,
        attempt: null,
        runAt: null,
        error: null,
        letter: null,
      },
    ],
  })

describe('timeline', () => {
  test('marks long silences between steps, and no others', () => {
    const steps = [
      step(1, 'a', { at: 0 }),
      step(2, 'b', { at: MINUTE }),
      step(3, 'c', { at: 181 * MINUTE }),
    ]
    const rows = rowsOf(steps).map((row) => (row.kind === 'gap' ? row.text : row.step.seq))
    assert.deepEqual(rows, [1, 2, '3 h', 3])
  })

  test('calls failed what has a bad end: event, effect or journal', () => {
    assert.equal(isFailed(step(1, 'job.failed')), true)
    assert.equal(isFailed(step(1, 'create.rejected')), true)
    assert.equal(isFailed(withStatus(1, 'dead')), true)
    assert.equal(isFailed(withStatus(1, 'repeating')), true)
    const difference = { path: 'state', stored: 'a', replayed: 'b' }
    assert.equal(isFailed(step(1, 'a', { difference })), true)
    assert.equal(isFailed(withStatus(1, 'done')), false)
    assert.equal(isFailed(step(1, 'menu.pressed')), false)
  })

  test('sorts by what a tap stood for, not by the tap', () => {
    const tap = step(1, 'tap.received', { meaning: { type: 'menu.pressed' } })
    const steps = [tap, step(2, 'menu.shown'), step(3, 'job.failed')]
    assert.deepEqual(kindsOf(steps), [
      { kind: 'menu', count: 2 },
      { kind: 'job', count: 1 },
    ])
    const seqs = (hidden: string[], failedOnly: boolean) =>
      visibleSteps(steps, { hidden, failedOnly }).map(({ seq }) => seq)
    assert.deepEqual(seqs(['menu'], false), [3])
    assert.deepEqual(seqs([], true), [3])
    assert.deepEqual(seqs(['job'], true), [])
  })

  test('walks over what is visible and stays at the ends', () => {
    const visible = [{ seq: 2 }, { seq: 5 }, { seq: 9 }]
    assert.equal(neighbour(visible, 5, 1), 9)
    assert.equal(neighbour(visible, 5, -1), 2)
    assert.equal(neighbour(visible, 4, 1), 5)
    assert.equal(neighbour(visible, 4, -1), 2)
    assert.equal(neighbour(visible, 9, 1), 9)
    assert.equal(neighbour(visible, null, 1), 2)
    assert.equal(neighbour([], 7, 1), 7)
  })

  test('joins pages by their numbers; the later reading wins', () => {
    const joined = mergeSteps([step(2, 'old'), step(3, 'c')], [step(1, 'a'), step(2, 'new')])
    assert.deepEqual(
      joined.map(({ seq, event }) => [seq, event.type]),
      [
        [1, 'a'],
        [2, 'new'],
        [3, 'c'],
      ],
    )
  })
})
