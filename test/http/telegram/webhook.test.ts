import assert from 'node:assert/strict'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import Koa from 'koa'
import { createWebhookReplies } from '../../../src/actors/telegram/webhook-replies.ts'
import { RetryableError } from '../../../src/errors.ts'
import { createWebhookRouter, type WebhookDeps } from '../../../src/http/telegram/webhook.ts'
import { text, textFrom } from './updates.ts'

const PATH = 'p-8fK2'
const SECRET = 's3cret_Token-1'
const silent = { warn() {}, error() {} }

async function setUp(t: TestContext, overrides: Partial<WebhookDeps> = {}) {
  const accepted: unknown[] = []
  const refused: unknown[] = []
  const router = createWebhookRouter({
    path: PATH,
    secret: SECRET,
    accept: async (update) => void accepted.push(update),
    replies: createWebhookReplies(),
    canAccept: () => true,
    onRefused: (update) => void refused.push(update),
    log: silent,
    ...overrides,
  })
  const app = new Koa().use(router.routes())
  app.silent = true
  const server = http.createServer(app.callback())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const post = (
    body: string | Uint8Array,
    { path = PATH, method = 'POST', headers = {} as Record<string, string> } = {},
  ) =>
    fetch(`http://127.0.0.1:${port}/webhook/${path}`, {
      method,
      ...(method === 'GET' ? {} : { body: Buffer.from(body) }),
      headers: { 'X-Telegram-Bot-Api-Secret-Token': SECRET, ...headers },
    })
  return { accepted, refused, post, port }
}

describe('webhook', () => {
  test('answers 200 only after the update is accepted', async (t) => {
    const stored = Promise.withResolvers<void>()
    const started = Promise.withResolvers<void>()
    const { post } = await setUp(t, {
      accept: () => {
        started.resolve()
        return stored.promise
      },
    })
    let answered = false
    const answer = post(JSON.stringify(text(1, 'x'))).then((response) => {
      answered = true
      return response
    })
    await started.promise
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(answered, false)
    stored.resolve()
    assert.equal((await answer).status, 200)
  })

  test('carries the answer to a tap that is ready by then', async (t) => {
    const replies = createWebhookReplies()
    const call = { method: 'answerCallbackQuery', callback_query_id: '77' }
    const { post } = await setUp(t, { replies, accept: async () => void replies.leave('77', call) })
    const tap = { update_id: 5, callback_query: { id: '77' } }
    const answer = await post(JSON.stringify(tap))
    assert.equal(answer.status, 200)
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
    assert.deepEqual(await answer.json(), call)
    assert.doesNotMatch(await (await post(JSON.stringify(text(1, 'x')))).text(), /method/)
  })

  test('carries what is left for a message by its chat', async (t) => {
    const replies = createWebhookReplies()
    const call = { method: 'editMessageReplyMarkup', chat_id: 9, message_id: 1 }
    const { post } = await setUp(t, { replies, accept: async () => void replies.leave(9, call) })
    assert.deepEqual(await (await post(JSON.stringify(textFrom(1, 9)))).json(), call)
    for (const odd of [null, [], 'x', 7, { message: null }, { message: { chat: [] } }]) {
      assert.equal((await post(JSON.stringify(odd))).status, 200)
    }
  })

  test('passes the update on, whatever the query string says', async (t) => {
    const { post, accepted } = await setUp(t)
    assert.equal((await post(JSON.stringify(text(1, 'x')), { path: `${PATH}?a=1` })).status, 200)
    assert.deepEqual(accepted, [text(1, 'x')])
  })

  test('refuses strangers before reading anything', async (t) => {
    const { post, accepted, refused } = await setUp(t)
    const secret = (value: string) => ({
      headers: { 'X-Telegram-Bot-Api-Secret-Token': value },
    })
    const body = JSON.stringify(text(1, 'x'))
    const statusOf = async (options: Parameters<typeof post>[1]) =>
      (await post(body, options)).status
    assert.equal(await statusOf({ path: 'other' }), 404)
    assert.equal(await statusOf({ path: 'other', ...secret('') }), 404)
    assert.equal(await statusOf({ path: `${PATH}/x` }), 404)
    assert.equal(await statusOf({ path: '%E0%A4%A' }), 404)
    assert.equal(await statusOf(secret('')), 401)
    assert.equal(await statusOf(secret(SECRET.slice(1))), 401)
    assert.equal(await statusOf(secret(`${SECRET}x`)), 401)
    assert.equal(await statusOf({ method: 'GET' }), 405)
    assert.equal(await statusOf({ method: 'PUT' }), 405)
    assert.equal(await statusOf({ method: 'GET', path: 'other' }), 404)
    assert.deepEqual([accepted, refused], [[], []])
  })

  test('refuses broken JSON and compressed bodies', async (t) => {
    const { post, accepted } = await setUp(t)
    for (const body of ['', '{', '{"update_id":1']) assert.equal((await post(body)).status, 400)
    const bomb = gzipSync(Buffer.alloc(1024 ** 2))
    const answer = await post(bomb, { headers: { 'content-encoding': 'gzip' } })
    assert.equal(answer.status, 415)
    assert.deepEqual(accepted, [])
  })

  test('refuses a body over 1 MB, announced or not', async (t) => {
    const { post, accepted, port } = await setUp(t)
    const update = (size: number) => {
      const frame = Buffer.byteLength(JSON.stringify(text(1, '')))
      return JSON.stringify(text(1, 'x'.repeat(size - frame)))
    }
    assert.equal((await post(update(1024 ** 2))).status, 200)
    assert.equal((await post(update(1024 ** 2 + 1))).status, 413)
    const status = await new Promise((resolve, reject) => {
      const request = http.request(
        {
          ...{ port, host: '127.0.0.1', method: 'POST', path: `/webhook/${PATH}` },
          headers: {
            'X-Telegram-Bot-Api-Secret-Token': SECRET,
            'transfer-encoding': 'chunked',
          },
        },
        (response) => resolve(response.statusCode),
      )
      request.on('error', reject)
      request.end(update(3 * 1024 ** 2))
    })
    assert.equal(status, 413)
    assert.equal(accepted.length, 1)
  })

  test('joins characters that the network has cut', async (t) => {
    const stored = Promise.withResolvers<unknown>()
    const { port } = await setUp(t, { accept: async (update) => stored.resolve(update) })
    const body = Buffer.from(JSON.stringify(text(1, 'привет🎨мир')))
    const socket = net.connect(port, '127.0.0.1')
    t.after(() => socket.destroy())
    socket.setNoDelay(true)
    socket.write(
      `POST /webhook/${PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n` +
        `X-Telegram-Bot-Api-Secret-Token: ${SECRET}\r\n\r\n`,
    )
    for (const byte of body) {
      socket.write(Buffer.of(byte))
      await new Promise((resolve) => setImmediate(resolve))
    }
    assert.deepEqual(await stored.promise, text(1, 'привет🎨мир'))
  })

  test('asks Telegram to come again when the update cannot be stored', async (t) => {
    const errors = [
      [new RetryableError('database.unavailable'), '3'],
      [new RetryableError('runtime.draining', { retryAfterMs: 12_400 }), '13'],
      [new Error('something else'), '3'],
    ] as const
    for (const [error, retryAfter] of errors) {
      const { post, refused } = await setUp(t, { accept: () => Promise.reject(error) })
      const answer = await post(JSON.stringify(text(1, 'x')))
      assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, retryAfter])
      assert.deepEqual(refused, [text(1, 'x')])
    }
  })

  test('does not try to store while it cannot, but shows the update to the notice', async (t) => {
    const { post, accepted, refused } = await setUp(t, { canAccept: () => false })
    const answer = await post(JSON.stringify(text(1, 'x')))
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '3'])
    assert.deepEqual([accepted, refused], [[], [text(1, 'x')]])
  })

  test('survives a client that goes away in the middle', async (t) => {
    const { post, port, accepted } = await setUp(t)
    const socket = net.connect(port, '127.0.0.1')
    socket.end(
      `POST /webhook/${PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n` +
        `X-Telegram-Bot-Api-Secret-Token: ${SECRET}\r\n\r\n{"upd`,
    )
    socket.resume()
    await new Promise((resolve) => socket.once('close', resolve))
    assert.equal((await post(JSON.stringify(text(2, 'x')))).status, 200)
    assert.equal(accepted.length, 1)
  })

  test('does not start without a secret', () => {
    const replies = createWebhookReplies()
    const deps = { accept: async () => {}, replies, canAccept: () => true, log: silent }
    assert.throws(() => createWebhookRouter({ ...deps, path: PATH, secret: '' }), TypeError)
    assert.throws(() => createWebhookRouter({ ...deps, path: '', secret: SECRET }), TypeError)
  })
})
