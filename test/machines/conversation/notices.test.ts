import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { toChart } from '../../../src/machines/charts/chart.ts'
import { conversationMachine } from '../../../src/machines/conversation/machine.ts'
import {
  type NoticeName,
  noticeText,
  subjectOf,
} from '../../../src/machines/conversation/notices.ts'
import { ru } from '../../../src/machines/texts/ru.ts'

const chart = toChart(conversationMachine)
const noticesOf = (actions: (typeof chart.edges)[number]['actions']) =>
  actions
    .filter(({ name }) => name === 'telegram.notice')
    .map(({ params }) => (params as { text: NoticeName }).text)

describe('a notice', () => {
  test('is named only by transitions of the event that it is about', () => {
    const named = chart.edges.flatMap(({ id, event, actions }) =>
      noticesOf(actions).map((name) => ({ id, event, about: subjectOf(name) })),
    )
    assert.ok(named.length >= 15, `${named.length} transitions notify`)
    assert.deepEqual(
      named.filter(({ event, about }) => event !== about),
      [],
    )
    // States are entered by different events, so they can't know what to say.
    assert.deepEqual(
      chart.states.flatMap(({ entry, exit }) => noticesOf([...entry, ...exit])),
      [],
    )
  })

  test('about another kind of event is refused, not replaced by other words', () => {
    const event = { type: 'engine.hiccup', at: 0, rnd: 'r' } as const
    assert.throws(() => noticeText('jobFailed', event, 'ru'), /jobFailed is about job\.failed/)
  })
})

describe('a remark', () => {
  test('that the chart names has words', () => {
    const codes = [
      ...chart.edges.flatMap(({ actions }) => actions),
      ...chart.states.flatMap(({ entry, exit }) => [...entry, ...exit]),
    ].flatMap(({ name, params }) => (name === 'hint' ? [(params as { code: string }).code] : []))
    assert.ok(new Set(codes).size >= 25)
    assert.deepEqual(
      codes.filter((code) => !(code in ru.hint)),
      [],
    )
  })
})
