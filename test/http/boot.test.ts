import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import net from 'node:net'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { type BootOptions, startBootServer } from '../../src/http/boot.ts'
import { waitFor } from '../support/wait.ts'

const start = async (t: TestContext, options: Partial<BootOptions> = {}) => {
  const boot = await startBootServer({
    port: 0,
    host: '127.0.0.1',
    version: '1.2.3',
    instanceId: 'i-1',
    botMode: 'polling',
    ...options,
  })
  t.after(() => boot.close(0))
  const url = `http://127.0.0.1:${boot.port}`
  const get = async (route: string, init?: RequestInit) => {
    const answer = await fetch(`${url}${route}`, init)
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }
  const health = async () => JSON.parse((await get('/health')).text) as Record<string, unknown>
  return { boot, url, get, health }
}

/** Far less than the grace of the test, far more than it needs. */
const WITHIN = { timeout: 10_000 }

/** Resolves when the server has received that many requests. */
const received = (server: net.Server, count: number) =>
  new Promise<void>((resolve) => {
    let seen = 0
    server.on('request', () => {
      seen += 1
      if (seen === count) resolve()
    })
  })

describe('boot server', () => {
  test('waits for a port that the process before it still holds', async (t) => {
    const warnings: string[] = []
    const note = ({ message }: Error) => void warnings.push(message)
    process.on('warning', note)
    t.after(() => process.off('warning', note))
    const { boot: before } = await start(t)
    let tries = 0
    const pause = () => {
      tries += 1
      return new Promise<void>((resolve) => setImmediate(resolve))
    }
    const next = start(t, { port: before.port, patienceMs: 60_000, pause })
    await waitFor(() => tries > 20, { what: 'many tries' })
    await before.close(0)
    assert.equal((await next).boot.port, before.port)
    assert.deepEqual(warnings, [])
  })

  test('says in one sentence why the port can not be had', async (t) => {
    const { boot: before } = await start(t)
    await assert.rejects(start(t, { port: before.port, patienceMs: 0 }), {
      name: 'BindError',
      message: `Port ${before.port} is taken by another process: end that one, or set PORT to another.`,
    })
    // An address of nobody (RFC 5737).
    await assert.rejects(start(t, { host: '192.0.2.1' }), {
      name: 'BindError',
      message: 'HOST is wrong: this machine has no address 192.0.2.1.',
    })
  })

  test('answers /health before there is an app', async (t) => {
    const { health, get } = await start(t)
    const { ts, uptime, ...rest } = await health()
    assert.deepEqual(rest, {
      status: 'ok',
      version: '1.2.3',
      commit: null,
      mode: 'booting',
      active: false,
      bot_mode: 'polling',
      storage: 'postgres',
      storage_mode: 'unknown',
      kie_mode: 'real',
      lock_acquired: false,
      db_schema_ready: false,
      instance_id: 'i-1',
      problems: {},
      queue: {},
      workers: {},
    })
    assert.ok(Number(uptime) >= 0 && !Number.isNaN(Date.parse(String(ts))))
    const ready = await get('/ready')
    assert.deepEqual([ready.status, ready.headers.get('retry-after')], [503, '1'])
    assert.equal((await get('/health?x=1', { method: 'HEAD' })).text, '')
  })

  test('shows what it is told, and goes on when nobody can tell', async (t) => {
    const { boot, health } = await start(t)
    boot.setHealth({ mode: 'passive', schemaReady: true })
    assert.equal((await health()).mode, 'passive')
    boot.setHealth(() => ({ mode: 'active', active: true, queue: { effects: 5n } }))
    assert.deepEqual((await health()).queue, { effects: 5 })
    boot.setHealth(() => {
      throw new Error('broken')
    })
    const broken = await health()
    assert.deepEqual([broken.status, broken.mode], ['degraded', 'active'])
  })

  test('keeps requests for the app that comes, with their bodies', async (t) => {
    const { boot, get } = await start(t)
    const waiting = received(boot.server, 2)
    const answers = [1, 2].map((n) => get('/webhook/x', { method: 'POST', body: `update ${n}` }))
    await waiting
    boot.attach(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      response.writeHead(201).end(`app got ${Buffer.concat(chunks)}`)
    })
    const texts = (await Promise.all(answers)).map(({ status, text }) => `${status} ${text}`)
    assert.deepEqual(texts.sort(), ['201 app got update 1', '201 app got update 2'])
    assert.equal((await get('/ready')).status, 201)
    assert.equal((await get('/health')).status, 200)
  })

  test('tells a request to come again when the app takes too long', async (t) => {
    const { get, boot } = await start(t, { holdMs: 20 })
    const answer = await get('/webhook/x', { method: 'POST', body: '{}' })
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '1'])
    let called = 0
    boot.attach((_, response) => {
      called += 1
      response.end()
    })
    assert.equal(called, 0)
  })

  test('keeps only so many', async (t) => {
    const { boot, get } = await start(t, { maxHeld: 1 })
    const waiting = received(boot.server, 1)
    const first = get('/a')
    await waiting
    assert.equal((await get('/b')).status, 503)
    boot.attach((_, response) => void response.end('late'))
    assert.equal((await first).text, 'late')
  })

  test('forgets a client that went away', async (t) => {
    const { boot } = await start(t)
    const gone = new Promise<void>((resolve) =>
      boot.server.once('request', (_, response) => response.once('close', resolve)),
    )
    const socket = net.connect(boot.port, '127.0.0.1')
    const waiting = received(boot.server, 1)
    socket.write('GET /a HTTP/1.1\r\nHost: x\r\n\r\n')
    await waiting
    socket.destroy()
    await gone
    let called = 0
    boot.attach(() => {
      called += 1
    })
    assert.equal(called, 0)
  })

  test('closes: nothing new, running requests end, the held are sent away', WITHIN, async (t) => {
    const held = await start(t)
    const waiting = received(held.boot.server, 1)
    const answer = held.get('/a')
    await waiting
    await held.boot.close(60_000)
    assert.equal((await answer).status, 503)
    await assert.rejects(held.get('/health'))

    const { boot, get } = await start(t)
    const finish = Promise.withResolvers<void>()
    boot.attach(async (_, response) => {
      await finish.promise
      response.end('done')
    })
    const running = received(boot.server, 1)
    const last = get('/a')
    await running
    const closed = boot.close(60_000)
    finish.resolve()
    assert.equal((await last).text, 'done')
    await closed
  })

  test('cuts what does not end in time', async (t) => {
    const { boot, get } = await start(t)
    boot.attach(() => undefined)
    const running = received(boot.server, 1)
    const stuck = assert.rejects(get('/a'))
    await running
    await boot.close(10)
    await stuck
  })

  test('cuts off who sends too slowly, and nobody who is only idle', async (t) => {
    const { boot } = await start(t, { headersWithinMs: 100, requestWithinMs: 200 })
    const open = () => {
      const socket = net.connect(boot.port, '127.0.0.1')
      const said: string[] = []
      socket.setEncoding('utf8').on('data', (text: string) => said.push(text))
      return { socket, said, ended: new Promise((resolve) => socket.once('close', resolve)) }
    }
    const idle = open()
    idle.socket.write('GET /health HTTP/1.1\r\nHost: a\r\n\r\n')
    const slowHead = open()
    slowHead.socket.write('POST /webhook/a HTTP/1.1\r\nHost: a\r\nX-Slow: ')
    const slowBody = open()
    slowBody.socket.write('POST /webhook/a HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{')
    await Promise.all([slowHead.ended, slowBody.ended])
    assert.match(slowHead.said.join(''), /^HTTP\/1.1 408/)
    idle.socket.write('GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    await idle.ended
    assert.equal(idle.said.join('').match(/HTTP\/1.1 200/g)?.length, 2)
  })

  test('lets no browser render or embed what machines are answered', async (t) => {
    const { boot, get } = await start(t)
    boot.attach((_, response) => response.end('x'))
    for (const route of ['/health', '/webhook/a']) {
      const { headers } = await get(route)
      assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none'/, route)
      assert.equal(headers.get('x-content-type-options'), 'nosniff', route)
      assert.equal(headers.get('referrer-policy'), 'no-referrer', route)
    }
  })

  test('loads nothing but node:http', async () => {
    const file = path.resolve(import.meta.dirname, '../../src/http/boot.ts')
    const script = `
      import { registerHooks } from 'node:module'
      const seen = []
      registerHooks({ load(url, context, next) { seen.push(url); return next(url, context) } })
      await import(${JSON.stringify(file)})
      process.stdout.write(JSON.stringify(seen))`
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module',
      '-e',
      script,
    ])
    const loaded = (JSON.parse(stdout) as string[]).map((url) => path.basename(url))
    assert.deepEqual(loaded, ['boot.ts', 'node:http', 'health.ts'])
  })
})
