import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { get } from 'node:http'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../sandbox/free-port.ts'
import { type FakeTelegram, startFakeTelegram } from '../sandbox/telegram/server.ts'
import { median, round } from './numbers.ts'

export interface BootReport {
  /** From the start of the process to its answer, medians. */
  bare_ms: number
  health_ms: number
  ratio: number
  runs: number
}

export const ROOT = path.resolve(import.meta.dirname, '../..')
export const BUNDLE = path.join(ROOT, 'dist/main.js')
export const TOKEN = '700000001:AAbench-token-of-the-stand-in-server'
const PATIENCE_MS = 30_000

/** The least that a Node process needs to answer: what a start is measured against. */
const BARE = `
  import { createServer } from 'node:http'
  createServer((_, answer) => answer.end('ok')).listen(Number(process.env.PORT), '127.0.0.1')`

/** Brings the bundle up to date, as `npm start` does. */
export async function build(): Promise<void> {
  const child = spawn(process.execPath, [path.join(ROOT, 'scripts/build.ts')], { stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error('the bundle could not be built: npm run build')
}

/** Process start to /health, the production bundle against a bare server, in turns. */
export async function benchBoot(databaseUrl: string, runs: number): Promise<BootReport> {
  const telegram = await startTelegram()
  const bare: number[] = []
  const ours: number[] = []
  const bareScript = ['--input-type=module', '--eval', BARE]
  try {
    // One more of each than is counted: the first finds cold files.
    for (let run = 0; run <= runs; run += 1) {
      bare.push(await timeToAnswer(bareScript, {}))
      ours.push(await timeToAnswer([BUNDLE], productionEnv(databaseUrl, telegram)))
    }
  } finally {
    await telegram.close()
  }
  const bareMs = median(bare.slice(1))
  const healthMs = median(ours.slice(1))
  const ratio = round(healthMs / bareMs, 2)
  return { bare_ms: round(bareMs, 1), health_ms: round(healthMs, 1), ratio, runs }
}

async function timeToAnswer(script: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const port = await freePort()
  const started = performance.now()
  const child = launch(script, { ...env, PORT: String(port) })
  try {
    await answered(port, child)
    return performance.now() - started
  } finally {
    await end(child)
  }
}

/** Resident memory of the production process that has nothing to do, in webhook mode, in MB. */
export async function benchMemory(databaseUrl: string, settleMs: number): Promise<number> {
  const telegram = await startTelegram()
  const port = await freePort()
  const env = { ...productionEnv(databaseUrl, telegram), PORT: String(port) }
  const child = launch([BUNDLE], env)
  try {
    await answered(port, child, (health) => health.includes('"mode":"active"'))
    await delay(settleMs)
    const samples: number[] = []
    for (let i = 0; i < 5; i += 1) {
      samples.push(await residentMb(child.pid as number))
      await delay(200)
    }
    return round(median(samples), 1)
  } finally {
    await end(child)
    await telegram.close()
  }
}

export const productionEnv = (
  databaseUrl: string,
  telegram: Pick<FakeTelegram, 'url'>,
): NodeJS.ProcessEnv => ({
  TELEGRAM_BOT_TOKEN: TOKEN,
  KIE_API_KEY: 'bench-key-of-nobody',
  ADMIN_ID: '1',
  BOT_MODE: 'webhook',
  WEBHOOK_BASE_URL: 'https://bench.example',
  DATABASE_URL: databaseUrl,
  TELEGRAM_API_ROOT: telegram.url,
  HOST: '127.0.0.1',
  LOG_LEVEL: 'fatal',
})

async function startTelegram(): Promise<FakeTelegram> {
  const telegram = await startFakeTelegram()
  telegram.addBot({ token: TOKEN, id: 700_000_001, username: 'trt_bench_bot' })
  return telegram
}

export const launch = (script: readonly string[], env: NodeJS.ProcessEnv): ChildProcess =>
  spawn(process.execPath, [...script], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })

export async function answered(
  port: number,
  child: ChildProcess,
  wanted: (body: string) => boolean = () => true,
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const body = await ask(port)
    if (body !== undefined && wanted(body)) return
    if (child.exitCode !== null) throw new Error(`the process ended with ${child.exitCode}`)
    if (performance.now() > deadline) throw new Error(`no answer, last: ${body ?? 'nothing'}`)
    // Each question costs the process that is still loading: not more of them than can be told apart.
    await delay(5)
  }
}

/** What /health says; undefined while nobody listens. */
const ask = (port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/health', agent: false }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve(body))
      response.on('error', () => resolve(undefined))
    })
    request.on('error', () => resolve(undefined))
  })

export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]
  if (kilobytes === undefined) throw new Error('memory is read from /proc, which is not here')
  return Number(kilobytes) / 1024
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
