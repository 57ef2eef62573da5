import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { describe, type TestContext, test } from 'node:test'
import { inspect } from 'node:util'
import busboy from 'busboy'
import { createTelegramApi } from '../../../src/actors/telegram/api.ts'
import {
  isMessageGone,
  isNotModified,
  isQueryTooOld,
  isWebhookActive,
  migrateToChatId,
} from '../../../src/actors/telegram/errors.ts'
import { isOnDisk } from '../../../src/actors/telegram/local-file.ts'
import { RetryableError, TerminalError, UnknownOutcomeError } from '../../../src/errors.ts'
import { waitFor } from '../../support/wait.ts'
import { ok, refuse, reply, startStub, TOKEN } from './stub-server.ts'

const SECRET_TEXT = 'a very private prompt'

function apiFor(t: TestContext, apiRoot: string, options: { timeoutMs?: number } = {}) {
  const api = createTelegramApi({ token: TOKEN, apiRoot, ...options })
  t.after(() => api.close())
  return api
}

async function failure(work: Promise<unknown>): Promise<Error & { code: string }> {
  const error = await work.then(
    () => assert.fail('should have failed'),
    (thrown) => thrown,
  )
  const shown = inspect(error, { depth: 9, showHidden: true })
  assert.ok(!shown.includes(TOKEN.slice(7)), 'the error contains the token')
  assert.ok(!shown.includes(SECRET_TEXT), 'the error contains the text')
  return error
}

const send = { chat_id: 7, text: SECRET_TEXT }

describe('telegram api', () => {
  test('sends JSON and returns the result', async (t) => {
    const stub = await startStub(t, (_, res) => ok(res, { message_id: 5 }))
    const message = await apiFor(t, stub.root).call('sendMessage', {
      chat_id: 7,
      text: 'hi',
      reply_markup: { inline_keyboard: [[{ text: 'a', callback_data: 'b' }]] },
    })
    assert.equal(message.message_id, 5)
    assert.equal(stub.requests[0]?.method, 'sendMessage')
    assert.deepEqual(JSON.parse(stub.requests[0]?.body ?? ''), {
      chat_id: 7,
      text: 'hi',
      reply_markup: { inline_keyboard: [[{ text: 'a', callback_data: 'b' }]] },
    })
  })

  test('keeps connections alive over several calls', async (t) => {
    const stub = await startStub(t, (_, res) => ok(res, true))
    const api = apiFor(t, stub.root)
    for (let i = 0; i < 9; i++) await api.call('sendChatAction', { chat_id: 1, action: 'typing' })
    // The pool may open a second one while it still notes that the first is free.
    assert.ok(new Set(stub.requests.map((r) => r.port)).size <= 2)
  })

  test('does not cut a long poll at the idle limit of a connection', async (t) => {
    const stub = await startStub(t, (_, res) => void setTimeout(() => ok(res, []), 120))
    const api = createTelegramApi({ token: TOKEN, apiRoot: stub.root, idleMs: 20 })
    t.after(() => api.close())
    assert.deepEqual(await api.call('getUpdates', {}), [])
  })

  test('keeps the path of the root', async (t) => {
    const stub = await startStub(t, (_, res) => ok(res, true))
    await apiFor(t, `${stub.root}/proxy`).call('deleteWebhook', {})
    assert.equal(stub.requests[0]?.url, `/proxy/bot${TOKEN}/deleteWebhook`)
  })

  test('uploads files with every object field intact', async (t) => {
    const stub = await startStub(t, (_, res) => ok(res, { message_id: 1 }))
    await apiFor(t, stub.root).call('sendPhoto', {
      chat_id: 7,
      photo: { source: Buffer.from('bytes'), filename: 'a"b\r\n.png' },
      reply_parameters: { message_id: 3 },
      reply_markup: { inline_keyboard: [] },
      caption: 'c',
    })
    const { fields, files } = await parseForm(stub.requests[0])
    assert.deepEqual(JSON.parse(fields.reply_parameters ?? ''), { message_id: 3 })
    assert.deepEqual(JSON.parse(fields.reply_markup ?? ''), { inline_keyboard: [] })
    assert.equal(fields.chat_id, '7')
    assert.deepEqual(files, { photo: { filename: 'a_b__.png', bytes: 'bytes' } })
  })

  test('uploads nested media and thumbnails by reference', async (t) => {
    const stub = await startStub(t, (_, res) => ok(res, []))
    const file = (text: string) => ({ source: Buffer.from(text), filename: `${text}.jpg` })
    const stream = { source: Readable.from([Buffer.from('vid'), Buffer.from('eo')]), filename: 'v' }
    await apiFor(t, stub.root).call('sendMediaGroup', {
      chat_id: 7,
      media: [
        { type: 'photo', media: file('one'), caption: 'c' },
        { type: 'video', media: stream, thumbnail: file('thumb') },
        { type: 'photo', media: 'file-id' },
      ],
    })
    const { fields, files } = await parseForm(stub.requests[0])
    assert.deepEqual(JSON.parse(fields.media ?? ''), [
      { type: 'photo', media: 'attach://file0', caption: 'c' },
      { type: 'video', media: 'attach://file1', thumbnail: 'attach://file2' },
      { type: 'photo', media: 'file-id' },
    ])
    assert.deepEqual(
      Object.values(files).map((f) => f.bytes),
      ['one', 'video', 'thumb'],
    )
  })

  test('says what Telegram answered, and who may try again', async (t) => {
    let answer: [number, string, object?] = [400, '']
    const stub = await startStub(t, (_, res) => refuse(res, ...answer))
    const api = apiFor(t, stub.root)
    const after = (...a: typeof answer) => {
      answer = a
      return failure(api.call('sendMessage', send))
    }
    const flooded = await after(429, 'Too Many Requests: retry after 60', { retry_after: 60 })
    assert.ok(flooded instanceof RetryableError)
    assert.deepEqual([flooded.code, flooded.retryAfterMs], ['telegram.flooded', 60_000])

    const expected: [number, string, string, unknown][] = [
      [403, 'Forbidden: bot was blocked by the user', 'telegram.blocked', TerminalError],
      [403, 'Forbidden: user is deactivated', 'telegram.blocked', TerminalError],
      [400, 'Bad Request: chat not found', 'telegram.blocked', TerminalError],
      [401, 'Unauthorized', 'telegram.unauthorized', RetryableError],
      [404, 'Not Found', 'telegram.unauthorized', RetryableError],
      [409, 'Conflict: terminated by other getUpdates', 'telegram.conflict', RetryableError],
      [400, 'Bad Request: message text is empty', 'telegram.refused', TerminalError],
      [500, 'Internal Server Error', 'telegram.unavailable', RetryableError],
      [504, 'Gateway Timeout', 'telegram.unknown', UnknownOutcomeError],
    ]
    for (const [status, description, code, kind] of expected) {
      const error = await after(status, description)
      assert.equal(error.code, code, description)
      assert.ok(error instanceof (kind as typeof Error), description)
      assert.ok(error.message.includes(description), error.message)
    }
  })

  test('names the refusals that callers must tell apart', async (t) => {
    let answer: [number, string, object?] = [400, '']
    const stub = await startStub(t, (_, res) => refuse(res, ...answer))
    const api = apiFor(t, stub.root)
    const after = (...a: typeof answer) => {
      answer = a
      return failure(api.call('sendMessage', send))
    }
    const same = await after(400, 'Bad Request: message is not modified: specified new message …')
    assert.ok(isNotModified(same) && !isMessageGone(same))
    assert.ok(isMessageGone(await after(400, 'Bad Request: message to edit not found')))
    assert.ok(isMessageGone(await after(400, "Bad Request: message can't be edited")))
    assert.ok(isQueryTooOld(await after(400, 'Bad Request: query is too old and response …')))
    const hook = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook"
    assert.ok(isWebhookActive(await after(409, hook)))
    const moved = await after(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
      migrate_to_chat_id: -100123,
    })
    assert.equal(migrateToChatId(moved), -100123)
    assert.equal(migrateToChatId(new Error('x')), undefined)
  })

  test('cuts what Telegram quotes from the request', async (t) => {
    const stub = await startStub(t, (_, res) =>
      refuse(res, 400, `Bad Request: can't parse entities: Unsupported start tag "${SECRET_TEXT}"`),
    )
    const error = await failure(apiFor(t, stub.root).call('sendMessage', send))
    assert.match(error.message, /can't parse entities: Unsupported start tag "…"/)
  })

  test('may repeat what never left: nobody listens', async (t) => {
    const server = net.createServer().listen(0)
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const api = apiFor(t, `http://127.0.0.1:${port}`)
    const error = await failure(api.call('sendMessage', send))
    assert.ok(error instanceof RetryableError)
    assert.match(error.message, /ECONNREFUSED/)
  })

  test('may repeat what never left: no such host, no TLS at the other end', async (t) => {
    const lookup = await failure(apiFor(t, 'http://nowhere.invalid').call('sendMessage', send))
    assert.deepEqual([lookup.name, lookup.code], ['RetryableError', 'telegram.unavailable'])
    const port = await listen(t, (socket) => socket.destroy())
    const tls = await failure(apiFor(t, `https://127.0.0.1:${port}`).call('sendMessage', send))
    assert.deepEqual([tls.name, tls.code], ['RetryableError', 'telegram.unavailable'])
  })

  test('may repeat what never left: no connection within the deadline', async (t) => {
    // Accepts TCP but never speaks TLS.
    const port = await listen(t, () => {})
    const apiRoot = `https://127.0.0.1:${port}`
    const api = createTelegramApi({ token: TOKEN, apiRoot, connectDeadlineMs: 50 })
    t.after(() => api.close())
    const error = await failure(api.call('sendMessage', send))
    assert.deepEqual([error.name, error.code], ['RetryableError', 'telegram.unavailable'])
    const caller = new AbortController()
    const calls = [
      apiFor(t, apiRoot, { timeoutMs: 50 }).call('sendMessage', send),
      apiFor(t, apiRoot).call('sendMessage', send, { signal: caller.signal }),
    ].map(failure)
    caller.abort()
    for (const { code } of await Promise.all(calls)) assert.equal(code, 'telegram.unavailable')
  })

  test('does not know the outcome of a reset, a silence or a foreign answer', async (t) => {
    const stub = await startStub(t, ({ body }, res) => {
      const { text } = JSON.parse(body)
      if (text === 'reset') res.socket?.destroy()
      if (text === 'html') reply(res, 200, '<html>gateway</html>')
      if (text === 'null') reply(res, 200, 'null')
      if (text === 'odd') reply(res, 200, '{"a":1}')
      if (text === 'endless') reply(res, 200, 'x'.repeat(5_000_000))
    })
    const api = apiFor(t, stub.root, { timeoutMs: 100 })
    for (const text of ['reset', 'silence', 'html', 'null', 'odd', 'endless']) {
      const error = await failure(api.call('sendMessage', { chat_id: 7, text }))
      assert.deepEqual([text, error.code], [text, 'telegram.unknown'])
      assert.ok(error instanceof UnknownOutcomeError)
    }
  })

  test('ends at once when the caller aborts, and sends nothing when aborted before', async (t) => {
    const stub = await startStub(t, () => {})
    const api = apiFor(t, stub.root)
    const controller = new AbortController()
    const call = failure(api.call('getUpdates', {}, { signal: controller.signal }))
    await waitFor(() => stub.requests.length > 0, { what: 'the request' })
    controller.abort()
    assert.equal((await call).code, 'telegram.unknown')
    const late = await failure(api.call('getUpdates', {}, { signal: controller.signal }))
    assert.equal(late.code, 'telegram.unavailable')
    assert.equal(stub.requests.length, 1)
  })

  test('frees the connection of a 5xx with a large body', async (t) => {
    const stub = await startStub(t, (_, res) => reply(res, 502, 'x'.repeat(300_000)))
    const api = apiFor(t, stub.root)
    for (let i = 0; i < 3; i++) await failure(api.call('sendMessage', send))
    const connections = () =>
      new Promise<number>((resolve) => stub.server.getConnections((_, n) => resolve(n)))
    await waitFor(async () => (await connections()) === 0, { what: 'the end of the connection' })
  })

  test('gives up an upload whose source fails, as nothing happened', async (t) => {
    const stub = await startStub(t, () => {})
    const source = Readable.from(
      (async function* () {
        yield Buffer.from('first')
        throw new Error('source broke')
      })(),
    )
    const photo = { source, filename: 'a.png' }
    const error = await failure(apiFor(t, stub.root).call('sendPhoto', { chat_id: 7, photo }))
    assert.ok(error instanceof RetryableError)
    assert.equal(error.code, 'media.unavailable')
  })

  test('never lets telegraf fetch an address by itself', async (t) => {
    let fetched = 0
    const trap = await startStub(t, (_, res) => {
      fetched++
      ok(res, true)
    })
    const stub = await startStub(t, (_, res) => ok(res, true))
    await apiFor(t, stub.root).call('answerWebAppQuery', {
      web_app_query_id: '1',
      result: {
        type: 'article',
        id: '1',
        title: 't',
        input_message_content: { message_text: 'x' },
        url: trap.root,
      },
    })
    assert.equal(fetched, 0)
    assert.match(stub.requests[0]?.type ?? '', /json/)
  })

  test('downloads a file, and stops at the cap', async (t) => {
    const stub = await startStub(t, ({ method }, res) => {
      if (method.endsWith('gone.jpg')) return reply(res, 404, 'no')
      res.writeHead(200)
      res.write('x'.repeat(60))
      res.end('y'.repeat(60))
    })
    const api = apiFor(t, stub.root)
    const { body } = await api.downloadFile('photos/a b.jpg')
    assert.equal((await textOf(body)).length, 120)
    assert.equal(stub.requests[0]?.url, `/file/bot${TOKEN}/photos/a%20b.jpg`)

    const capped = await api.downloadFile('big.jpg', { maxBytes: 100 })
    assert.equal((await failure(textOf(capped.body))).code, 'media.too-large')
    assert.equal((await failure(api.downloadFile('gone.jpg'))).code, 'media.unavailable')
    assert.equal((await failure(api.downloadFile('../x'))).code, 'media.unusable')
  })

  test('takes a file of a Bot API server on this machine from its disk, else over HTTP', async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'local-api-test-'))
    t.after(() => rm(folder, { recursive: true }))
    const stub = await startStub(t, (_, res) => void res.end('by HTTP'))
    const api = apiFor(t, stub.root)
    const file = path.join(folder, 'file_1.mp3')
    await writeFile(file, 'z'.repeat(100_000))

    const { body, size } = await api.downloadFile(file)
    assert.deepEqual([size, (await textOf(body)).length], [100_000, 100_000])
    assert.equal(
      (await failure(api.downloadFile(file, { maxBytes: 99_999 }))).code,
      'media.too-large',
    )
    assert.equal(stub.requests.length, 0)

    const elsewhere = await api.downloadFile(`/var/lib/bot-api/${TOKEN}/music/file 2.mp3`)
    assert.equal(await textOf(elsewhere.body), 'by HTTP')
    assert.equal(stub.requests[0]?.url, `/file/bot${TOKEN}/music/file%202.mp3`)
  })

  test('lets the public server name no file of this machine', () => {
    assert.equal(isOnDisk(new URL('https://api.telegram.org/'), '/etc/passwd'), false)
    assert.equal(isOnDisk(new URL('http://127.0.0.1:8081/'), '/var/lib/a'), true)
    assert.equal(isOnDisk(new URL('http://127.0.0.1:8081/'), 'music/a'), false)
  })
})

const textOf = async (body: AsyncIterable<Uint8Array>) => {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

async function listen(t: TestContext, onSocket: (socket: net.Socket) => void) {
  const server = net.createServer(onSocket)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

async function parseForm(request: { type: string; body: string } | undefined) {
  const fields: Record<string, string> = {}
  const files: Record<string, { filename: string; bytes: string }> = {}
  const form = busboy({ headers: { 'content-type': request?.type ?? '' } })
  form.on('field', (name, value) => {
    fields[name] = value
  })
  form.on('file', (name, stream, { filename }) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk) => chunks.push(chunk))
    stream.on('end', () => {
      files[name] = { filename: filename ?? '', bytes: Buffer.concat(chunks).toString() }
    })
  })
  await new Promise((resolve) => {
    form.on('close', resolve)
    form.end(request?.body)
  })
  return { fields, files }
}
