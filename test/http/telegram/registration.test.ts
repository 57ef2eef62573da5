import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createTelegramApi } from '../../../src/actors/telegram/api.ts'
import { COMMAND_LISTS, PROFILES } from '../../../src/http/telegram/announcements.ts'
import { conversationEvent } from '../../../src/http/telegram/conversation-event.ts'
import { createRegistration } from '../../../src/http/telegram/registration.ts'
import { startFakeTelegram } from '../../../src/sandbox/telegram/server.ts'

const TOKEN = '123456:AAF-very-secret-token_0123456789abcd'
const settings = {
  url: 'https://127.0.0.1:8443/webhook/very-secret-path',
  secret: 'very_secret_token',
  allowedUpdates: ['message', 'callback_query', 'my_chat_member'] as const,
  maxConnections: 40,
}

async function setUp(t: TestContext) {
  const clock = { ms: Date.now() }
  const telegram = await startFakeTelegram({ now: () => clock.ms })
  t.after(() => telegram.close())
  telegram.addBot({ token: TOKEN, username: 'TrtTestBot' })
  const api = createTelegramApi({ token: TOKEN, apiRoot: telegram.url })
  t.after(() => api.close())
  const lines: string[] = []
  const slept: number[] = []
  const controller = new AbortController()
  const write = (...parts: unknown[]) => void lines.push(JSON.stringify(parts))
  const create = () =>
    createRegistration({
      api,
      random: () => 0,
      sleep: async (ms) => {
        slept.push(ms)
        clock.ms += ms
        if (slept.length > 20) controller.abort()
      },
      log: { info: write, warn: write, error: write } as never,
    })
  const sets = (method = 'setWebhook') =>
    telegram.control.calls.filter((c) => c.method.toLowerCase() === method.toLowerCase()).length
  return { telegram, api, clock, lines, slept, controller, create, sets }
}

describe('registration', () => {
  test('sets the webhook once per process and keeps what people wrote', async (t) => {
    const { telegram, create, sets, controller, clock } = await setUp(t)
    telegram.control.user(501).sendText('before the deploy')
    const registration = create()
    const info = await registration.registerWebhook(settings, controller.signal)
    assert.equal(info?.url, settings.url)
    assert.equal(sets(), 1)
    await registration.registerWebhook(settings, controller.signal)
    assert.equal(sets(), 1)
    assert.equal(telegram.control.pendingUpdates().length, 1)
    clock.ms += 5000
    await create().registerWebhook(settings, controller.signal)
    assert.equal(sets(), 2, 'a new process cannot know which secret is set')
  })

  test('sets it again when something differs', async (t) => {
    const { create, sets, controller, clock } = await setUp(t)
    const registration = create()
    const variants = [
      settings,
      { ...settings, url: `${settings.url}2` },
      { ...settings, maxConnections: 10 },
      { ...settings, allowedUpdates: ['message'] as const },
      { ...settings, secret: 'another' },
    ]
    for (const [index, variant] of variants.entries()) {
      clock.ms += 5000
      await registration.registerWebhook(variant, controller.signal)
      assert.equal(sets(), index + 1)
    }
  })

  test('repeats until it works, as slowly as Telegram asks, and logs no secret', async (t) => {
    const { telegram, create, slept, lines, controller } = await setUp(t)
    telegram.control.faults.add({ kind: 'flood', method: 'setWebhook', retryAfter: 7 })
    telegram.control.faults.add({ kind: 'server-error', method: 'setWebhook' })
    telegram.control.faults.add({ kind: 'garbage', method: 'getWebhookInfo' })
    telegram.control.faults.add({ kind: 'unauthorized', method: 'setWebhook' })
    const info = await create().registerWebhook(settings, controller.signal)
    assert.equal(info?.url, settings.url)
    assert.deepEqual(
      slept.toSorted((a, b) => a - b),
      [1000, 2000, 7000, 60_000],
    )
    const log = lines.join()
    for (const secret of [TOKEN.slice(7), 'very-secret-path', settings.secret]) {
      assert.ok(!log.includes(secret))
    }
  })

  test('tries refused settings again once a minute until it is aborted', async (t) => {
    const { create, slept, controller } = await setUp(t)
    const wrong = { ...settings, secret: 'no spaces allowed' }
    assert.equal(await create().registerWebhook(wrong, controller.signal), undefined)
    assert.ok(slept.every((ms) => ms === 60_000))
  })

  test('sets the commands of each language only when they differ', async (t) => {
    const { api, create, sets, controller } = await setUp(t)
    const lists = [
      { commands: [{ command: 'menu', description: 'Menu' }] },
      { commands: [{ command: 'menu', description: 'Меню' }], language_code: 'ru' as const },
    ]
    const registration = create()
    await registration.registerCommands(lists, controller.signal)
    assert.deepEqual(await api.call('getMyCommands', { language_code: 'ru' }), lists[1]?.commands)
    assert.equal(sets('setMyCommands'), 2)
    await create().registerCommands(lists, controller.signal)
    assert.equal(sets('setMyCommands'), 2)
  })

  test('sets the profile of each language, of which only what differs is sent', async (t) => {
    const { api, create, sets, controller } = await setUp(t)
    await create().registerProfiles(PROFILES, controller.signal)
    const [en, ru] = PROFILES
    const where = { language_code: 'ru' } as const
    const whole = await api.call('getMyDescription', where)
    const short = await api.call('getMyShortDescription', {})
    assert.equal(whole.description, ru?.description)
    assert.equal(short.short_description, en?.short_description)
    await create().registerProfiles(PROFILES, controller.signal)
    assert.deepEqual([sets('setMyDescription'), sets('setMyShortDescription')], [2, 2])
  })

  test('announces every command that users have, in both languages, and no other', () => {
    const [en, ru] = COMMAND_LISTS.map(({ commands }) => commands.map(({ command }) => command))
    assert.deepEqual(en, ru)
    for (const name of en ?? []) {
      const event = conversationEvent({
        ...{ kind: 'command', updateId: 1, chatId: 1, userId: 1, name, payload: '' },
      })
      assert.notEqual(event.type, 'command.unknown', name)
    }
    for (const name of ['invite', 'promo', 'status']) assert.ok(en?.includes(name), name)
  })

  test('asks who the bot is until it is told', async (t) => {
    const { telegram, create, controller } = await setUp(t)
    telegram.control.faults.add({ kind: 'reset-before', method: 'getMe', times: 2 })
    assert.equal((await create().identify(controller.signal))?.username, 'TrtTestBot')
  })
})
