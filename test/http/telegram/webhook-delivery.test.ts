import assert from 'node:assert/strict'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import Koa from 'koa'
import { createTelegramApi } from '../../../src/actors/telegram/api.ts'
import { createWebhookReplies } from '../../../src/actors/telegram/webhook-replies.ts'
import { RetryableError } from '../../../src/errors.ts'
import { createDispatcher } from '../../../src/http/telegram/dispatch.ts'
import { createPassiveNotice } from '../../../src/http/telegram/passive-notice.ts'
import { createRegistration } from '../../../src/http/telegram/registration.ts'
import { createWebhookRouter } from '../../../src/http/telegram/webhook.ts'
import type { TelegramInput } from '../../../src/machines/conversation/input.ts'
import { startFakeTelegram } from '../../../src/sandbox/telegram/server.ts'
import { waitFor } from '../../support/wait.ts'

const TOKEN = '123456:AAF-very-secret-token_0123456789abcd'
const silent = { info() {}, warn() {}, error() {} }

/** Telegram, the webhook and what lies behind it, wired as in production. */
async function setUp(t: TestContext, state: { active: boolean; failures: number }) {
  // The pauses between repetitions, made short; the deadline of a request (60 s) stays.
  const sleep = (ms: number, signal?: AbortSignal) =>
    delay(ms < 10_000 ? 20 : ms, undefined, signal && { signal })
  const telegram = await startFakeTelegram({ sleep })
  t.after(() => telegram.close())
  telegram.addBot({ token: TOKEN, username: 'TrtTestBot' })
  const api = createTelegramApi({ token: TOKEN, apiRoot: telegram.url })
  t.after(() => api.close())

  const inputs: TelegramInput[] = []
  const dispatcher = createDispatcher({
    botInfo: await api.call('getMe', {}),
    onInput: async (input) => {
      if (state.failures-- > 0) throw new RetryableError('database.unavailable')
      inputs.push(input)
    },
    onPayment: async () => {},
  })
  const notice = createPassiveNotice({ api, now: Date.now })
  const router = createWebhookRouter({
    path: 'p',
    secret: 'secret',
    accept: async (update) => void (await dispatcher.handle(update)),
    replies: createWebhookReplies(),
    canAccept: () => state.active,
    onRefused: async (update) => {
      const translation = await dispatcher.translate(update)
      if (translation.kind === 'input') notice.show(translation.input)
    },
    log: silent,
  })
  const server = http.createServer(new Koa().use(router.routes()).callback())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const registration = createRegistration({
    api,
    random: () => 0,
    sleep: () => Promise.reject(new Error('must work at once')),
    log: silent as never,
  })
  await registration.registerWebhook(
    {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook/p`,
      secret: 'secret',
      allowedUpdates: ['message', 'callback_query', 'my_chat_member'],
      maxConnections: 40,
    },
    new AbortController().signal,
  )
  return { telegram, api, inputs }
}

describe('webhook delivery', () => {
  test('brings everything that a person does, in order', async (t) => {
    const { telegram, api, inputs } = await setUp(t, { active: true, failures: 0 })
    const anna = telegram.control.user(501, { languageCode: 'ru', firstName: 'Анна' })
    anna.sendCommand('start', 'm_z-image')
    anna.sendText('кот 🎨')
    await waitFor(() => inputs.length === 2, { what: 'command and text' })
    const keyboard = { inline_keyboard: [[{ text: 'Да', callback_data: 'n1:yes' }]] }
    const sent = await api.call('sendMessage', { chat_id: 501, text: '?', reply_markup: keyboard })
    anna.tap(sent.message_id, 'n1:yes')
    anna.block()
    await waitFor(() => inputs.length === 4, { what: 'tap and block' })
    assert.deepEqual(
      inputs.map((input) => input.kind),
      ['command', 'text', 'tap', 'blocked'],
    )
    const [start, , tap] = inputs
    assert.equal(start?.kind === 'command' && start.payload, 'm_z-image')
    assert.equal(tap?.kind === 'tap' && tap.messageId, sent.message_id)
  })

  test('Telegram repeats what could not be stored, and the person is told once', async (t) => {
    const state = { active: false, failures: 2 }
    const { telegram, inputs } = await setUp(t, state)
    const anna = telegram.control.user(501, { languageCode: 'ru' })
    anna.sendCommand('start')
    const refusals = () => telegram.control.calls.filter((c) => c.method === 'sendMessage').length
    await waitFor(() => refusals() > 0, { what: 'the notice' })
    state.active = true
    await waitFor(() => inputs.length === 1, { what: 'the repetition' })
    assert.deepEqual(
      telegram.control
        .chat(501)
        .filter((m) => m.from === 'bot')
        .map((m) => m.text),
      ['⏳ Бот обновляется (20-60 сек)'],
    )
    await waitFor(() => telegram.control.pendingUpdates().length === 0, { what: 'the 200' })
  })
})
