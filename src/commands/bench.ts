import { cpus } from 'node:os'
import { defineCommand } from 'citty'
import { benchConsole, type ConsoleReport } from '../bench/console.ts'
import { benchFlow, type FlowFigures } from '../bench/flow.ts'
import { round } from '../bench/numbers.ts'
import { benchPage, type PageReport } from '../bench/page.ts'
import { type BootReport, benchBoot, benchMemory, build } from '../bench/process.ts'
import { benchSteps, type StepsReport } from '../bench/steps.ts'
import { benchTransition, type TransitionReport } from '../bench/transition.ts'
import { benchWebhook, type WebhookFigures } from '../bench/webhook.ts'
import { createPool } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { withFreshDatabase } from '../world/database.ts'

export interface BenchReport extends StepsReport, FlowFigures {
  webhook: Record<string, WebhookFigures>
  latency: { idle: { call_p50: number; call_p99: number } }
  boot: BootReport
  rss_idle_mb: number
  transition: TransitionReport
  console: ConsoleReport & { page: PageReport }
  machine: { node: string; cpus: number; model: string }
  /** A target that could not be measured here has no value, and counts as neither met nor missed. */
  targets: Record<string, { target: string; value: number | null; met: boolean | null }>
  /** Names of the targets that were missed. */
  missed: string[]
}

/** How long each part runs: for a quick check, or for figures that are published. */
const QUICK = {
  rounds: 3,
  roundMs: 1_000,
  boots: 7,
  settleMs: 1_500,
  transitionMs: 100,
  visits: 5,
  webhook: { rounds: 1, roundMs: 800 },
  flow: { ms: 3_000, parked: 100_000, due: 2_000, rounds: 1 },
}
const FULL = {
  rounds: 7,
  roundMs: 3_000,
  boots: 25,
  settleMs: 10_000,
  transitionMs: 300,
  visits: 15,
  webhook: { rounds: 5, roundMs: 3_000 },
  flow: { ms: 15_000, parked: 1_000_000, due: 100_000, rounds: 3 },
}
const CONCURRENCIES = [1, 32, 256]

/** Measures the project's performance targets on this machine. */
export const benchCommand = defineCommand({
  meta: {
    name: 'bench',
    description: 'Start, durable steps and memory, against simple alternatives.',
  },
  args: {
    quick: { type: 'boolean', default: false, description: 'In less than a minute' },
    json: { type: 'boolean', default: false, description: 'One JSON object instead of text' },
  },
  async run({ args }) {
    try {
      const report = await bench(args.quick ? QUICK : FULL)
      process.stdout.write(args.json ? `${JSON.stringify(report)}\n` : reportText(report))
      if (report.missed.length === 0) return
      process.stderr.write(`missed: ${report.missed.join(', ')}\n`)
    } catch (error) {
      process.stderr.write(`bench: ${error}\n`)
    }
    process.exitCode = 1
  },
})

async function bench(plan: typeof QUICK): Promise<BenchReport> {
  const { rounds, roundMs, boots, settleMs, transitionMs, visits } = plan
  await build()
  const transition = benchTransition({ rounds, roundMs: transitionMs })
  const measured = await withFreshDatabase(
    process.env,
    async ({ url }) => {
      const pool = createPool({ url, max: 2, name: 'trt-bench' })
      await migrate(pool).finally(() => pool.end())
      const boot = await benchBoot(url, boots)
      const rss = await benchMemory(url, settleMs)
      const steps = await benchSteps(url, { concurrencies: CONCURRENCIES, rounds, roundMs })
      // Many short rounds rather than few long ones: what is compared is closer together.
      const console = await benchConsole(url, { rounds: rounds * 4, roundMs: roundMs * 0.4 })
      return { boot, rss_idle_mb: rss, ...steps, console }
    },
    'bench',
  )
  // A world of its own: it would take the effects of the steps above for its own.
  const page = await withFreshDatabase(process.env, ({ url }) => benchPage(url, visits), 'bench')
  const server = { concurrencies: CONCURRENCIES, ...plan.webhook }
  const webhook = await withFreshDatabase(
    process.env,
    ({ url }) => benchWebhook(url, server),
    'bench',
  )
  const flow = await withFreshDatabase(process.env, ({ url }) => benchFlow(url, plan.flow), 'bench')
  const { call_p50 = 0, call_p99 = 0 } = webhook.c1 ?? {}
  const report = {
    ...measured,
    ...flow,
    webhook,
    latency: { idle: { call_p50, call_p99 } },
    console: { ...measured.console, page },
  }
  const targets = targetsOf(report)
  const missed = Object.keys(targets).filter((name) => targets[name]?.met === false)
  const [cpu] = cpus()
  const machine = { node: process.version, cpus: cpus().length, model: cpu?.model ?? 'unknown' }
  return { ...report, transition, machine, targets, missed }
}

/** Every target with its measured value. */
function targetsOf({
  boot,
  steps,
  rss_idle_mb,
  console,
  webhook,
  latency,
  fairness,
  timers,
  scale,
}: Pick<
  BenchReport,
  | 'boot'
  | 'steps'
  | 'rss_idle_mb'
  | 'console'
  | 'webhook'
  | 'latency'
  | 'fairness'
  | 'timers'
  | 'scale'
>): BenchReport['targets'] {
  const atLeast = (value: number, least: number) => ({
    target: `>= ${least}`,
    value,
    met: value >= least,
  })
  const atMost = (value: number, most: number) => ({
    target: `<= ${most}`,
    value,
    met: value <= most,
  })
  const vsNaive = steps['256']?.vs_naive ?? 0
  return {
    'boot.ratio': { target: '<= 2.5', value: boot.ratio, met: boot.ratio <= 2.5 },
    'steps.256.vs_naive': { target: '>= 10', value: vsNaive, met: vsNaive >= 10 },
    rss_idle_mb: { target: '< 150', value: rss_idle_mb, met: rss_idle_mb < 150 },
    'console.counts_ms': {
      target: '< 50',
      value: console.counts_ms,
      met: console.counts_ms < 50,
    },
    'console.watched_ratio': {
      target: '> 0.95',
      value: console.watched_ratio,
      met: console.watched_ratio > 0.95,
    },
    'console.bundle_kb_gz': {
      target: '<= 60',
      value: console.bundle_kb_gz,
      met: console.bundle_kb_gz <= 60,
    },
    'console.interactive_ms': {
      target: '< 1000',
      value: console.page.interactive_ms,
      met: console.page.interactive_ms === null ? null : console.page.interactive_ms < 1_000,
    },
    'webhook.c1.vs_telegraf': atLeast(webhook.c1?.vs_telegraf ?? 0, 0.8),
    'webhook.c32.vs_telegraf': atLeast(webhook.c32?.vs_telegraf ?? 0, 1),
    'webhook.c32.vs_grammy': atLeast(webhook.c32?.vs_grammy ?? 0, 1),
    'webhook.c256.vs_telegraf': atLeast(webhook.c256?.vs_telegraf ?? 0, 1),
    'webhook.c256.vs_grammy': atLeast(webhook.c256?.vs_grammy ?? 0, 1),
    'webhook.c32.bot_cpu': atMost(webhook.c32?.bot_cpu ?? 0, 1),
    'webhook.c32.pg_cpu': atMost(webhook.c32?.pg_cpu ?? 0, 0.4),
    'latency.idle.call_p50': atMost(latency.idle.call_p50, 6),
    'latency.idle.call_p99': atMost(latency.idle.call_p99, 25),
    'fairness.spam_p50': atMost(fairness.spam_p50, round(2 * fairness.calm_p50, 1)),
    'fairness.spam_p99': atMost(fairness.spam_p99, 150),
    'timers.idle_core': atMost(timers.idle_core, 0.02),
    'timers.drain_s': atMost(timers.drain_s, 60),
    'timers.rss_mb': atMost(timers.rss_mb, 300),
    'scale.two_vs_one': atLeast(scale.two_vs_one, 0.95),
  }
}

function reportText(report: BenchReport): string {
  const { boot, steps, transition, load, server, machine, targets } = report
  const settings = Object.entries(server).map(([name, value]) => `${name} ${value}`)
  const rows = Object.entries(steps).map(
    ([clients, s]) =>
      `  ${clients.padStart(3)} at once: ${s.tps}/s (p50 ${s.p50_ms} ms, p99 ${s.p99_ms} ms), ` +
      `naive ${s.naive_tps}/s: ${s.vs_naive} x`,
  )
  const promises = Object.entries(targets).map(
    ([name, { target, value, met }]) =>
      `  ${met === null ? 'not measured' : met ? 'met   ' : 'MISSED'} ${name} ${value ?? ''} ${target}`,
  )
  return [
    `Node ${machine.node}, ${machine.cpus} x ${machine.model}; PostgreSQL: ${settings.join(', ')}`,
    `Start to /health: ${boot.health_ms} ms, a bare server ${boot.bare_ms} ms: ${boot.ratio} x`,
    `Durable steps of ${load.chats} chats (snapshot ${load.snapshot_bytes} bytes, ` +
      `${load.effects_per_step} effects a step):`,
    ...rows,
    `In memory: ${transition.steps_per_s} steps/s; ` +
      `transitions ${transition.vs_public} x the public way`,
    `Memory at rest: ${report.rss_idle_mb} MB`,
    `Console: counts of ${report.console.stored_actors} actors in ${report.console.counts_ms} ms; ` +
      `with a page open ${report.console.watched_ratio} of the steps ` +
      `(${report.console.watched_spread.join(' to ')}; ` +
      `without one ${report.console.unwatched_ratio}); page ${report.console.bundle_kb_gz} KB, ` +
      `first visit usable after ${report.console.page.interactive_ms ?? 'n/a'} ms ` +
      `(a page of one line ${report.console.page.bare_ms ?? 'n/a'} ms)`,
    'The webhook path, against other bots with the same dialogue:',
    ...Object.entries(report.webhook).map(
      ([at, w]) =>
        `  ${at.padStart(4)}: ${w.ups} updates/s; ${w.vs_telegraf} x telegraf, ${w.vs_grammy} x grammY, ` +
        `${w.vs_naive} x naive; screen p50 ${w.p50} ms, p99 ${w.p99} ms`,
    ),
    ...promises,
    '',
  ].join('\n')
}
