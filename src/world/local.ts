import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import type { Logger } from 'pino'
import { createTelegramApi } from '../actors/telegram/api.ts'
import { ACTION_NAMES } from '../config/action-names.ts'
import { type Config, parseConfig, secretsOf } from '../config/config.ts'
import { ConfigError, reasonOf, TrtError } from '../errors.ts'
import { startBootServer } from '../http/boot.ts'
import { createLogger } from '../log/logger.ts'
import { createLogRing } from '../log/ring.ts'
import { PLAY_TIMING } from '../sandbox/kie/engine.ts'
import { type FakeKie, startFakeKie } from '../sandbox/kie/server.ts'
import { startPostgres } from '../sandbox/postgres/server.ts'
import { startService } from '../service/start-service.ts'

export interface LocalOptions {
  env: Readonly<Record<string, string | undefined>>
  /** What is kept between starts. */
  dataDir: string
  /** Removes a webhook that leads elsewhere. */
  takeOver?: boolean
  /** Where the console's page was built; without it there is none. */
  consoleDir?: string
  log?: Logger
  /** Of another server than the embedded one, for tests. */
  openServer?: () => Promise<{ url: string; stop(): Promise<void> }>
}

export interface Local {
  botId: number
  username: string
  url: string
  /** The provider's stand-in; null: the real one, which costs. */
  kie: FakeKie | null
  consoleToken: string
  /** The ids of the admins; who is added is one at once. */
  adminIds: number[]
  databaseUrl: string
  stop(): Promise<void>
}

const CALL_LIMIT_MS = 15_000
const HINT = 'Everything offline, without a token: npm run sandbox'

/**
 * The bot on this machine, by long polling: the real Telegram, an embedded PostgreSQL that stays, the
 * sandbox's provider unless there is a key. Needs a token and nothing else. Rejects with a ConfigError
 * when there is none, when Telegram does not know it, or when a webhook is set that is not to be removed.
 */
export async function startLocal(options: LocalOptions): Promise<Local> {
  const { env, dataDir, takeOver = false } = options
  const token = env.TELEGRAM_BOT_TOKEN?.trim()
  if (!token) {
    throw new ConfigError([
      'TELEGRAM_BOT_TOKEN is missing: put the token of @BotFather into .env or the environment.',
      HINT,
    ])
  }
  const isPlay = !env.KIE_API_KEY?.trim()
  const apiKey = isPlay ? randomBytes(16).toString('hex') : env.KIE_API_KEY
  const kept = await keep(dataDir)
  const isAdminKnown = Boolean(env.ADMIN_ID?.trim())
  // What does not depend on servers that are not there yet; wrong names end the start before any is.
  const settings = {
    ...env,
    // Nobody answers to it: who is no admin can't be one by chance.
    ADMIN_ID: isAdminKnown ? env.ADMIN_ID : '1',
    KIE_API_KEY: apiKey,
    BOT_MODE: 'polling',
    HOST: '127.0.0.1',
    DATABASE_URL: undefined,
    CONSOLE_TOKEN: env.CONSOLE_TOKEN ?? kept.consoleToken,
    CONSOLE_ACTIONS: env.CONSOLE_ACTIONS ?? ACTION_NAMES.join(','),
    WEBHOOK_BASE_URL: undefined,
    ...(isPlay && { TEST_MODE: '1', WELCOME_BALANCE_RUB: env.WELCOME_BALANCE_RUB ?? '500' }),
  }
  const { config: first } = parseConfig(settings, { sandbox: true })
  const { username } = await identify(first, takeOver)

  const closing: (() => Promise<unknown>)[] = []
  const stop = async () => {
    for (const close of closing.splice(0).reverse()) await close()
  }
  try {
    const server = await (options.openServer?.() ?? startPostgres({ dir: dataDir }))
    closing.push(() => server.stop())
    // Play money is never real money: each has a database of its own, and so has each bot.
    const name = `trt_${first.botId}${isPlay ? '_play' : ''}`
    const databaseUrl = await openDatabase(server.url, name)
    const kie = isPlay
      ? await startFakeKie({ apiKey: apiKey as string, port: 0, timing: PLAY_TIMING })
      : null
    if (kie !== null) closing.push(() => kie.close())
    const { config: parsed } = parseConfig(
      {
        ...settings,
        DATABASE_URL: databaseUrl,
        ...(kie !== null && { KIE_API_BASE: kie.url, KIE_UPLOAD_BASE: kie.url }),
      },
      { sandbox: true },
    )
    const adminIds = isAdminKnown ? [...parsed.adminIds] : [...kept.adminIds]
    const config: Config = { ...parsed, adminIds }
    const logs = createLogRing(Date.now)
    const log =
      options.log ??
      createLogger({
        ...{ ring: logs, pretty: true, stream: process.stderr, secrets: secretsOf(config) },
        level: env.LOG_LEVEL ?? 'warn',
      })
    const boot = await startBootServer({
      ...{ port: config.port, host: config.host, instanceId: 'local', botMode: 'polling' },
      version: process.env.npm_package_version ?? '0.1.0',
      kieMode: isPlay ? 'mock' : 'real',
    })
    const service = startService({
      ...{ boot, config, log, logs, instanceId: 'local', storageMode: 'embedded' },
      money: isPlay ? 'play' : 'real',
      ...(options.consoleDir !== undefined && {
        console: {
          pageDir: options.consoleDir,
          chartsDir: path.join(import.meta.dirname, '../http/console/charts'),
          sandbox: null,
        },
      }),
    })
    closing.push(() => service.stop())
    return {
      ...{ botId: config.botId, username, kie, adminIds, databaseUrl, stop },
      url: `http://127.0.0.1:${boot.port}`,
      consoleToken: config.consoleToken ?? '',
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Asks Telegram who the bot is, and sees to it that polling is possible. */
async function identify(config: Config, takeOver: boolean): Promise<{ username: string }> {
  const api = createTelegramApi({
    token: config.botToken,
    apiRoot: config.telegramApiRoot,
    timeoutMs: CALL_LIMIT_MS,
  })
  try {
    const { username = '' } = await api.call('getMe', {})
    const { url = '' } = await api.call('getWebhookInfo', {})
    if (url !== '' && !takeOver) {
      throw new ConfigError([
        `@${username} has a webhook at ${new URL(url).origin}: another installation answers its users; to ` +
          'remove it and poll from here, npm run local -- --take-over',
      ])
    }
    return { username }
  } catch (error) {
    if (error instanceof ConfigError || !(error instanceof TrtError)) throw error
    throw new ConfigError([reasonOf(error), HINT])
  } finally {
    api.close()
  }
}

async function openDatabase(serverUrl: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount === 0) await client.query(`create database ${name}`)
  } finally {
    await client.end()
  }
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}

interface Kept {
  consoleToken: string
  adminIds: number[]
}

const keptFile = (dataDir: string) => path.join(dataDir, 'local.json')

/** What is remembered beside the database; made at the first start. */
async function keep(dataDir: string): Promise<Kept> {
  await mkdir(dataDir, { recursive: true })
  const text = await readFile(keptFile(dataDir), 'utf8').catch(() => '')
  if (text !== '') return JSON.parse(text) as Kept
  const kept = { consoleToken: randomBytes(18).toString('base64url'), adminIds: [] }
  await writeKept(dataDir, kept)
  return kept
}

const writeKept = (dataDir: string, kept: Kept) =>
  writeFile(keptFile(dataDir), JSON.stringify(kept), { mode: 0o600 })

/** Makes somebody an admin, now and at every later start. */
export async function keepAdmin(dataDir: string, { adminIds }: Local, id: number): Promise<void> {
  const kept = await keep(dataDir)
  adminIds.push(id)
  await writeKept(dataDir, { ...kept, adminIds: [...adminIds] })
}
