import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, describe, type TestContext, test } from 'node:test'
import pg from 'pg'
import { isAlive, readPostmaster } from '../../../src/sandbox/postgres/process.ts'
import { type PostgresServer, startPostgres } from '../../../src/sandbox/postgres/server.ts'

const moduleUrl = new URL('../../../src/sandbox/postgres/server.ts', import.meta.url).href

const made: string[] = []

/** A directory without a cluster; mkdtemp gives mode 0700. */
async function newDirectory(mode = 0o700): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'trt-postgres-'))
  await chmod(dir, mode)
  made.push(dir)
  return dir
}

/** One for each mode: making a cluster costs more than all that is done with it. */
const shared = new Map<number, Promise<string>>()

/**
 * A directory that may have a cluster already, whose server does not run. With mode 0700 it is, as
 * root, like a project below a closed home.
 */
async function directory(t: TestContext, mode = 0o700, isNew = false): Promise<string> {
  const found = isNew ? newDirectory(mode) : (shared.get(mode) ?? newDirectory(mode))
  if (!isNew) shared.set(mode, found)
  const servers: PostgresServer[] = []
  running.set(t, servers)
  t.after(async () => {
    for (const server of servers) await server.stop()
  })
  return found
}

after(async () => {
  for (const dir of made) {
    const home = await realpath(path.join(dir, 'postgres-18')).catch(() => dir)
    await rm(home, { recursive: true, force: true })
    await rm(dir, { recursive: true, force: true })
  }
})

const running = new WeakMap<TestContext, PostgresServer[]>()

/** `directory` stops it after the test. */
async function start(t: TestContext, dir: string, patienceMs = 15_000): Promise<PostgresServer> {
  const server = await startPostgres({ dir, patienceMs })
  running.get(t)?.push(server)
  return server
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

/** Starts the server in another process, which then waits to be killed. */
async function startElsewhere(t: TestContext, dir: string) {
  const code = `import { startPostgres } from '${moduleUrl}'
    const { url, reused } = await startPostgres({ dir: ${JSON.stringify(dir)} })
    process.send({ url, reused })
    setInterval(() => {}, 1000)`
  const stdio: ['ignore', 'inherit', 'inherit', 'ipc'] = ['ignore', 'inherit', 'inherit', 'ipc']
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio })
  t.after(() => child.kill('SIGKILL'))
  const [server] = (await once(child, 'message')) as [{ url: string; reused: boolean }]
  const kill = async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return { kill, server }
}

async function pidOf(dir: string): Promise<number> {
  const home = await realpath(path.join(dir, 'postgres-18'))
  const postmaster = await readPostmaster(path.join(home, 'data'))
  assert.ok(postmaster)
  return postmaster.pid
}

describe('embedded PostgreSQL', () => {
  test('is durable, in UTF-8, and listens on the loopback only', async (t) => {
    const { url, reused } = await start(t, await directory(t))
    assert.equal(reused, false)
    const setting = async (name: string) => (await query(url, `show ${name}`))[0]
    assert.equal(await setting('fsync'), 'on')
    assert.equal(await setting('synchronous_commit'), 'on')
    assert.equal(await setting('server_encoding'), 'UTF8')
    assert.equal(await setting('listen_addresses'), '127.0.0.1')
    assert.equal(await setting('max_connections'), '200')
    assert.deepEqual(await query(url, `select lower('ПРИВЕТ')`), ['привет'])
  })

  test('refuses a wrong password', async (t) => {
    const { url } = await start(t, await directory(t))
    const wrong = new URL(url)
    wrong.password = 'guess'
    await assert.rejects(query(wrong.href, 'select 1'), { code: '28P01' })
  })

  test('keeps its data and its URL over a stop', async (t) => {
    const dir = await directory(t, 0o755)
    const first = await start(t, dir)
    await query(first.url, 'create table kept as select 7 as n')
    const pid = await pidOf(dir)
    await first.stop()
    assert.equal(isAlive(pid), false)
    const second = await start(t, dir)
    assert.equal(second.url, first.url)
    assert.deepEqual(await query(second.url, 'select n from kept'), [7])
  })

  test('is shared, and stopped by the last user only', async (t) => {
    const dir = await directory(t)
    const first = await start(t, dir)
    const second = await start(t, dir)
    assert.equal(second.reused, true)
    await first.stop()
    assert.deepEqual(await query(second.url, 'select 1'), [1])
    const pid = await pidOf(dir)
    await second.stop()
    assert.equal(isAlive(pid), false)
  })

  test('gives one server to processes that start at the same moment', async (t) => {
    const dir = await directory(t, 0o700, true)
    const [a, b] = await Promise.all([startElsewhere(t, dir), startElsewhere(t, dir)])
    assert.equal(a.server.url, b.server.url)
    const mine = await start(t, dir)
    assert.equal(mine.url, a.server.url)
    await Promise.all([a.kill(), b.kill()])
  })

  test('outlives its killed parent and is stopped by the one who finds it', async (t) => {
    const dir = await directory(t)
    const { kill, server } = await startElsewhere(t, dir)
    await kill()
    const pid = await pidOf(dir)
    const found = await start(t, dir)
    assert.deepEqual([found.reused, found.url], [true, server.url])
    await found.stop()
    assert.equal(isAlive(pid), false)
  })

  test('starts again after kill -9, even when its pid file names a living stranger', async (t) => {
    const dir = await directory(t)
    const first = await start(t, dir)
    await query(first.url, 'create table kept as select 7 as n')
    const home = await realpath(path.join(dir, 'postgres-18'))
    const file = path.join(home, 'data/postmaster.pid')
    const lines = (await readFile(file, 'utf8')).split('\n')
    process.kill(await pidOf(dir), 'SIGKILL')
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    t.after(() => stranger.kill('SIGKILL'))
    await writeFile(file, [stranger.pid, ...lines.slice(1)].join('\n'))
    const second = await start(t, dir)
    assert.equal(second.reused, false)
    assert.deepEqual(await query(second.url, 'select n from kept'), [7])
    assert.equal(stranger.exitCode, null)
  })

  test('replaces a server that hangs', async (t) => {
    const dir = await directory(t)
    const { kill } = await startElsewhere(t, dir)
    await kill()
    const hung = await pidOf(dir)
    process.kill(hung, 'SIGSTOP')
    const server = await start(t, dir, 300)
    assert.equal(server.reused, false)
    assert.notEqual(await pidOf(dir), hung)
  })

  test('takes another port when its own is taken', async (t) => {
    const dir = await directory(t)
    const first = await start(t, dir)
    await first.stop()
    const taker = createServer().listen(Number(new URL(first.url).port), '127.0.0.1')
    await once(taker, 'listening')
    t.after(() => taker.close())
    const second = await start(t, dir)
    assert.notEqual(second.url, first.url)
    assert.deepEqual(await query(second.url, 'select 1'), [1])
  })

  test('says what is wrong when it cannot start', async (t) => {
    const dir = await directory(t, 0o755)
    await (await start(t, dir)).stop()
    await rm(path.join(dir, 'postgres-18/data/global'), { recursive: true })
    await assert.rejects(start(t, dir), /database\.unavailable|could not open|does not start/)
  })
})
