import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { startFakeKie } from '../sandbox/kie/server.ts'
import { startFakeTelegram } from '../sandbox/telegram/server.ts'
import { migrate } from '../store/migrate.ts'
import { createDraws } from './draws.ts'
import { createFleet } from './fleet.ts'
import { type FuzzReport, fuzz } from './fuzz.ts'
import { createPerson } from './person.ts'
import { startChaosPostgres } from './postgres.ts'
import { ADMIN_ID, BOT_ID } from './stage.ts'

export interface FuzzedReport extends FuzzReport {
  /** It is the same process, and it answers a person's /menu. */
  readonly isAlive: boolean
  /** Worst 99th percentile of the event loop's delay, as the bot itself measures it. */
  readonly event_loop_p99_ms: number
  readonly requests_per_second: number
}

export interface FuzzRunOptions {
  main: string
  requests: number
  seed: number
  /** A database that is there; undefined: a server of our own. */
  database?: { url: string }
}

const secret = () => randomBytes(24).toString('base64url')
const MENU_MS = 60_000
const LOOK_MS = 100

/** Starts a bot between its fakes, fuzzes it, and asks whether it still lives. */
export async function runFuzz({
  main,
  requests,
  seed,
  database,
}: FuzzRunOptions): Promise<FuzzedReport> {
  const undo: (() => Promise<unknown> | unknown)[] = []
  try {
    const postgres = database === undefined ? await startChaosPostgres() : undefined
    if (postgres !== undefined) undo.push(postgres.close)
    const url = database?.url ?? postgres?.url() ?? ''
    const pool = new pg.Pool({ connectionString: url, max: 2 })
    await migrate(pool).finally(() => pool.end())
    const token = `${BOT_ID}:${randomBytes(27).toString('base64url').slice(0, 35)}`
    const apiKey = secret()
    const telegram = await startFakeTelegram()
    undo.push(telegram.close)
    telegram.addBot({ token, id: BOT_ID, username: 'fuzzed_bot' })
    telegram.control.user(ADMIN_ID)
    const kie = await startFakeKie({ apiKey })
    undo.push(kie.close)
    await mkdir('.data', { recursive: true })
    const dir = await mkdtemp(path.resolve('.data/fuzz-logs-'))
    const env = {
      ...{ TELEGRAM_BOT_TOKEN: token, KIE_API_KEY: apiKey, ADMIN_ID: String(ADMIN_ID) },
      ...{ BOT_MODE: 'webhook', HOST: '127.0.0.1', TEST_MODE: '1' },
      ...{ TELEGRAM_API_ROOT: telegram.url, KIE_API_BASE: kie.url, KIE_UPLOAD_BASE: kie.url },
      ...{ WEBHOOK_SECRET_PATH: secret(), WEBHOOK_SECRET_TOKEN: secret() },
      ...{ KIE_CALLBACK_TOKEN: secret(), CONSOLE_TOKEN: secret(), LOG_LEVEL: 'error' },
    }
    let deaths = 0
    const fleet = await createFleet({
      ...{ count: 1, main, databaseUrl: url, env, dir },
      onDeath: () => {
        deaths += 1
      },
    })
    undo.push(fleet.close)
    const [slot] = fleet.slots
    if (slot === undefined) throw new Error('no place for an instance')
    Object.assign(env, { WEBHOOK_BASE_URL: slot.url })
    await fleet.start(slot)
    if (!(await fleet.ready(slot, 120_000))) throw new Error('the bot never got ready')

    const began = Date.now()
    const report = await fuzz({
      ...{ url: slot.url, requests, seed },
      known: {
        webhookPath: env.WEBHOOK_SECRET_PATH,
        webhookToken: env.WEBHOOK_SECRET_TOKEN,
        callbackToken: env.KIE_CALLBACK_TOKEN,
        callbackPath: 'callbacks/kie',
      },
    })
    const seconds = (Date.now() - began) / 1_000
    const person = createPerson({
      ...{ telegram, id: 77_000, draws: createDraws(seed, 'person'), pictures: [] },
      pauses: [0, 0],
    })
    const isThere = person.askForMenu()
    for (const end = Date.now() + MENU_MS; !isThere() && Date.now() < end; ) await sleep(LOOK_MS)
    const isAnswered = isThere()
    const metrics = await fetch(`${slot.url}/metrics`).then((answer) => answer.text())
    const lag = Number(/^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(metrics)?.[1] ?? 0)
    const isAlive = isAnswered && deaths === 0 && fleet.isUp(slot)
    if (isAlive && report.failure === undefined) {
      undo.unshift(() => rm(dir, { recursive: true, force: true }))
    }
    return {
      ...report,
      isAlive,
      event_loop_p99_ms: Math.round(lag * 10_000) / 10,
      requests_per_second: Math.round(report.requests / seconds),
    }
  } finally {
    for (const step of undo.reverse()) await Promise.resolve(step()).catch(() => {})
  }
}
