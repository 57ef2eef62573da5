import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import pg from 'pg'
import { freePort } from '../sandbox/free-port.ts'
import { createPool } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { type CpuTime, cpuPer, createCpuMeter } from './cpu.ts'
import { median, round } from './numbers.ts'
import { answered, BUNDLE, end, launch, productionEnv, ROOT, TOKEN } from './process.ts'
import type { LoadOrder, LoadResult } from './webhook-load.ts'

/** Figures of the whole way, from an update at the webhook to its screen, at so many people at once. */
export interface WebhookFigures {
  /** Updates a second. */
  ups: number
  /** Medians of the ratios of single rounds; above 1: this bot is faster. */
  vs_telegraf: number
  vs_grammy: number
  vs_naive: number
  /** From the update to its screen, ms. */
  p50: number
  p99: number
  /** From the update to the first call, ms. */
  call_p50: number
  call_p99: number
  /** Calls to the Bot API per update. */
  calls: number
  /** Updates that were not taken, or answered by nothing for 15 s. */
  refused: number
  /** CPU of the bot and of Postgres per update, ms; null: Postgres runs on another machine. */
  bot_cpu: number
  pg_cpu: number | null
  /** The same of the peers, updates a second. */
  peers: Record<Peer, number>
}

const PEERS = ['telegraf', 'grammy', 'naive'] as const
type Peer = (typeof PEERS)[number]
type Bot = Peer | 'product'

export interface WebhookOptions {
  concurrencies: readonly number[]
  rounds: number
  roundMs: number
  /** Before it is measured, each bot works for so long: code that was just loaded is slow. */
  warmMs: number
}

/** Any value that Telegram would take; the peers don't ask for one. */
export const SECRET = 'bench-secret-of-the-webhook'
const PATH = 'bench-webhook-path'
/** Many enough that no bot is idle meanwhile, few enough that each update is worked on alone too. */
const WARM_CLIENTS = 32
/** Above whatever this machine can send: the bench measures the bot, not the limit. */
const NO_LIMIT = '100000'

interface Contestant {
  name: Bot
  child: ChildProcess
  port: number
  path: string
}

export interface Load {
  url: string
  measure(order: Omit<LoadOrder, 'id'>): Promise<LoadResult>
  close(): Promise<void>
}

/** The process with the instant Bot API and the people. */
export async function startLoad(): Promise<Load> {
  const child = fork(path.join(ROOT, 'src/bench/webhook-load.ts'), { stdio: 'inherit' })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  let id = 0
  return {
    url: `http://127.0.0.1:${port}`,
    measure(order) {
      id += 1
      const own = id
      return new Promise((resolve, reject) => {
        const hear = (result: LoadResult | { id: number; error: string }) => {
          if (result.id !== own) return
          child.off('message', hear)
          child.off('exit', gone)
          if ('error' in result) reject(new Error(result.error))
          else resolve(result)
        }
        const gone = () => reject(new Error('the load process ended'))
        child.on('message', hear)
        child.once('exit', gone)
        child.send({ ...order, id: own })
      })
    },
    async close() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

/** The production bundle as a webhook bot against the Bot API of `load`. */
export async function startProduct(
  databaseUrl: string,
  load: Pick<Load, 'url'>,
  env: NodeJS.ProcessEnv = {},
): Promise<Contestant> {
  const port = env.PORT === undefined ? await freePort() : Number(env.PORT)
  const child = launch([BUNDLE], {
    ...productionEnv(databaseUrl, { url: load.url }),
    WEBHOOK_SECRET_PATH: PATH,
    WEBHOOK_SECRET_TOKEN: SECRET,
    TELEGRAM_SENDS_PER_S: NO_LIMIT,
    ...env,
    PORT: String(port),
  })
  await answered(port, child, (health) => health.includes('"mode":"active"'))
  return { name: 'product', child, port, path: `/webhook/${PATH}` }
}

export async function startPeer(
  name: Peer,
  databaseUrl: string,
  load: Pick<Load, 'url'>,
): Promise<Contestant> {
  const port = await freePort()
  const child = launch([path.join(ROOT, `src/bench/peers/${name}.ts`)], {
    PORT: String(port),
    TELEGRAM_API_ROOT: load.url,
    TELEGRAM_BOT_TOKEN: TOKEN,
    DATABASE_URL: databaseUrl,
    NODE_NO_WARNINGS: '1',
  })
  await answered(port, child)
  return { name, child, port, path: '/webhook' }
}

/**
 * Updates a second over the whole webhook path, against three other bots with the same dialogue: in
 * turns, because a machine's speed drifts; each bot on a database of its own, all on one server.
 */
export async function benchWebhook(
  serverUrl: string,
  options: WebhookOptions,
): Promise<{ webhook: Record<`c${number}`, WebhookFigures>; deadlocks: number }> {
  const { concurrencies, rounds, roundMs, warmMs } = options
  const load = await startLoad()
  const databases = await createDatabases(serverUrl, ['product', ...PEERS])
  const bots: Contestant[] = []
  try {
    const pool = createPool({ url: databases.url('product'), max: 2, name: 'trt-bench' })
    await migrate(pool).finally(() => pool.end())
    const starts = [
      startProduct(databases.url('product'), load),
      ...PEERS.map((peer) => startPeer(peer, databases.url(peer), load)),
    ]
    // All of them, so that each that has started is ended, whatever became of the others.
    const started = await Promise.allSettled(starts)
    for (const start of started) if (start.status === 'fulfilled') bots.push(start.value)
    await Promise.all(starts)
    const cpuOf = await createCpuMeter(serverUrl)
    const results = new Map<string, (LoadResult & { cpu: CpuTime })[]>()
    const orderTo = ({ port, path: at }: Contestant, clients: number, ms: number) =>
      load.measure({ port, path: at, secret: SECRET, clients, ms })
    for (const bot of bots) await orderTo(bot, WARM_CLIENTS, warmMs)
    for (let turn = 0; turn < rounds; turn += 1) {
      // Whoever is the first meets what the database still does for the many of the round before.
      const inTurn = [...bots.slice(turn % bots.length), ...bots.slice(0, turn % bots.length)]
      for (const clients of concurrencies) {
        for (const bot of inTurn) {
          const before = await cpuOf(bot.child)
          const result = await orderTo(bot, clients, roundMs)
          const after = await cpuOf(bot.child)
          const updates = Math.max(1, result.ups * result.seconds)
          const key = `${bot.name}.${clients}`
          const measured = { ...result, cpu: cpuPer(before, after, updates) }
          results.set(key, [...(results.get(key) ?? []), measured])
        }
      }
    }
    const of = (bot: Bot, clients: number) => results.get(`${bot}.${clients}`) ?? []
    const ratio = (peer: Peer, clients: number) =>
      round(
        median(of('product', clients).map(({ ups }, i) => ups / (of(peer, clients)[i]?.ups || 1))),
        2,
      )
    const webhook = Object.fromEntries(
      concurrencies.map((clients): [`c${number}`, WebhookFigures] => {
        const typical = (
          value: (r: ReturnType<typeof of>[number]) => number,
          bot: Bot = 'product',
        ) => median(of(bot, clients).map(value))
        const figures = {
          ups: Math.round(typical(({ ups }) => ups)),
          vs_telegraf: ratio('telegraf', clients),
          vs_grammy: ratio('grammy', clients),
          vs_naive: ratio('naive', clients),
          p50: round(
            typical(({ p50 }) => p50),
            1,
          ),
          p99: round(
            typical(({ p99 }) => p99),
            1,
          ),
          call_p50: round(
            typical(({ call_p50 }) => call_p50),
            1,
          ),
          call_p99: round(
            typical(({ call_p99 }) => call_p99),
            1,
          ),
          calls: round(
            typical(({ calls }) => calls),
            2,
          ),
          refused: Math.round(typical(({ refused }) => refused)),
          bot_cpu: round(
            typical(({ cpu }) => cpu.bot),
            2,
          ),
          pg_cpu: of('product', clients).some(({ cpu }) => cpu.pg === null)
            ? null
            : round(
                typical(({ cpu }) => cpu.pg ?? 0),
                2,
              ),
          peers: {
            telegraf: Math.round(typical(({ ups }) => ups, 'telegraf')),
            grammy: Math.round(typical(({ ups }) => ups, 'grammy')),
            naive: Math.round(typical(({ ups }) => ups, 'naive')),
          },
        }
        return [`c${clients}`, figures]
      }),
    )
    return { webhook, deadlocks: await deadlocksOf(databases.url('product')) }
  } finally {
    for (const { child } of bots) await end(child)
    await load.close()
    await databases.drop()
  }
}

/** How often the server had to refuse one of two statements that waited for each other. */
async function deadlocksOf(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query(
      'select deadlocks::int from pg_stat_database where datname = current_database()',
    )
    return rows[0].deadlocks
  } finally {
    await client.end()
  }
}

/** Databases beside the given one, on its server. */
export async function createDatabases(serverUrl: string, names: readonly string[]) {
  const admin = new pg.Client({ connectionString: serverUrl })
  // After a failure its database is dropped around it; the failure is what is to be told.
  admin.on('error', () => {})
  await admin.connect()
  const prefix = `trt_bench_${Date.now().toString(36)}`
  for (const name of names) await admin.query(`create database ${prefix}_${name}`)
  return {
    url(name: string) {
      const url = new URL(serverUrl)
      url.pathname = `/${prefix}_${name}`
      return url.href
    },
    async drop() {
      for (const name of names) await admin.query(`drop database ${prefix}_${name} with (force)`)
      await admin.end()
    },
  }
}
