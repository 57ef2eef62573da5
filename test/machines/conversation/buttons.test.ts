import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { buttonEvent, callbackData } from '../../../src/machines/conversation/buttons.ts'
import { tapsOf } from '../../../src/machines/conversation/screens/screen.ts'
import type { Stamped } from '../../../src/machines/engine/definition.ts'
import { step } from '../../../src/machines/engine/transition.ts'
import { anyCharacter, fc } from '../../support/properties.ts'
import { contextOf, conversation, createChat, later, openModel, screenOf, stateOf } from './chat.ts'
import { moments } from './exploration.ts'

const shown = moments.filter((m) => screenOf(m.snapshot) !== null)
const moment = fc.constantFrom(...shown)
const dataOf = ({ snapshot }: (typeof shown)[number]) => {
  const screen = screenOf(snapshot) ?? assert.fail()
  return tapsOf(screen.keyboard).map((b) => callbackData(screen, b.event))
}
const anyData = fc.oneof(
  fc.string({ maxLength: 64, unit: anyCharacter }),
  fc.stringMatching(/^[0-9a-z]{7}\.[0-9a-z]{7}$/),
  moment.map((m) => dataOf(m)[0] ?? ''),
  fc
    .tuple(moment, moment)
    .map(([a, b]) => `${dataOf(a)[0]?.slice(0, 7)}.${dataOf(b)[0]?.slice(8)}`),
  fc.constantFrom('', '.', '..', 'menu.pressed', '{"type":"run.confirmed","serial":1}'),
)

describe('callback data', () => {
  test('of every button leads back to its event, and to nothing on any other set of buttons', () => {
    for (const { snapshot } of shown) {
      const screen = screenOf(snapshot) ?? assert.fail()
      for (const { event } of tapsOf(screen.keyboard)) {
        const data = callbackData(screen, event)
        assert.match(data, /^[0-9a-z]{7}\.[0-9a-z]{7}$/)
        assert.deepEqual(buttonEvent(screen, data), event)
        const other = { ...screen, keyboard: [...screen.keyboard, [{ label: 'x', event }]] }
        assert.equal(buttonEvent(other, data), undefined)
      }
    }
  })

  test('stays good when only the words of a screen change', () => {
    const ru = createChat()
    const en = createChat({ language: 'en' })
    const [a, b] = [ru, en].map((chat) =>
      tapsOf(chat.screen.keyboard).map((x) => callbackData(chat.screen, x.event)),
    )
    assert.deepEqual(a, b)
  })

  test('that stands on no button of the screen never becomes what a button stands for', () => {
    fc.assert(
      fc.property(moment, anyData, fc.nat(10_000), ({ snapshot }, data, afterMs) => {
        const at = contextOf(snapshot).leftAt + afterMs
        const raw = { type: 'button.tapped', data, queryId: 'q', at, rnd: 'r' } as Stamped
        const received = conversation.resolveEvent?.(snapshot, raw) ?? assert.fail()
        const screen = screenOf(snapshot) ?? assert.fail()
        const real = tapsOf(screen.keyboard).some((b) => callbackData(screen, b.event) === data)
        const expected = afterMs < 1_500 ? 'tap.late' : 'tap.stale'
        if (!real) assert.equal(received.type, expected)
        else assert.notEqual(received.type, expected)
      }),
      { numRuns: 2_000 },
    )
  })

  test('forged or stale moves nothing but the remark above the screen', () => {
    fc.assert(
      fc.property(moment, anyData, ({ snapshot }, data) => {
        const screen = screenOf(snapshot) ?? assert.fail()
        if (buttonEvent(screen, data)) return
        const event = { type: 'button.tapped', data, queryId: 'q', at: later(snapshot), rnd: 'r' }
        const { snapshot: next, effects, timers } = step(conversation, snapshot, event as Stamped)
        assert.equal(stateOf(next), stateOf(snapshot))
        assert.deepEqual(next.context, { ...contextOf(snapshot), hint: { code: 'stale' } })
        assert.deepEqual(timers, [])
        assert.deepEqual(
          effects.map((e) => e.type),
          ['telegram.answer', 'telegram.render'],
        )
      }),
      { numRuns: 1_000 },
    )
  })

  test('of an order before starts nothing at the price of now', () => {
    const chat = createChat()
    openModel(chat, 'google-imagen4-fast')
    chat.text('кот')
    const old = callbackData(chat.screen, chat.button('Запустить').event)
    chat.press('✏️ Описание')
    chat.text('пёс')
    assert.equal(chat.state, 'drafting.preview')
    chat.happen({ type: 'button.tapped', data: old, queryId: 'q' })
    assert.equal(chat.state, 'drafting.preview')
    assert.equal(chat.effect('job.start'), undefined)
  })
})
