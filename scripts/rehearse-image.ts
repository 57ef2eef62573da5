/**
 * `npm run rehearse`: the steps of the Dockerfile without Docker. Builds, copies what the image holds
 * into a clean folder that nobody may write to, starts it there as an unprivileged user against the
 * stand-ins and a PostgreSQL of its own, orders a picture, and ends it with SIGTERM. Exit 1 when a
 * promise is not kept. `-- --node PATH` takes another Node than this one, `--npm` starts by `npm start` as
 * hosts without images do, still without any package.
 */

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, chownSync, cpSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createChatUser } from '../src/e2e/chat.ts'
import { samplePicture } from '../src/e2e/picture.ts'
import { confirm, isResult, waitForEnd, walkToPreview } from '../src/e2e/walk.ts'
import { type Model, modelById } from '../src/machines/catalogue/catalogue.ts'
import { freePort } from '../src/sandbox/free-port.ts'
import { startFakeKie } from '../src/sandbox/kie/server.ts'
import { startFakeTelegram } from '../src/sandbox/telegram/server.ts'
import { withFreshDatabase } from '../src/world/database.ts'
import { buildWhenStale } from './build.ts'

const root = path.resolve(import.meta.dirname, '..')
const NOBODY = 65_534
const LIMIT_MS = 30_000
/** On a quiet machine; a busy one is told apart by how long an empty Node takes. */
const PORT_LIMIT_MS = 500

const { values } = parseArgs({
  options: {
    node: { type: 'string', default: process.execPath },
    npm: { type: 'boolean', default: false },
  },
})
const { node, npm } = values

const say = (line: string) => console.log(line)

await buildWhenStale()
const image = mkdtempSync(path.join(tmpdir(), 'trt-image-'))
chmodSync(image, 0o755)
const scratch = path.join(image, 'tmp')
const app = path.join(image, 'app')
const privileged = process.getuid?.() === 0

try {
  await mkdir(scratch)
  if (privileged) chownSync(scratch, NOBODY, NOBODY)
  cpSync(path.join(root, 'dist'), path.join(app, 'dist'), { recursive: true })
  for (const file of ['package.json', 'LICENSE', ...(npm ? ['scripts/run.mjs'] : [])])
    cpSync(path.join(root, file), path.join(app, file))
  for (const entry of ['.', ...globSync('**', { cwd: app })]) {
    const isFolder = !entry.includes('.') || entry === '.'
    chmodSync(path.join(app, entry), isFolder ? 0o555 : 0o444)
  }
  say(`tree: ${app}, read-only, ${privileged ? `as user ${NOBODY}` : 'as this user'}`)
  await withFreshDatabase({}, ({ url }) => rehearse(url))
} finally {
  if (privileged || process.platform === 'linux') {
    for (const entry of globSync('**', { cwd: image })) chmodSync(path.join(image, entry), 0o755)
  }
  rmSync(image, { recursive: true, force: true })
}

async function rehearse(databaseUrl: string): Promise<void> {
  const token = `700000001:${randomBytes(27).toString('base64url').slice(0, 35)}`
  const apiKey = randomBytes(16).toString('hex')
  const telegram = await startFakeTelegram()
  telegram.addBot({ token, username: 'rehearsal_bot' })
  const kie = await startFakeKie({ apiKey, timing: { queueMs: 20, generateMs: 200 } })
  const port = await freePort()
  const bare = await timeToRun(['-e', '0'])
  const began = performance.now()
  const [program, args] = npm ? ['npm', ['start']] : [node, ['dist/main.js']]
  const child = spawn(program, args, {
    cwd: app,
    ...(privileged && { uid: NOBODY, gid: NOBODY }),
    env: {
      ...{ PATH: `${path.dirname(node)}:/usr/bin:/bin`, HOME: scratch, TMPDIR: scratch },
      ...{ NODE_ENV: 'production', TEST_MODE: '1' },
      ...{ TELEGRAM_BOT_TOKEN: token, KIE_API_KEY: apiKey, ADMIN_ID: '1000' },
      ...{ BOT_MODE: 'webhook', WEBHOOK_BASE_URL: `http://127.0.0.1:${port}` },
      ...{ DATABASE_URL: databaseUrl, PORT: String(port), HOST: '127.0.0.1' },
      ...{ TELEGRAM_API_ROOT: telegram.url, KIE_API_BASE: kie.url, KIE_UPLOAD_BASE: kie.url },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text
    })
  }
  const exited = once(child, 'exit')
  try {
    const health = await until(() => answerOf(`http://127.0.0.1:${port}/health`))
    const portMs = performance.now() - began
    // npm itself takes several times as long as an empty Node, twice: before the start and for it.
    const allowed = Math.max(PORT_LIMIT_MS, bare * (npm ? 60 : 10))
    promise(
      `port after ${portMs.toFixed(0)} ms (an empty Node takes ${bare.toFixed(0)} ms): version ${health.version}`,
      portMs < allowed,
    )
    await until(async () => (await answerOf(`http://127.0.0.1:${port}/health`))?.active === true)
    promise(`active after ${(performance.now() - began).toFixed(0)} ms`, true)
    await until(() => telegram.control.calls.some(({ method }) => method === 'setWebhook'))
    const visitor = createChatUser(telegram.control, 2_001)
    const asked = performance.now()
    visitor.start()
    await visitor.screen('')
    promise(`/start answered in ${(performance.now() - asked).toFixed(0)} ms`, true)
    // Somebody else: the way begins with /start, and a tap on an earlier menu would lead nowhere.
    const user = createChatUser(telegram.control, 2_002)
    await walkToPreview(user, modelById('z-image') as Model, {
      ...{ prompt: 'a cat', picture: samplePicture(), choice: 0 },
    })
    const confirmed = performance.now()
    await confirm(user)
    await waitForEnd(user, Date.now() + LIMIT_MS, Date.now)
    const delivered = user.messages().some(isResult)
    promise(`picture in the chat after ${(performance.now() - confirmed).toFixed(0)} ms`, delivered)
    const stopping = performance.now()
    child.kill('SIGTERM')
    const [code] = await exited
    const ms = performance.now() - stopping
    promise(`SIGTERM: exit ${code} after ${ms.toFixed(0)} ms`, code === 0 && ms < 10_000)
  } catch (error) {
    promise(`${error}`, false)
    say(log.split('\n').slice(-20).join('\n'))
  } finally {
    if (child.exitCode === null) child.kill('SIGKILL')
    await telegram.close()
    await kie.close()
  }
}

function promise(line: string, kept: boolean): void {
  say(`${kept ? '✅' : '❌'} ${line}`)
  if (!kept) process.exitCode = 1
}

async function answerOf(url: string): Promise<{ version: string; active: boolean } | undefined> {
  const response = await fetch(url).catch(() => undefined)
  return response?.ok
    ? ((await response.json()) as { version: string; active: boolean })
    : undefined
}

async function until<T>(look: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (const deadline = Date.now() + LIMIT_MS; Date.now() < deadline; ) {
    const seen = await look()
    if (seen) return seen
    await delay(5)
  }
  throw new Error('not in time')
}

async function timeToRun(args: string[]): Promise<number> {
  const began = performance.now()
  await once(spawn(node, args, { stdio: 'ignore' }), 'exit')
  return performance.now() - began
}
