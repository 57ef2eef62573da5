import { cpus } from 'node:os'
import { defineCommand } from 'citty'
import { benchConsole, type ConsoleReport } from '../bench/console.ts'
import { benchPage, type PageReport } from '../bench/page.ts'
import { type BootReport, benchBoot, benchMemory, build } from '../bench/process.ts'
import { benchSteps, type StepsReport } from '../bench/steps.ts'
import { benchTransition, type TransitionReport } from '../bench/transition.ts'
import { createPool } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { withFreshDatabase } from '../world/database.ts'

export interface BenchReport extends StepsReport {
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
const QUICK = { rounds: 3, roundMs: 1_000, boots: 7, settleMs: 1_500, transitionMs: 100, visits: 5 }
const FULL = {
  rounds: 7,
  roundMs: 3_000,
  boots: 25,
  settleMs: 10_000,
  transitionMs: 300,
  visits: 15,
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
  const report = { ...measured, console: { ...measured.console, page } }
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
}: Pick<BenchReport, 'boot' | 'steps' | 'rss_idle_mb' | 'console'>): BenchReport['targets'] {
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
    ...promises,
    '',
  ].join('\n')
}
