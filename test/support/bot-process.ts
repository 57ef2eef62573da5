import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../src/sandbox/free-port.ts'
import { type FakeKie, type FakeKieOptions, startFakeKie } from '../../src/sandbox/kie/server.ts'
import { type FakeTelegram, startFakeTelegram } from '../../src/sandbox/telegram/server.ts'
import { bundledMain } from './bundle.ts'
import { waitFor } from './wait.ts'

export const BOT_ID = 700_000_777
export const BOT_TOKEN = `${BOT_ID}:AAtest-token_of_the_bot_0123456789ab`
/** Of the bots started here; has talked to the bot, so that it can be told something. */
export const ADMIN_ID = 9_000

/** The two services that the bot talks to; they outlive every one of its processes. */
export interface Fakes {
  telegram: FakeTelegram
  kie: FakeKie
}

/** Pauses between repetitions are short here; the deadlines of requests stay. */
const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
  const pauseMs = ms > LONGEST_PAUSE_MS ? ms : Math.min(ms, 250)
  await delay(pauseMs, undefined, signal ? { signal } : {})
}
const LONGEST_PAUSE_MS = 20_000

/** Both stand-ins, quick ones, until the end of the test. */
export async function startFakes(
  t: Pick<TestContext, 'after'>,
  kieOptions: Partial<FakeKieOptions> = {},
): Promise<Fakes> {
  const telegram = await startFakeTelegram({ sleep })
  t.after(() => telegram.close())
  telegram.addBot({ token: BOT_TOKEN, id: BOT_ID, username: 'trt_test_bot' })
  telegram.control.user(ADMIN_ID)
  const kie = await startFakeKie({
    apiKey: 'test-key',
    timing: { queueMs: 20, generateMs: 20 },
    // As patient as it must be while a process dies and another one starts.
    callbackPolicy: { timeoutMs: 15_000, retryPausesMs: Array(60).fill(500) },
    ...kieOptions,
  })
  t.after(() => kie.close())
  return { telegram, kie }
}

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

/** The bot as its own process, always on the same port, so that its webhook survives it. */
export interface BotProcess {
  readonly url: string
  /** Resolves when /health says active, with the time that took; rejects when the process ends. */
  start(env?: Record<string, string>): Promise<number>
  /** Resolves when the present process has ended. */
  exited(): Promise<Exit>
  /** `kill -9`, and gone. */
  kill9(): Promise<Exit>
  /** SIGTERM, and how long the process took to end. */
  terminate(): Promise<Exit & { ms: number }>
  /** `kill9`, then `start`. */
  restart(env?: Record<string, string>): Promise<number>
  /** What all its processes wrote. */
  logs(): string
}

/** A bot that can be started, killed and started again; killed at the end of the test. */
export async function createBotProcess(
  t: Pick<TestContext, 'after'>,
  { databaseUrl, fakes, env = {}, main: given }: BotProcessOptions,
): Promise<BotProcess> {
  const main = given ?? (await bundledMain())
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const fixed = {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    TELEGRAM_BOT_TOKEN: BOT_TOKEN,
    KIE_API_KEY: 'test-key',
    ADMIN_ID: String(ADMIN_ID),
    BOT_MODE: 'webhook',
    WEBHOOK_BASE_URL: url,
    DATABASE_URL: databaseUrl,
    PORT: String(port),
    HOST: '127.0.0.1',
    TELEGRAM_API_ROOT: fakes.telegram.url,
    KIE_API_BASE: fakes.kie.url,
    KIE_UPLOAD_BASE: fakes.kie.url,
    TEST_MODE: '1',
    // A host starts the next process under the name of the dead one.
    INSTANCE_NAME: 'test',
    ...env,
  }
  let child: ChildProcess | undefined
  let exit: Promise<Exit> = Promise.resolve({ code: null, signal: null })
  let log = ''

  const isOver = () => child === undefined || child.exitCode !== null || child.signalCode !== null

  async function start(more: Record<string, string> = {}): Promise<number> {
    const began = performance.now()
    const own = spawn(process.execPath, [main], {
      env: { ...fixed, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child = own
    for (const stream of [own.stdout, own.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        log += text
      })
    }
    exit = once(own, 'exit').then(([code, signal]) => ({ code, signal }))
    await waitFor(
      async () => {
        if (own.exitCode !== null || own.signalCode !== null) return true
        const response = await fetch(`${url}/health`)
        return ((await response.json()) as { active: boolean }).active
      },
      { what: 'an active bot' },
    )
    if (own.exitCode !== null) throw new Error(`the bot did not start:\n${log.slice(-2_000)}`)
    return performance.now() - began
  }

  async function kill9(): Promise<Exit> {
    if (!isOver()) child?.kill('SIGKILL')
    return exit
  }
  t.after(kill9)

  return {
    url,
    start,
    exited: () => exit,
    kill9,
    async terminate() {
      const began = performance.now()
      child?.kill('SIGTERM')
      return { ...(await exit), ms: performance.now() - began }
    },
    async restart(more) {
      await kill9()
      return start(more)
    },
    logs: () => log,
  }
}

interface BotProcessOptions {
  databaseUrl: string
  fakes: Fakes
  env?: Record<string, string>
  /** Another bundle than that of the present sources. */
  main?: string
}
