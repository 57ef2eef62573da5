import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { describe, type TestContext, test } from 'node:test'
import pg from 'pg'

const MAIN = path.join(import.meta.dirname, 'main.ts')

/** A database of its own on the server that the tests run on. */
async function createDatabase(t: TestContext): Promise<string> {
  const server = process.env.TRT_TEST_SERVER as string
  const name = `trt_test_${Date.now().toString(36)}_${randomUUID().slice(0, 8)}`
  const admin = new pg.Client(server)
  await admin.connect()
  await admin.query(`create database ${name}`)
  t.after(async () => {
    await admin.query(`drop database ${name} with (force)`)
    await admin.end()
  })
  return Object.assign(new URL(server), { pathname: `/${name}` }).href
}

interface Message {
  key: string
  text: string
}

/** Takes messages; `next` resolves when another one has come, `answer` decides about each. */
async function startInbox(t: TestContext) {
  const inbox = {
    messages: [] as Message[],
    answers: true,
    arrived: Promise.withResolvers<Message>(),
  }
  const server = createServer(async (request, response) => {
    const message = JSON.parse(String(await new Response(request as never).text())) as Message
    inbox.messages.push(message)
    inbox.arrived.resolve(message)
    inbox.arrived = Promise.withResolvers()
    if (inbox.answers) response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close().closeAllConnections())
  const { port } = server.address() as AddressInfo
  return Object.assign(inbox, { url: `http://127.0.0.1:${port}/` })
}

/** A process of the example; resolves when it works. */
async function start(t: TestContext, env: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  for await (const line of createInterface(child.stdout)) if (line === 'working') return child
  throw new Error('the example ended by itself')
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** The reminder's row, when it has ended. */
async function endOf(url: string): Promise<string> {
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query(`select state from actors where id = 'reminder:plants'`)
  await client.end()
  return rows[0]?.state
}

describe('a reminder', () => {
  test('fires when its time has come', async (t) => {
    const url = await createDatabase(t)
    const inbox = await startInbox(t)
    const { promise } = inbox.arrived
    const env = { DATABASE_URL: url, REMINDER_URL: inbox.url }
    const child = await start(t, env, 'plants', '200', 'Water', 'the plants')
    assert.equal((await promise).text, 'Water the plants')
    assert.equal(await endOf(url), 'fired')
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')
    assert.deepEqual([code, inbox.messages.length], [0, 1])
  })

  test('fires once when its process is killed while it waits, and started again', async (t) => {
    const url = await createDatabase(t)
    const inbox = await startInbox(t)
    const { promise } = inbox.arrived
    const env = { DATABASE_URL: url, REMINDER_URL: inbox.url }
    await kill(await start(t, env, 'plants', '2000', 'Water them'))
    assert.deepEqual([await endOf(url), inbox.messages], ['waiting', []])
    const again = await start(t, env)
    assert.equal((await promise).text, 'Water them')
    // Finishes what is in hand: whatever would come a second time has come by then.
    again.kill('SIGTERM')
    await once(again, 'exit')
    assert.deepEqual([await endOf(url), inbox.messages.length], ['fired', 1])
  })

  test('is the same message when its process is killed while it sends', async (t) => {
    const url = await createDatabase(t)
    const inbox = await startInbox(t)
    const first = inbox.arrived.promise
    const env = { DATABASE_URL: url, REMINDER_URL: inbox.url }
    inbox.answers = false
    const child = await start(t, env, 'plants', '1', 'Water them')
    const { key } = await first
    await kill(child)
    inbox.answers = true
    const second = inbox.arrived.promise
    const again = await start(t, env)
    assert.equal((await second).key, key)
    again.kill('SIGTERM')
    await once(again, 'exit')
    assert.equal(inbox.messages.length, 2)
  })
})
