import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { describe, type TestContext, test } from 'node:test'
import { createTelegramApi } from '../../../src/actors/telegram/api.ts'

/** A server that sees the request before its body has come. */
async function start(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
) {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const api = createTelegramApi({ token: '5:AAF-x', apiRoot: `http://127.0.0.1:${port}` })
  t.after(async () => {
    api.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return api
}

/** Never ends by itself; counts what was taken from it. */
function endless() {
  const taken = { bytes: 0, closed: false }
  const source = new Readable({
    read() {
      taken.bytes += 65_536
      this.push(Buffer.alloc(65_536))
    },
    destroy(error, done) {
      taken.closed = true
      done(error)
    },
  })
  return { taken, source }
}

describe('upload', () => {
  for (const body of [
    '{"ok":false,"error_code":413,"description":"Request Entity Too Large"}',
    '<html>',
  ])
    test(`takes a refusal that comes before its end: ${body.slice(0, 6)}`, async (t) => {
      const api = await start(t, (request, response) => {
        request.once('data', () => {
          request.pause()
          response.writeHead(413).end(body)
        })
      })
      const { taken, source } = endless()
      const call = api.call('sendDocument', { chat_id: 1, document: { source, filename: 'a' } })
      await assert.rejects(call, { code: 'telegram.refused' })
      assert.ok(taken.closed, 'the source is let go')
    })

  test('takes no more from the source than the network takes', async (t) => {
    const api = await start(t, (request) => request.pause())
    const { taken, source } = endless()
    const document = { source, filename: 'a' }
    const call = api.call('sendDocument', { chat_id: 1, document }, { timeoutMs: 300 })
    await assert.rejects(call, { code: 'telegram.unknown' })
    assert.ok(taken.bytes < 16 * 1024 * 1024, `${taken.bytes} bytes`)
    assert.ok(taken.closed)
  })

  test('does not know the outcome when the connection breaks', async (t) => {
    const api = await start(t, (request) => void request.once('data', () => request.destroy()))
    const { taken, source } = endless()
    const call = api.call('sendDocument', { chat_id: 1, document: { source, filename: 'a' } })
    await assert.rejects(call, { code: 'telegram.unknown' })
    assert.ok(taken.closed)
  })

  test('leaves the memory of its caller alone', async (t) => {
    const api = await start(t, (request, response) => {
      request.resume().on('end', () => response.end('{"ok":true,"result":{"message_id":1}}'))
    })
    const source = Buffer.alloc(100_000, 1)
    for (let i = 0; i < 2; i += 1)
      await api.call('sendDocument', { chat_id: 1, document: { source, filename: 'a' } })
    assert.equal(source.length, 100_000)
    assert.equal(source.at(-1), 1)
  })
})
