import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AnyMachineSnapshot } from 'xstate'
import type { ConversationEvent } from '../../../src/machines/conversation/events.ts'
import { tapsOf } from '../../../src/machines/conversation/screens/screen.ts'
import type { Effect, Stamped } from '../../../src/machines/engine/definition.ts'
import { step } from '../../../src/machines/engine/transition.ts'
import {
  balanceFacts,
  conversation,
  createChat,
  later,
  mute,
  runJob,
  screenOf,
  tapOn,
} from './chat.ts'
import { moments } from './exploration.ts'

const after = (snapshot: AnyMachineSnapshot, event: ConversationEvent) =>
  step(conversation, snapshot, { ...event, at: later(snapshot), rnd: 'rnd' } as Stamped)
const rendersOf = (effects: readonly Effect[]) =>
  effects.filter((e) => e.type === 'telegram.render').map((e) => e.params)
const about = (jobId: string) => ({ jobId, modelId: 'z-image' })

describe('what follows from every event', () => {
  test('a message brings the screen below it, a tap changes it where it stands', () => {
    for (const { snapshot } of moments) {
      const said = after(snapshot, { type: 'text.received', text: 'привет' }).effects
      assert.deepEqual(rendersOf(said), [{ chatId: 7, below: true }])
      const screen = screenOf(snapshot)
      for (const { event } of tapsOf(screen?.keyboard ?? [])) {
        const tapped = after(snapshot, tapOn(screen ?? assert.fail(), event))
        const waits = screenOf(tapped.snapshot) === null
        assert.deepEqual(rendersOf(tapped.effects), waits ? [] : [{ chatId: 7, below: false }])
      }
    }
  })

  test('every tap is answered once, before anything else is shown', () => {
    for (const { snapshot } of moments) {
      for (const [data, ms] of [
        ['forged', 9_000],
        ['forged', 10],
      ] as const) {
        const at = snapshot.context.leftAt + ms
        const event = { type: 'button.tapped', data, queryId: 'q', at, rnd: 'r' }
        const { effects } = step(conversation, snapshot, event)
        const types = effects.map((e) => e.type)
        assert.equal(types.indexOf('telegram.answer'), 0)
        assert.equal(types.lastIndexOf('telegram.answer'), 0)
      }
    }
  })

  test('the tapped message is named, so that it can be distinguished from the live one', () => {
    const chat = createChat()
    const tap = tapOn(chat.screen, { type: 'help.opened' })
    chat.happen({ ...tap, messageId: 41 } as ConversationEvent)
    assert.deepEqual(chat.effect('telegram.render')?.params, {
      chatId: 7,
      below: false,
      messageId: 41,
    })
  })

  test('a stale tap gets a hint, a double tap only ends its spinner', () => {
    const chat = createChat()
    chat.press('Помощь')
    chat.happen({ type: 'button.tapped', data: 'old', queryId: 'q' }, 1_000)
    assert.deepEqual(chat.effects, [
      { type: 'telegram.answer', params: { queryId: 'q', text: null } },
    ])
    chat.happen({ type: 'button.tapped', data: 'old', queryId: 'q' }, 2_000)
    assert.deepEqual(chat.effect('telegram.answer')?.params, {
      queryId: 'q',
      text: 'Эта кнопка устарела',
    })
    assert.match(chat.screen.text, /^⚠️ Эта кнопка устарела/)
  })

  test('an admin reads of a receipt below it, and of anything else in its place', () => {
    const { snapshot } = createChat()
    const line = { id: 't1', userId: 9, kopecks: 100, stars: 0, state: 'reviewing', at: 0 }
    const receipt = { ...line, sameAs: [], isShown: true }
    const read = (card: { receipt: typeof receipt } | null) =>
      rendersOf(after(snapshot, { type: 'case.read', id: 't1', card }).effects)
    assert.deepEqual(read({ receipt }), [{ chatId: 7, below: true }])
    assert.deepEqual(read(null), [])
  })

  test('a failure calls the user back to a screen below, a result stands below by itself', () => {
    for (const [end, below] of [
      [{ type: 'job.delivered', priceKopecks: 0 }, false],
      [{ type: 'job.failed', error: 'kie.failed', refundKopecks: 0 }, true],
    ] as const) {
      const chat = createChat()
      const jobId = runJob(chat)
      chat.happen({ ...end, ...about(jobId) })
      assert.deepEqual(rendersOf(chat.effects), [{ chatId: 7, below }])
      assert.equal(chat.effect('telegram.notice'), undefined, 'the screen itself tells')
    }
  })

  test('progress changes the screen in place, and only where it shows', () => {
    const chat = createChat()
    const jobId = runJob(chat)
    const progress = { type: 'job.progressed', ...about(jobId), stage: 'generating' } as const
    chat.happen(progress, 6_000)
    assert.deepEqual(rendersOf(chat.effects), [{ chatId: 7, below: false }])
    chat.command('help')
    chat.happen(progress)
    assert.deepEqual(chat.effects, [])
  })

  test('nothing is drawn while a price is worked out, then the order is', () => {
    const chat = createChat({ backend: mute })
    chat.command('start', 'm_google-imagen4-fast')
    chat.press('Начать')
    chat.text('кот')
    assert.deepEqual(
      chat.effects.map((e) => e.type),
      ['quote.request', 'telegram.render'],
    )
    chat.happen({ type: 'quote.ready', priceKopecks: 1, credits: 1, availableKopecks: 9 })
    assert.deepEqual(rendersOf(chat.effects), [{ chatId: 7, below: false }])
    chat.press('Запустить')
    assert.deepEqual(
      chat.effects.map((e) => e.type),
      ['job.start', 'telegram.answer'],
    )
  })

  test('a hiccup is admitted even where a screen was still to come', () => {
    const chat = createChat({ backend: mute })
    chat.command('balance')
    chat.happen({ type: 'engine.hiccup' })
    assert.deepEqual(rendersOf(chat.effects), [{ chatId: 7, below: true }])
    assert.match(chat.screen.text, /Что-то пошло не так/)
  })

  test('an event without consequences has none', () => {
    const chat = createChat()
    for (const event of [
      { type: 'user.blocked' },
      { type: 'quote.ready', priceKopecks: 1, credits: 1, availableKopecks: 1 },
      { type: 'balance.read', ...balanceFacts },
    ] as const) {
      chat.happen(event)
      assert.deepEqual(chat.effects, [])
    }
  })

  test('draws a snapshot once, however often it is asked for', () => {
    const { snapshot } = createChat()
    assert.equal(screenOf(snapshot), screenOf(snapshot))
  })
})

describe('the conversation as stored', () => {
  test('is made from the chat of its id, in the language of the first event', () => {
    const event = { type: 'command.start', payload: '', languageCode: 'en-GB' }
    assert.deepEqual(conversation.inputOf?.('conversation:42:77', event), {
      chatId: 77,
      userId: 77,
      languageCode: 'en-GB',
      invitedBy: null,
    })
    const invited = { ...event, payload: 'ref_16' }
    const input = conversation.inputOf?.('conversation:42:77', invited)
    assert.deepEqual(input, {
      chatId: 77,
      userId: 77,
      languageCode: 'en-GB',
      invitedBy: 42,
    })
  })

  test('mirrors its user', () => {
    const chat = createChat({ language: 'en' })
    const row = () => conversation.projection.row(chat.snapshot)
    assert.equal(conversation.projection.name, 'users')
    assert.deepEqual(row(), { id: 7, language: 'en', blocked: false })
    chat.happen({ type: 'user.blocked' })
    assert.deepEqual(row(), { id: 7, language: 'en', blocked: true })
  })
})
