import { randomBytes, randomInt } from 'node:crypto'
import path from 'node:path'
import type { Logger } from 'pino'
import { createPersonMarks } from '../actors/person-mark.ts'
import { type Config, parseConfig, secretsOf } from '../config/config.ts'
import { startBootServer } from '../http/boot.ts'
import { createInspectMemory, type InspectMemory } from '../inspect/memory.ts'
import { createInspectTools } from '../inspect/tools.ts'
import { createLogger } from '../log/logger.ts'
import { createLogRing } from '../log/ring.ts'
import type { Timing } from '../sandbox/kie/engine.ts'
import { type FakeKie, startFakeKie } from '../sandbox/kie/server.ts'
import type { BotAbilities } from '../sandbox/telegram/model.ts'
import { type FakeTelegram, startFakeTelegram } from '../sandbox/telegram/server.ts'
import { type Service, startService } from '../service/start-service.ts'
import { VERSION } from '../service/version.ts'
import { createSandboxClock, type SandboxClock } from './clock.ts'
import { readTested } from './tested.ts'

export interface WorldOptions {
  botMode: 'webhook' | 'polling'
  databaseUrl: string
  storageMode: 'embedded' | 'external'
  /** Of the bot; 0: any free one. */
  port?: number
  telegramPort?: number
  kiePort?: number
  /** How long the fake provider works on a task. */
  timing?: Timing
  pretty?: boolean
  logLevel?: string
  env?: Record<string, string | undefined>
  /** Where the log goes; stderr otherwise. */
  logStream?: { write(line: string): void }
  /** What the bot's owner has switched on at Telegram. */
  abilities?: Partial<BotAbilities>
  /** Where the console's page was built. */
  consoleDir?: string
}

/** The whole product offline: the real bot between two strict fakes, in one process. */
export interface World {
  telegram: FakeTelegram
  kie: FakeKie
  readonly service: Service
  config: Config
  log: Logger
  botUrl: string
  clock: SandboxClock
  /** What other programs report of their actors. */
  inspect: InspectMemory
  /** Tells the console where the chat page is. */
  setChatUrl(url: string): void
  /** Stops the bot and starts it anew on the same database, between the same stand-ins. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Chats of forked actors have numbers that nobody else has. */
const FORKS_FROM = 5_000_000_000
/** Where `npm test -- --transitions` leaves what was taken. */
const TESTED_FILE = path.resolve('.data/transitions.json')
const BOT_ID = 700_000_001
export const BOT_USERNAME = 'trt_sandbox_bot'
/** The sandbox's admin; the first user of the chat page is an ordinary one. */
const ADMIN_ID = 1000

export async function startWorld(options: WorldOptions): Promise<World> {
  const token = `${BOT_ID}:${randomBytes(27).toString('base64url').slice(0, 35)}`
  const apiKey = randomBytes(16).toString('hex')
  const telegram = await startFakeTelegram({ port: options.telegramPort ?? 0 })
  const { abilities = {} } = options
  telegram.addBot({
    ...{ token, id: BOT_ID, username: BOT_USERNAME },
    abilities: { inline: true, ...abilities },
  })
  const kie = await startFakeKie({
    apiKey,
    port: options.kiePort ?? 0,
    ...(options.timing === undefined ? {} : { timing: options.timing }),
  })
  const instanceId = 'sandbox'
  const listen = (port: number) =>
    startBootServer({
      port,
      host: '127.0.0.1',
      version: VERSION,
      instanceId,
      botMode: options.botMode,
      kieMode: 'mock',
    })
  const boot = await listen(options.port ?? 0)
  const botUrl = `http://127.0.0.1:${boot.port}`
  const { config } = parseConfig(
    {
      TELEGRAM_BOT_TOKEN: token,
      KIE_API_KEY: apiKey,
      ADMIN_ID: String(ADMIN_ID),
      BOT_MODE: options.botMode,
      WEBHOOK_BASE_URL: botUrl,
      DATABASE_URL: options.databaseUrl,
      TELEGRAM_API_ROOT: telegram.url,
      KIE_API_BASE: kie.url,
      KIE_UPLOAD_BASE: kie.url,
      TEST_MODE: '1',
      DRY_RUN: '1',
      PORT: String(boot.port),
      LOG_LEVEL: options.logLevel ?? 'info',
      ...options.env,
    },
    { sandbox: true },
  )
  const clock = createSandboxClock()
  const inspect = createInspectMemory()
  const logs = createLogRing(clock.now)
  const log = createLogger({
    ring: logs,
    level: config.logLevel,
    pretty: options.pretty ?? false,
    secrets: secretsOf(config),
    nameOf: createPersonMarks(config.personKey).logNameOf,
    stream: options.logStream ?? process.stderr,
  })
  const { storageMode } = options
  let chatUrl: string | null = null
  const run = (on: typeof boot) =>
    startService({
      ...{ boot: on, config, log, logs, instanceId, storageMode, aheadMs: clock.aheadMs },
      console: {
        pageDir: options.consoleDir ?? path.resolve('.data/console'),
        chartsDir: path.join(import.meta.dirname, '../http/console/charts'),
        sandbox: {
          chatUrl: () => chatUrl,
          aheadMs: clock.aheadMs,
          advance: async (ms) => clock.advance(ms),
          newChat: async () => telegram.control.user(randomInt(FORKS_FROM, FORKS_FROM * 2)).id,
          inspect: createInspectTools(inspect),
          tested: () => readTested(TESTED_FILE),
        },
      },
    })
  let service = run(boot)
  return {
    telegram,
    kie,
    get service() {
      return service
    },
    config,
    log,
    botUrl,
    clock,
    inspect,
    setChatUrl(url) {
      chatUrl = url
    },
    async restart() {
      await service.stop()
      service = run(await listen(boot.port))
    },
    async stop() {
      await service.stop()
      await telegram.close()
      await kie.close()
    },
  }
}
