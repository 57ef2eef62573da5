import { cpus, loadavg, release, totalmem } from 'node:os'
import { defineCommand } from 'citty'
import { benchConsole, type ConsoleReport } from '../bench/console.ts'
import { benchFlow, type FlowFigures } from '../bench/flow.ts'
import { benchGrowth, type GrowthFigures } from '../bench/growth.ts'
import { round } from '../bench/numbers.ts'
import { benchOrders, type DatabaseWork, type OrderFigures } from '../bench/orders.ts'
import { benchPage, type PageReport } from '../bench/page.ts'
import { benchPgbench, type PgbenchFigures } from '../bench/pgbench.ts'
import { type BootReport, benchBoot, benchMemory, build } from '../bench/process.ts'
import { benchRestart, type RestartFigures } from '../bench/restart.ts'
import { benchSteps, type StepsReport } from '../bench/steps.ts'
import { benchTransition, type TransitionReport } from '../bench/transition.ts'
import { benchWebhook, type WebhookFigures } from '../bench/webhook.ts'
import { benchYear, type YearFigures } from '../bench/year.ts'
import { createPool } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { withFreshDatabase } from '../world/database.ts'

/** What the parts measure; a part that was left out by `--only` has no keys here. */
export interface BenchFigures extends StepsReport, FlowFigures {
  boot: BootReport
  rss_idle_mb: number
  transition: TransitionReport
  console: ConsoleReport & { page: PageReport }
  webhook: Record<string, WebhookFigures>
  /** Statements of this bot that the server refused because they waited for each other. */
  deadlocks: number
  latency: { idle: { call_p50: number; call_p99: number }; callback_send_p50: number }
  burst: OrderFigures['burst']
  order: DatabaseWork
  update: DatabaseWork
  restart: RestartFigures
  /** Null: there is no pgbench here. */
  pgbench: PgbenchFigures | null
  growth: GrowthFigures
  year: YearFigures
}

export interface BenchReport extends Partial<BenchFigures> {
  machine: {
    node: string
    cpus: number
    model: string
    memory_gb: number
    kernel: string
    /** Mean number of processes that wanted to run in the minute before. */
    load_before: number
    taken_s: number
  }
  /** A target that could not be measured here has no value, and counts as neither met nor missed. */
  targets: Record<string, { target: string; value: number | null; met: boolean | null }>
  /** Names of the targets that were missed. */
  missed: string[]
  /** Parts that ended in an error, which stands on stderr. */
  failed: string[]
}

/** How long each part runs: for a quick check, or for figures that are published. */
const QUICK = {
  rounds: 1,
  roundMs: 400,
  chats: 250,
  boots: 2,
  settleMs: 500,
  transitionMs: 60,
  visits: 1,
  actors: 5_000,
  webhook: { rounds: 1, roundMs: 400, warmMs: 1_000 },
  flow: { ms: 600, restMs: 500, parked: 20_000, due: 1_000, scale: { ms: 600, rounds: 1 } },
  // Fewer than the provider takes without a pause.
  orders: { single: 1, burst: 8, ms: 500 },
  restart: { runs: 1 },
  pgbench: { concurrencies: [32], seconds: 1 },
  growth: { small: 1_000, large: 50_000, rows: 10, ms: 1_500, rounds: 1 },
  year: { ordersADay: 50, rounds: 3, roundMs: 1_500 },
}
const FULL: typeof QUICK = {
  rounds: 7,
  roundMs: 3_000,
  chats: 1_000,
  boots: 25,
  settleMs: 10_000,
  transitionMs: 300,
  visits: 15,
  actors: 100_000,
  webhook: { rounds: 5, roundMs: 3_000, warmMs: 40_000 },
  flow: {
    ...{ ms: 15_000, restMs: 20_000, parked: 1_000_000, due: 100_000 },
    scale: { ms: 8_000, rounds: 9 },
  },
  orders: { single: 15, burst: 45, ms: 10_000 },
  restart: { runs: 9 },
  // As many connections as a usual server has.
  pgbench: { concurrencies: [8, 32, 90], seconds: 10 },
  growth: { small: 10_000, large: 1_000_000, rows: 10, ms: 8_000, rounds: 5 },
  year: { ordersADay: 1_000, rounds: 5, roundMs: 5_000 },
}
const CONCURRENCIES = [1, 32, 256]

type Part = (url: string, plan: typeof QUICK) => Promise<Partial<BenchFigures>>

/** Each has a database of its own: none takes the effects of another for its own. */
const PARTS = {
  async engine(url, { rounds, roundMs, chats, boots, settleMs, transitionMs }) {
    const transition = benchTransition({ rounds, roundMs: transitionMs })
    const pool = createPool({ url, max: 2, name: 'trt-bench' })
    await migrate(pool).finally(() => pool.end())
    const boot = await benchBoot(url, boots)
    const rss = await benchMemory(url, settleMs)
    const steps = await benchSteps(url, { concurrencies: CONCURRENCIES, rounds, roundMs, chats })
    return { transition, boot, rss_idle_mb: rss, ...steps }
  },
  async console(url, { rounds, roundMs, visits, actors, chats }) {
    const pool = createPool({ url, max: 2, name: 'trt-bench' })
    await migrate(pool).finally(() => pool.end())
    // Many short rounds rather than few long ones: what is compared is closer together.
    const short = { rounds: rounds * 4, roundMs: roundMs * 0.4 }
    const report = await benchConsole(url, { ...short, actors, chats })
    const page = await withFreshDatabase(
      { DATABASE_URL: url },
      (own) => benchPage(own.url, visits),
      'bench',
    )
    return { console: { ...report, page } }
  },
  async webhook(url, plan) {
    const options = { concurrencies: CONCURRENCIES, ...plan.webhook }
    const { webhook, deadlocks } = await benchWebhook(url, options)
    const { call_p50 = 0, call_p99 = 0 } = webhook.c1 ?? {}
    const { callback_send_p50, ...orders } = await benchOrders(url, plan.orders)
    return {
      webhook,
      deadlocks,
      ...orders,
      latency: { idle: { call_p50, call_p99 }, callback_send_p50 },
    }
  },
  flow: (url, plan) => benchFlow(url, plan.flow),
  restart: async (url, plan) => ({ restart: await benchRestart(url, plan.restart) }),
  pgbench: async (url, plan) => ({ pgbench: await benchPgbench(url, plan.pgbench) }),
  growth: async (url, plan) => ({ growth: await benchGrowth(url, plan.growth) }),
  year: async (url, plan) => ({ year: await benchYear(url, plan.year) }),
} as const satisfies Record<string, Part>

type PartName = keyof typeof PARTS

/** Takes too long for every run. */
const ALONE: readonly PartName[] = ['growth', 'year']
const isPart = (name: string): name is PartName => name in PARTS

/** Measures the project's performance targets on this machine. */
export const benchCommand = defineCommand({
  meta: {
    name: 'bench',
    description: 'Start, durable steps, the webhook path, orders and memory, against alternatives.',
  },
  args: {
    quick: { type: 'boolean', default: false, description: 'Short rounds: a minute and a half' },
    only: { type: 'string', description: `Some parts of: ${Object.keys(PARTS).join(', ')}` },
    orders: { type: 'string', description: 'Orders a day of the part year, e.g. 200' },
    json: { type: 'boolean', default: false, description: 'One JSON object instead of text' },
  },
  async run({ args }) {
    const ordersADay = args.orders === undefined ? undefined : Number(args.orders)
    if (ordersADay !== undefined && !(Number.isInteger(ordersADay) && ordersADay > 0)) {
      process.stderr.write('bench: --orders needs a whole number above 0\n')
      process.exitCode = 2
      return
    }
    const asked = args.only?.split(',') ?? Object.keys(PARTS).filter((p) => !isAlone(p))
    const parts = asked.filter(isPart)
    if (parts.length < asked.length) {
      process.stderr.write(`bench: parts are ${Object.keys(PARTS).join(', ')}\n`)
      process.exitCode = 2
      return
    }
    try {
      const plan = args.quick ? QUICK : FULL
      const year = { ...plan.year, ...(ordersADay === undefined ? {} : { ordersADay }) }
      const report = await bench(parts, { ...plan, year })
      process.stdout.write(args.json ? `${JSON.stringify(report)}\n` : reportText(report))
      if (report.missed.length + report.failed.length === 0) return
      if (report.missed.length > 0) process.stderr.write(`missed: ${report.missed.join(', ')}\n`)
    } catch (error) {
      process.stderr.write(`bench: ${error}\n`)
    }
    process.exitCode = 1
  },
})

const isAlone = (name: string): boolean => ALONE.some((part) => part === name)

async function bench(parts: readonly PartName[], plan: typeof QUICK): Promise<BenchReport> {
  const started = performance.now()
  const [loadBefore = 0] = loadavg()
  await build()
  const figures: Partial<BenchFigures> = {}
  const failed: PartName[] = []
  // One server for all of them.
  const onServer = async ({ url: DATABASE_URL }: { url: string }) => {
    for (const part of parts) {
      const work: Part = PARTS[part]
      const measured = ({ url }: { url: string }) => work(url, plan)
      const began = performance.now()
      // What fails leaves the figures of the others as they are.
      const failure = await withFreshDatabase({ DATABASE_URL }, measured, 'bench').then(
        (found) => void Object.assign(figures, found),
        (error: unknown) => error,
      )
      const seconds = round((performance.now() - began) / 1_000, 0)
      process.stderr.write(`bench: ${part} took ${seconds} s\n`)
      if (failure === undefined) continue
      failed.push(part)
      process.stderr.write(`bench: ${part} failed: ${failure}\n`)
    }
  }
  await withFreshDatabase(process.env, onServer, 'bench')
  const targets = targetsOf(figures)
  const missed = Object.keys(targets).filter((name) => targets[name]?.met === false)
  const [cpu] = cpus()
  const machine = {
    node: process.version,
    cpus: cpus().length,
    model: cpu?.model ?? 'unknown',
    memory_gb: round(totalmem() / 1_024 ** 3, 0),
    kernel: release(),
    load_before: round(loadBefore, 1),
    taken_s: round((performance.now() - started) / 1_000, 0),
  }
  return { ...figures, machine, targets, missed, failed }
}

type Bound = '<' | '<=' | '>' | '>='
/** Undefined: the part was left out; null: it can't be measured here. */
type Value = number | null | undefined

const IS_MET: Record<Bound, (value: number, bound: number) => boolean> = {
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
}

/** Every target of the parts that ran, with its measured value. */
function targetsOf(figures: Partial<BenchFigures>): BenchReport['targets'] {
  const { boot, steps, rss_idle_mb, console, webhook, latency } = figures
  const { burst, fairness, timers, scale, restart, growth } = figures
  const all: Record<string, [value: Value, bound: Bound, limit: number]> = {
    'boot.ratio': [boot?.ratio, '<=', 2.5],
    'steps.256.vs_naive': [steps?.['256']?.vs_naive, '>=', 10],
    rss_idle_mb: [rss_idle_mb, '<', 150],
    'console.counts_ms': [console?.counts_ms, '<', 50],
    'console.watched_ratio': [console?.watched_ratio, '>', 0.95],
    'console.bundle_kb_gz': [console?.bundle_kb_gz, '<=', 60],
    'console.interactive_ms': [console?.page.interactive_ms, '<', 1_000],
    'webhook.c1.vs_telegraf': [webhook?.c1?.vs_telegraf, '>=', 0.8],
    'webhook.c32.vs_telegraf': [webhook?.c32?.vs_telegraf, '>=', 1],
    'webhook.c32.vs_grammy': [webhook?.c32?.vs_grammy, '>=', 1],
    'webhook.c256.vs_telegraf': [webhook?.c256?.vs_telegraf, '>=', 1],
    'webhook.c256.vs_grammy': [webhook?.c256?.vs_grammy, '>=', 1],
    deadlocks: [figures.deadlocks, '<=', 0],
    'webhook.c32.bot_cpu': [webhook?.c32?.bot_cpu, '<=', 1],
    'webhook.c32.pg_cpu': [webhook?.c32?.pg_cpu, '<=', 0.4],
    'latency.idle.call_p50': [latency?.idle.call_p50, '<=', 6],
    'latency.idle.call_p99': [latency?.idle.call_p99, '<=', 25],
    'latency.callback_send_p50': [latency?.callback_send_p50, '<=', 25],
    'burst.callback_send_p90': [burst?.callback_send_p90, '<=', 500],
    'fairness.spam_p50': [fairness?.spam_p50, '<=', round(2 * (fairness?.calm_p50 ?? 0), 1)],
    'fairness.spam_p99': [fairness?.spam_p99, '<=', 150],
    'fairness.spam_4_p99': [fairness?.spam_4_p99, '<=', 300],
    'timers.idle_core': [timers?.idle_core, '<=', 0.02],
    'timers.drain_s': [timers?.drain_s, '<=', 60],
    'timers.rss_mb': [timers?.rss_mb, '<=', 300],
    'scale.two_vs_one': [scale?.two_vs_one, '>=', 0.95],
    'restart.first_answer.vs_telegraf': [restart?.first_answer.vs_telegraf, '<=', 2.5],
    'growth.large_vs_small': [growth?.large_vs_small, '>=', 0.85],
    'growth.large.ups': [growth?.large.ups, '>=', 500],
    'growth.trim.large_vs_small': [growth?.trim.large_vs_small, '>=', 0.85],
  }
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, [value, bound, limit]]) => {
      if (value === undefined) return []
      const met = value === null ? null : IS_MET[bound](value, limit)
      return [[name, { target: `${bound} ${limit}`, value, met }]]
    }),
  )
}

/** For people: what was measured, part by part, and which targets were met. */
function reportText({ machine, targets, missed: _, ...figures }: BenchReport): string {
  const { node, cpus: cores, model } = machine
  const parts = Object.entries(figures).map(([name, part]) => `${name}: ${JSON.stringify(part)}`)
  const promises = Object.entries(targets).map(
    ([name, { target, value, met }]) =>
      `  ${met === null ? 'not measured' : met ? 'met   ' : 'MISSED'} ${name} ${value ?? ''} ${target}`,
  )
  return [`Node ${node}, ${cores} x ${model}`, ...parts, ...promises, ''].join('\n')
}
