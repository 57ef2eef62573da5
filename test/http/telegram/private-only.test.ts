import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createPrivateOnly } from '../../../src/http/telegram/private-only.ts'

const GROUP = -100_500

function setUp() {
  const clock = { ms: 1_000_000 }
  const calls: [string, Record<string, unknown>][] = []
  const answers = createPrivateOnly({
    api: {
      call: (async (method: string, payload: Record<string, unknown>) => {
        calls.push([method, payload])
        throw new Error('whatever Telegram says')
      }) as never,
    },
    now: () => clock.ms,
    botUsername: async () => 'TrtTestBot',
  })
  return { ...answers, calls, clock }
}

describe('the answer to a chat that is no person’s', () => {
  test('is said once in ten minutes, in the topic, with a link to the private chat', async () => {
    const { answer, settled, calls, clock } = setUp()
    for (let i = 0; i < 5; i += 1) {
      answer({ chatId: GROUP, threadId: 7, messageId: i, languageCode: 'en' })
    }
    await settled()
    assert.equal(calls.length, 1)
    const [method, payload] = calls[0] ?? assert.fail('nothing was said')
    assert.deepEqual(
      [method, payload.chat_id, payload.message_thread_id],
      ['sendMessage', GROUP, 7],
    )
    assert.match(String(payload.text), /private messages only/)
    assert.match(JSON.stringify(payload.reply_markup), /https:\/\/t\.me\/TrtTestBot"/)
    clock.ms += 600_000
    answer({ chatId: GROUP })
    await settled()
    assert.match(String(calls[1]?.[1].text), /в личных сообщениях/)
  })

  test('is said twenty times a minute at most, whoever adds the bot to a thousand groups', async () => {
    const { answer, settled, calls, clock } = setUp()
    for (let i = 0; i < 1_000; i += 1) answer({ chatId: -1 - i })
    await settled()
    assert.equal(calls.length, 20)
    clock.ms += 60_000
    answer({ chatId: -5_000 })
    await settled()
    assert.equal(calls.length, 21)
  })

  test('ends the spinner of every button that is pressed there', async () => {
    const { answer, settled, calls } = setUp()
    for (const queryId of ['a', 'b']) answer({ chatId: GROUP, queryId })
    await settled()
    assert.deepEqual(
      calls.map(([method, { callback_query_id: id }]) => [method, id]),
      [
        ['answerCallbackQuery', 'a'],
        ['answerCallbackQuery', 'b'],
      ],
    )
  })
})
