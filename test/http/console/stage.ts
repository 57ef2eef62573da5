import type { TestContext } from 'node:test'
import type Router from '@koa/router'
import type { EventObject } from 'xstate'
import { hydrate } from '../../../src/actors/engine/live-actor.ts'
import { createRuntime, type Runtime } from '../../../src/actors/engine/runtime.ts'
import { stepRules } from '../../../src/actors/step-rules.ts'
import { parseConfig } from '../../../src/config/config.ts'
import type { SandboxTools } from '../../../src/http/console/console-deps.ts'
import type { Session } from '../../../src/http/console/contract.ts'
import { createLogRing, type LogRing } from '../../../src/log/ring.ts'
import { callbackData } from '../../../src/machines/conversation/buttons.ts'
import { drawScreen } from '../../../src/machines/conversation/screens/draw.ts'
import type { View } from '../../../src/machines/conversation/screens/screen.ts'
import { createDefinitions } from '../../../src/machines/definitions.ts'
import { createRegistry, type Registry } from '../../../src/machines/engine/registry.ts'
import type { JobInput } from '../../../src/machines/job/context.ts'
import { wireConsole } from '../../../src/service/console.ts'
import { createEngineReports } from '../../../src/service/engine-reports.ts'
import { createWriters } from '../../../src/store/database.ts'
import { createDb, type Db } from '../../../src/store/db.ts'
import { loadActor, type StoredActor } from '../../../src/store/engine/actors.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { topUp } from '../../support/shopper.ts'
import { serve } from '../serve.ts'

export const TOKEN = 'a-token-of-the-console-for-tests'
export const BOT = 700
export const VIEW: View = { rates: { usdRubRate: 78.57, markup: 2 }, support: null }

export interface Stage extends TestDatabase {
  db: Db
  registry: Registry
  runtime: Runtime
  url: string
  logged: Record<string, unknown>[]
  logs: LogRing
  close(): void
  /** A step of a chat's dialogue. */
  say(chat: number, event: EventObject): Promise<void>
  /** A tap on the button of a chat's screen that stands for such an event. */
  tap(chat: number, type: string): Promise<void>
  /** A job with a hold, led through these events. */
  job(id: string, events: readonly EventObject[], more?: Partial<JobInput>): Promise<string>
  /** Somebody who is not logged in. */
  stranger: Browser
  /** Logs in; by the name of the operator. */
  operator(who?: string): Promise<Browser>
}

export interface Browser {
  cookie: string
  get<T = unknown>(path: string, headers?: Record<string, string>): Promise<Answer<T>>
  post<T = unknown>(
    path: string,
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>>
}

export interface Answer<T> {
  status: number
  headers: Headers
  body: T
}

export interface StageOptions {
  env?: Record<string, string>
  sandbox?: SandboxTools
  now?: () => number
  /** Another instance's, to be a second one beside it. */
  database?: TestDatabase
  /** Served behind the console, as the bot's other routes are. */
  others?: readonly Router[]
}

const ENV = {
  TELEGRAM_BOT_TOKEN: `${BOT}:AAtoken-of-a-bot-that-is-not-there`,
  KIE_API_KEY: 'key',
  ADMIN_ID: '1',
  BOT_MODE: 'polling',
  DATABASE_URL: 'postgresql://nobody@localhost/none',
  CONSOLE_TOKEN: TOKEN,
}

/** Where the process of the stage is said to be. */
export const LIFECYCLE = 'process.active,database.answering,leadership.leader,intake.polling'

let serial = 0

/** The console over HTTP, with a runtime and a database of its own; effects stay in the queue. */
export async function createStage(t: TestContext, options: StageOptions = {}): Promise<Stage> {
  const { now = Date.now } = options
  const { pool, url: databaseUrl } = options.database ?? (await createDatabase(t))
  const database = { pool, url: databaseUrl }
  const db = createDb(database.pool)
  const writers = createWriters(database.url)
  t.after(() => writers.end())
  const registry = createRegistry(createDefinitions(VIEW))
  const { config } = parseConfig({ ...ENV, ...options.env })
  const logged: Record<string, unknown>[] = []
  const note = (facts: unknown) => void logged.push(facts as Record<string, unknown>)
  const logs = createLogRing(now)
  const reports = createEngineReports()
  const runtime = createRuntime({
    rules: stepRules,
    ...{ registry, db, writers, now },
    onCommit: (actor, steps, before) => reports.emit('commit', actor, steps, before),
    onStep: (batch) => reports.emit('step', batch),
  })
  const watch = wireConsole({
    ...{ config, db, registry, runtime, reports, now, logs },
    view: VIEW,
    log: { info: note, warn: note, error: note } as never,
    setup: { pageDir: '/nowhere', chartsDir: '/nowhere', sandbox: options.sandbox ?? null },
    health: () => ({
      ...{ status: 'ok', mode: 'active', active: true, lockAcquired: true, schemaReady: true },
      ...{ version: '1', instanceId: 'test', botMode: 'polling', storageMode: 'embedded' },
      ...{ kieMode: 'mock', startedAt: now(), queue: {}, workers: {} },
      ...{ problems: {}, blocked: false },
    }),
    lifecycleState: () => LIFECYCLE,
    audit: () => ({ discrepancyKopecks: 0, auditedAt: 1 }),
  })
  t.after(() => watch?.close())
  const { url } = await serve(
    t,
    ...(watch === undefined ? [] : [watch.router]),
    ...(options.others ?? []),
  )
  const stranger = createBrowser(url, '')
  const say: Stage['say'] = async (chat, event) => {
    serial += 1
    await runtime.send({ actor: `conversation:${BOT}:${chat}`, key: `tg:${serial}`, event })
  }
  return {
    ...database,
    ...{ db, registry, runtime, url, logged, logs, stranger, say },
    close: () => watch?.close(),
    async tap(chat, type) {
      const actor = `conversation:${BOT}:${chat}`
      const row = (await loadActor(db, actor)) as StoredActor
      const live = hydrate(registry.of(actor), row)
      const screen = live && drawScreen(live.snapshot, VIEW)
      const button = screen?.keyboard.flat().find((b) => 'event' in b && b.event.type === type)
      if (!screen || !button || !('event' in button)) throw new Error(`no button for ${type}`)
      const data = callbackData(screen, button.event)
      await say(chat, { type: 'button.tapped', data, queryId: '1' } as never)
    },
    async job(id, events, more = {}) {
      const actor = `job:${id}`
      const input = jobInput(id, more)
      await topUp(database.pool, input.userId, input.priceKopecks + serial++)
      await runtime.send({ actor, key: 'begun', event: { type: 'actor.begun' }, input })
      for (const [i, event] of events.entries()) {
        // The provider gives a number to one task only.
        const own = JSON.parse(JSON.stringify(event).replaceAll('task-1', `task-${id}`))
        await runtime.send({ actor, key: `${event.type}:${i}`, event: own })
      }
      return actor
    },
    async operator(who = 'ann') {
      const { headers, status } = await stranger.post('/login', { token: TOKEN, who })
      if (status !== 200) throw new Error(`login: ${status}`)
      return createBrowser(url, headers.get('set-cookie')?.split(';')[0] ?? '')
    },
  }
}

function createBrowser(url: string, cookie: string): Browser {
  async function ask<T>(path: string, init: RequestInit): Promise<Answer<T>> {
    const address = path.startsWith('/console') ? `${url}${path}` : `${url}/console/api${path}`
    const answer = await fetch(address, {
      ...init,
      headers: { ...(cookie ? { cookie } : {}), ...(init.headers as object) },
    })
    const text = await answer.text()
    const isJson = answer.headers.get('content-type')?.includes('json') ?? false
    const body = (isJson ? JSON.parse(text) : text) as T
    return { status: answer.status, headers: answer.headers, body }
  }
  return {
    cookie,
    get: (path, headers = {}) => ask(path, { headers }),
    post: (path, body, headers = {}) =>
      ask(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { origin: url, 'x-console': '1', 'content-type': 'application/json', ...headers },
      }),
  }
}

/** What a job of chat 10 begins with; it costs 314 kopecks. */
const jobInput = (id: string, more: Partial<JobInput>): JobInput => ({
  ...{ id, userId: 10, chatId: 10, conversation: `conversation:${BOT}:10`, language: 'ru' },
  ...{ modelId: 'google/imagen4-fast', output: 'image', mediaFields: [], at: 1 },
  ...{ answers: { prompt: SECRET }, priceKopecks: 314, credits: 4, callbacks: true },
  ...more,
})

/** What a user wrote; nobody may see it by chance. */
export const SECRET = 'a very private wish'

const report = (phase: 'succeeded' | 'failed', more: object = {}) => ({
  type: 'task.reported',
  report: {
    ...{ taskId: 'task-1', phase, stage: null, failCode: null, failMessage: null, text: null },
    ...{ urls: ['https://files.example/private.png'], creditsConsumed: 4, ...more },
  },
})

/** Ways through a job. */
export const CREATED: EventObject[] = [
  { type: 'create.claimed', attempt: 1 } as EventObject,
  { type: 'create.accepted', taskId: 'task-1' } as EventObject,
]
export const DELIVERED: EventObject[] = [
  ...CREATED,
  report('succeeded') as EventObject,
  { type: 'result.delivered' },
]
export const FAILED: EventObject[] = [...CREATED, report('failed') as EventObject]

/** The session as the page gets it. */
export const sessionOf = async (browser: Browser): Promise<Session> =>
  (await browser.get<Session>('/session')).body
