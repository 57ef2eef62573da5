import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, type TestContext, test } from 'node:test'
import Koa from 'koa'
import { type ChatRoutesOptions, createChatRoutes } from '../../../src/sandbox/chat/routes.ts'

const config = { botUsername: 'trt_bot', kieControlUrl: '', consoleUrl: null, botId: 1 }

async function listen(t: TestContext, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function serve(t: TestContext, options: Partial<ChatRoutesOptions> = {}): Promise<string> {
  const app = new Koa()
  app.use(createChatRoutes({ config, ...options }).routes())
  return listen(t, createServer(app.callback()))
}

describe('chat routes', () => {
  test('serve the page and every file it names, nothing inline, nothing from elsewhere', async (t) => {
    const url = await serve(t)
    const page = await (await fetch(url)).text()
    const named = [...page.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, name]) => String(name))
    const files = named.filter((name) => name !== './')
    assert.ok(files.length >= 5)
    for (const name of files) {
      assert.match(name, /^chat\/[\w.-]+$/)
      const response = await fetch(`${url}/${name}`)
      assert.equal(response.status, 200, name)
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
    }
    assert.doesNotMatch(page, /<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=/i)
  })

  test('forbid inline code, other origins and unchecked HTML', async (t) => {
    const policy = (await fetch(await serve(t))).headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'/)
    assert.match(policy, /script-src 'self'/)
    assert.match(policy, /require-trusted-types-for 'script'/)
    assert.doesNotMatch(policy, /unsafe|https?:|\*/)
  })

  test('let only their own console into a frame', async (t) => {
    const url = await serve(t, { config: { ...config, consoleUrl: '/console' } })
    const policy = (await fetch(url)).headers.get('content-security-policy') ?? ''
    assert.match(policy, /frame-src 'self'(;|$)/)
  })

  test('pass the console on to the bot, which hears the host that the browser asked', async (t) => {
    const bot = createServer((request, response) => {
      response.end(`${request.method} ${request.url} ${request.headers.host}`)
    })
    const botUrl = await listen(t, bot)
    const url = await serve(t, { config: { ...config, consoleUrl: '/console' }, botUrl })
    const { host } = new URL(url)
    for (const path of ['/console', '/console/api/live?actor=a:1', '/console/assets/x.js']) {
      assert.equal(await (await fetch(url + path)).text(), `GET ${path} ${host}`)
    }
    assert.equal((await fetch(`${url}/consoles`)).status, 404)
    assert.equal((await fetch(`${await serve(t, { botUrl })}/console`)).status, 404)
  })

  test('serve no other file', async (t) => {
    const url = await serve(t)
    for (const name of ['routes.ts', '..%2Froutes.ts', '..%2f..%2f..%2fpackage.json', 'none.js']) {
      assert.equal((await fetch(`${url}/chat/${name}`)).status, 404, name)
    }
  })

  test('tell the page its addresses and the commands of a language', async (t) => {
    const commands = async (language: string) => [{ command: 'start', description: language }]
    const url = await serve(t, { commands })
    assert.deepEqual(await (await fetch(`${url}/sandbox/config.json`)).json(), config)
    const answer = await (await fetch(`${url}/sandbox/commands?language=ru`)).json()
    assert.deepEqual(answer, [{ command: 'start', description: 'ru' }])
    assert.deepEqual(await (await fetch(`${await serve(t)}/sandbox/commands`)).json(), [])
  })

  test('pass orders on to the server they are for, body and answer unchanged', async (t) => {
    const echo = (name: string) =>
      createServer(async (request, response) => {
        const body = await text(request)
        const type = request.headers['content-type'] ?? 'none'
        response.writeHead(201, { 'content-type': 'text/plain', 'x-from': name })
        response.end(`${request.method} ${request.url} ${type} ${body}`)
      })
    const url = await serve(t, {
      config: { ...config, kieControlUrl: await listen(t, echo('kie')) },
      telegramUrl: await listen(t, echo('telegram')),
    })
    const sent = { method: 'POST', headers: { 'content-type': 'image/png' }, body: 'bytes' }
    const file = await fetch(`${url}/sandbox/chats/1/file?as=photo`, sent)
    assert.equal(file.status, 201)
    assert.equal(file.headers.get('x-from'), 'telegram')
    assert.equal(await file.text(), 'POST /sandbox/chats/1/file?as=photo image/png bytes')
    const faults = await fetch(`${url}/sandbox/kie/faults`, { method: 'DELETE' })
    assert.equal(faults.headers.get('x-from'), 'kie')
    assert.equal(await faults.text(), 'DELETE /sandbox/kie/faults none ')
  })

  test('answer 502 with a reason while a server is away', async (t) => {
    const url = await serve(t, { telegramUrl: 'http://127.0.0.1:1' })
    const response = await fetch(`${url}/sandbox/users`)
    assert.equal(response.status, 502)
    assert.match(await response.text(), /does not answer/)
  })
})
