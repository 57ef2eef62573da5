import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createClock } from './support/clock.ts'
import { type Delivered, refused, startFake, startWebhook, until } from './support/fake.ts'

const SECRET = 'A-secret_42'

async function started(t: TestContext, onUpdate: (delivered: Delivered) => void) {
  const clock = createClock()
  const server = await startFake(t, { now: clock.now, sleep: clock.sleep })
  const webhook = await startWebhook(t, onUpdate)
  const { url } = webhook
  const user = server.control.user(1)
  const set = (extra: Record<string, unknown> = {}) =>
    server.ok('setWebhook', { url, secret_token: SECRET, ...extra })
  return { ...server, clock, received: webhook.received, url, user, set }
}

const accept = (delivered: Delivered) => delivered.reply(200)
const texts = (received: Delivered[]) =>
  received.map(({ update }) => update.message?.text ?? `tap ${update.callback_query?.data}`)

describe('webhook delivery', () => {
  test('posts updates with the secret and confirms by 2xx', async (t) => {
    const { set, user, received, control } = await started(t, ({ reply }) => reply(204))
    await set()
    user.sendText('привет')
    await until(() => control.pendingUpdates().length === 0)
    assert.equal(received[0]?.headers['x-telegram-bot-api-secret-token'], SECRET)
    assert.equal(received[0]?.headers['content-type'], 'application/json')
    assert.equal(received[0]?.update.message.text, 'привет')
  })

  test('sends no secret header when there is no secret', async (t) => {
    const { set, user, received } = await started(t, accept)
    await set({ secret_token: '' })
    user.sendText('a')
    await until(() => received.length === 1)
    assert.equal(received[0]?.headers['x-telegram-bot-api-secret-token'], undefined)
  })

  test('delivers what was pending before it was set', async (t) => {
    const { set, user, received } = await started(t, accept)
    user.sendText('earlier')
    await set()
    await until(() => received.length === 1)
  })

  test('waits with the next message of a chat until the one before is confirmed', async (t) => {
    const held: Delivered[] = []
    const { set, user, received, control } = await started(t, (one) => void held.push(one))
    await set()
    user.sendText('first')
    user.sendText('second')
    control.user(2).sendText('other chat')
    await until(() => received.length === 2)
    assert.deepEqual(texts(received).sort(), ['first', 'other chat'])
    for (const one of held.splice(0)) one.reply(200)
    await until(() => received.length === 3)
    assert.equal(texts(received)[2], 'second')
    held[0]?.reply(200)
    await until(() => control.pendingUpdates().length === 0)
  })

  test('sends a tap while a message of the same user is unconfirmed', async (t) => {
    const { set, ok, user, received } = await started(t, () => undefined)
    const keyboard = { inline_keyboard: [[{ text: 'x', callback_data: 'x' }]] }
    await ok('sendMessage', { chat_id: 1, text: 'menu', reply_markup: keyboard })
    await set()
    user.sendText('first')
    user.tap(1, 'x')
    await until(() => received.length === 2)
    assert.deepEqual(texts(received).sort(), ['first', 'tap x'])
  })

  test('keeps payment queries in a queue of their own', async (t) => {
    const { set, user, received } = await started(t, () => undefined)
    await set()
    user.sendText('unconfirmed')
    user.sendRaw({ pre_checkout_query: { id: '1' } })
    user.sendRaw({ pre_checkout_query: { id: '2' } })
    await until(() => received.length === 2)
    assert.deepEqual(received.map(({ update }) => Object.keys(update)[1]).sort(), [
      'message',
      'pre_checkout_query',
    ])
  })

  test('never has more updates under way than max_connections', async (t) => {
    const { set, control, received } = await started(t, () => undefined)
    await set({ max_connections: 2 })
    for (let id = 10; id < 15; id += 1) control.user(id).sendText('x')
    await until(() => received.length === 2)
    received[0]?.reply(200)
    await until(() => received.length === 3)
    assert.equal(control.pendingUpdates().length, 4)
  })

  test('repeats at once, then after 2, 4, 8 s', async (t) => {
    const { set, user, received, clock } = await started(t, ({ reply }) => reply(503))
    await set()
    user.sendText('again')
    await until(() => received.length === 2)
    for (const [index, delay] of [2000, 4000, 8000].entries()) {
      await until(() => clock.waiting().includes(delay), `a wait of ${delay} ms`)
      clock.advance(delay)
      await until(() => received.length === 3 + index)
    }
    assert.equal(new Set(received.map(({ update }) => update.update_id)).size, 1)
  })

  test('takes the Retry-After of the webhook', async (t) => {
    const { set, user, clock } = await started(t, ({ reply }) =>
      reply(503, { 'retry-after': '17' }),
    )
    await set()
    user.sendText('later')
    await until(() => clock.waiting().includes(17_000))
  })

  test('does not follow redirects', async (t) => {
    const { set, ok, user, url, received } = await started(t, ({ reply }) =>
      reply(302, { location: url }),
    )
    await set()
    user.sendText('x')
    await until(() => received.length === 2)
    await until(async () => (await ok('getWebhookInfo')).last_error_message !== undefined)
    const info = await ok('getWebhookInfo')
    assert.equal(info.last_error_message, 'Wrong response from the webhook: 302 Found')
    assert.equal(info.pending_update_count, 1)
  })

  test('gives up an answer after 60 s and sends again', async (t) => {
    const { set, ok, user, clock, received } = await started(t, () => undefined)
    await set()
    user.sendText('slow')
    await until(() => received.length === 1)
    clock.advance(60_000)
    await until(() => received.length === 2)
    assert.equal((await ok('getWebhookInfo')).last_error_message, 'Read timeout expired')
  })

  test('repeats after a cut connection', async (t) => {
    let first = true
    const { set, user, received, control } = await started(t, ({ reply, response }) => {
      if (!first) return reply(200)
      first = false
      response.socket?.destroy()
    })
    await set()
    user.sendText('cut')
    await until(() => control.pendingUpdates().length === 0)
    assert.equal(received.length, 2)
  })

  test('drops a tap that has become too old and goes on with the next', async (t) => {
    let status = 500
    const { set, ok, user, received, clock, control } = await started(t, ({ reply }) =>
      reply(status),
    )
    const keyboard = { inline_keyboard: [[{ text: 'x', callback_data: 'x' }]] }
    await ok('sendMessage', { chat_id: 1, text: 'menu', reply_markup: keyboard })
    await set()
    user.tap(1, 'x')
    await until(() => received.length === 2)
    await until(() => clock.waiting().includes(2000))
    status = 200
    clock.advance(151_000)
    user.tap(1, 'x')
    await until(() => control.pendingUpdates().length === 0)
    assert.equal(received.length, 3)
    assert.notEqual(received[2]?.update.update_id, received[0]?.update.update_id)
  })

  test('performs a method in the reply', async (t) => {
    const body = JSON.stringify({ method: 'sendMessage', chat_id: 1, text: 'from the reply' })
    const { set, user, control } = await started(t, ({ reply }) =>
      reply(200, { 'content-type': 'application/json' }, body),
    )
    await set()
    user.sendText('hi')
    await control.waitFor(() => user.chat()[1]?.text === 'from the reply')
    assert.equal(control.calls.at(-1)?.via, 'webhook')
  })

  test('ignores get… and setWebhook in the reply', async (t) => {
    const body = new URLSearchParams({ method: 'deleteWebhook' }).toString()
    const { set, ok, user, url, control } = await started(t, ({ reply }) =>
      reply(200, { 'content-type': 'application/x-www-form-urlencoded' }, body),
    )
    await set()
    user.sendText('hi')
    await until(() => control.pendingUpdates().length === 0)
    assert.equal((await ok('getWebhookInfo')).url, url)
  })

  test('leaves unconfirmed updates to polling when it is deleted', async (t) => {
    const { set, ok, user, received } = await started(t, () => undefined)
    await set()
    user.sendText('kept')
    await until(() => received.length === 1)
    await ok('deleteWebhook')
    assert.equal((await ok('getUpdates')).length, 1)
  })

  test('ends after 23 hours of 410', async (t) => {
    const { set, ok, user, clock, received } = await started(t, ({ reply }) => reply(410))
    await set()
    user.sendText('gone')
    for (const [index, delay] of [2000, 4000, 8000, 16_000].entries()) {
      await until(() => clock.waiting().includes(delay))
      clock.advance(5.8 * 3600_000)
      await until(() => received.length === 3 + index)
    }
    await until(async () => (await ok('getWebhookInfo')).url === '')
  })
})

describe('setWebhook', () => {
  test('refuses bad secrets', async (t) => {
    const { api, clock } = await started(t, accept)
    const attempt = (secret_token: string) => {
      clock.advance(1000)
      return api('setWebhook', { url: 'https://example.com/', secret_token })
    }
    refused(await attempt('s'.repeat(257)), 400, 'Bad Request: secret token is too long')
    refused(
      await attempt('sec ret'),
      400,
      'Bad Request: secret token contains unallowed characters',
    )
    assert.equal((await attempt('s'.repeat(256))).ok, true)
  })

  test('wants https, except for this machine', async (t) => {
    const { api, clock } = await started(t, accept)
    const attempt = (url: string) => {
      clock.advance(1000)
      return api('setWebhook', { url })
    }
    refused(
      await attempt('http://example.com/'),
      400,
      'Bad Request: bad webhook: An HTTPS URL must be provided for webhook',
    )
    refused(
      await attempt('https://example.com:3000/'),
      400,
      'Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443',
    )
    refused(await attempt('ftp://example.com/'), 400, 'Bad Request: invalid webhook URL specified')
    for (const url of ['https://example.com:8443/x', 'http://127.0.0.1:9/x', 'http://localhost:9/'])
      assert.equal((await attempt(url)).ok, true, url)
  })

  test('may be called once a second', async (t) => {
    const { api, url, clock } = await started(t, accept)
    assert.equal((await api('setWebhook', { url })).description, 'Webhook was set')
    const flooded = await api('setWebhook', { url })
    refused(flooded, 429, 'Too Many Requests: retry after 1')
    assert.deepEqual(flooded.parameters, { retry_after: 1 })
    assert.equal(flooded.headers.get('retry-after'), '1')
    clock.advance(1000)
    assert.equal((await api('setWebhook', { url })).description, 'Webhook is already set')
  })

  test('counts as the same only when secret and connections match', async (t) => {
    const { api, url, clock } = await started(t, accept)
    const describe_ = async (extra: object) => {
      clock.advance(1000)
      return (await api('setWebhook', { url, ...extra })).description
    }
    assert.equal(await describe_({}), 'Webhook was set')
    assert.equal(await describe_({ max_connections: 40 }), 'Webhook is already set')
    assert.equal(await describe_({ max_connections: 41 }), 'Webhook was set')
    assert.equal(await describe_({ max_connections: 41, secret_token: 'a' }), 'Webhook was set')
    assert.equal(await describe_({}), 'Webhook was set')
    assert.equal(await describe_({ drop_pending_updates: true }), 'Webhook was set')
  })

  test('drops pending updates only when asked', async (t) => {
    const { ok, user, control } = await started(t, accept)
    user.sendText('a')
    await ok('deleteWebhook')
    assert.equal(control.pendingUpdates().length, 1)
    await ok('deleteWebhook', { drop_pending_updates: true })
    assert.equal(control.pendingUpdates().length, 0)
  })

  test('ends a waiting poll', async (t) => {
    const { api, url, clock } = await started(t, accept)
    const polled = api('getUpdates', { timeout: 30 })
    await until(() => clock.waiting().length === 1)
    await api('setWebhook', { url })
    refused(await polled, 409, 'Conflict: terminated by setWebhook request')
  })

  test('says how it is set', async (t) => {
    const { ok, set, url } = await started(t, accept)
    await set({ max_connections: 7, allowed_updates: ['message', 'callback_query'] })
    assert.deepEqual(await ok('getWebhookInfo'), {
      url,
      has_custom_certificate: false,
      pending_update_count: 0,
      max_connections: 7,
      allowed_updates: ['message', 'callback_query'],
    })
    await ok('setWebhook', { url: '' })
    assert.equal((await ok('getWebhookInfo')).url, '')
  })

  test('never calls another machine', async (t) => {
    const { ok, user } = await started(t, accept)
    await ok('setWebhook', { url: 'https://example.com/hook' })
    user.sendText('x')
    await until(async () => (await ok('getWebhookInfo')).last_error_message !== undefined)
    assert.match((await ok('getWebhookInfo')).last_error_message, /^Failed to resolve host/)
  })
})
