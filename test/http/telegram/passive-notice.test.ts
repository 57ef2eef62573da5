import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RetryableError } from '../../../src/errors.ts'
import { createPassiveNotice } from '../../../src/http/telegram/passive-notice.ts'
import type { TelegramInput } from '../../../src/machines/conversation/input.ts'

const RU = '⏳ Бот обновляется (20-60 сек)'
const EN = '⏳ The bot is updating (20–60 s)'

function setUp({ fail = false, hang = false, maxChats = 100 } = {}) {
  const clock = { ms: 1_000_000 }
  const calls: [string, object][] = []
  const notice = createPassiveNotice({
    api: {
      call: (async (method: string, payload: object) => {
        calls.push([method, payload])
        if (hang) await new Promise(() => {})
        if (fail) throw new RetryableError('telegram.flooded')
        return true
      }) as never,
    },
    now: () => clock.ms,
    maxChats,
  })
  return { clock, calls, notice }
}

const origin = (chatId: number, languageCode?: string) => ({
  updateId: 1,
  chatId,
  userId: chatId,
  ...(languageCode ? { languageCode } : {}),
})
const start = (chatId: number, languageCode?: string): TelegramInput => ({
  kind: 'command',
  name: 'start',
  payload: '',
  ...origin(chatId, languageCode),
})
const tap = (chatId: number): TelegramInput => ({
  kind: 'tap',
  data: 'n1:menu',
  queryId: `q${chatId}`,
  messageId: 1,
  ...origin(chatId, 'ru'),
})

describe('passive notice', () => {
  test('speaks the language of the person', () => {
    const { notice, calls } = setUp()
    notice.show(start(1, 'ru'))
    notice.show(start(2, 'de'))
    notice.show(start(3))
    assert.deepEqual(calls, [
      ['sendMessage', { chat_id: 1, text: RU }],
      ['sendMessage', { chat_id: 2, text: EN }],
      ['sendMessage', { chat_id: 3, text: RU }],
    ])
  })

  test('comes at most once per chat in 30 s', () => {
    const { notice, calls, clock } = setUp()
    notice.show(start(1))
    clock.ms += 29_999
    notice.show(start(1))
    notice.show(start(2))
    assert.equal(calls.length, 2)
    clock.ms += 1
    notice.show(start(1))
    assert.equal(calls.length, 3)
  })

  test('answers every tap, with the notice only once in 30 s', () => {
    const { notice, calls } = setUp()
    notice.show(tap(1))
    notice.show(tap(1))
    notice.show(start(1))
    assert.deepEqual(calls, [
      ['answerCallbackQuery', { callback_query_id: 'q1', text: RU }],
      ['answerCallbackQuery', { callback_query_id: 'q1' }],
    ])
  })

  test('says nothing to those who blocked the bot', () => {
    const { notice, calls } = setUp()
    notice.show({ kind: 'blocked', ...origin(1) })
    notice.show({ kind: 'unblocked', ...origin(1) })
    assert.deepEqual(calls, [])
  })

  test('never fails, whatever Telegram answers', async () => {
    const { notice, calls } = setUp({ fail: true })
    notice.show(start(1))
    notice.show(tap(2))
    await notice.settled()
    assert.equal(calls.length, 2)
  })

  test('forgets the oldest chats beyond its bound', () => {
    const { notice, calls, clock } = setUp({ maxChats: 2 })
    for (const chat of [1, 2, 3]) {
      clock.ms += 1
      notice.show(start(chat))
    }
    notice.show(start(3))
    assert.equal(calls.length, 3)
    notice.show(start(1))
    assert.equal(calls.length, 4)
  })

  test('does not pile up calls while Telegram hangs', () => {
    const { notice, calls } = setUp({ hang: true, maxChats: 1000 })
    for (let chat = 1; chat <= 150; chat++) notice.show(start(chat))
    assert.equal(calls.length, 100)
  })
})
