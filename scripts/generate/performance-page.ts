import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { BenchReport } from '../../src/commands/bench.ts'

/** Reports of `npm run bench`, one a line; a later one adds its parts to the earlier ones. */
const FIGURES = path.resolve(import.meta.dirname, '../../docs/performance.jsonl')

const HEAD = `# Performance

Made by \`npm run generate\` from \`docs/performance.jsonl\`, which holds what \`npm run bench\` printed:

    npm run bench -- --json > docs/performance.jsonl
    npm run bench -- --only growth --json >> docs/performance.jsonl
    npm run generate

No figure here was written by hand. How they are taken:

* Bot, database, load and the stand-in for Telegram share one machine. Compare the columns of a row, not a
  figure with that of another machine.
* The bot is the production bundle behind its webhook; its limits on sends are lifted where throughput is
  measured, and as shipped where latency, fairness and orders are.
* The others (\`src/bench/peers/\`) have the same dialogue: six updates with four taps, each tap answered and
  its message edited. Telegraf keeps a scene and its session in PostgreSQL, grammY a conversation with its
  storage; the bot by hand does five round trips in a transaction. None of them promises what this bot does:
  no update lost or done twice after a crash.
* Bots take turns in short rounds, because a machine's speed drifts, and each round begins with another of
  them; ratios are medians of the ratios of single rounds. Before, each bot works for 40 s: code that was just loaded is slow.
* Stand-ins for Telegram and the provider answer at once, from a process of their own.
* CPU is what the kernel counted for the bot's process and for all processes of its PostgreSQL.
* Statements and transactions are counted in PostgreSQL's own protocol, on the way to the server; WAL is how
  far the server's log moved. What passes at rest is taken off.
`

type Row = readonly (string | number | null | undefined)[]

const table = (head: Row, rows: readonly Row[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')

const cell = (value: Row[number]) => (value === null || value === undefined ? '–' : String(value))

/** `docs/performance.md`; only the parts that were measured are there. */
export function performancePage(): string {
  const lines = existsSync(FIGURES) ? readFileSync(FIGURES, 'utf8').trim().split('\n') : []
  const reports = lines.filter(Boolean).map((line) => JSON.parse(line) as BenchReport)
  const report: Partial<BenchReport> = Object.assign({}, ...reports)
  const targets: BenchReport['targets'] = Object.assign({}, ...reports.map((r) => r.targets))
  const sections = [
    HEAD,
    machines(reports),
    ...SECTIONS.map((section) => section(report)),
    scaleTable(report),
    targetTable(targets),
  ]
  return `${sections.filter((text) => text !== undefined).join('\n')}`
}

function machines(reports: readonly BenchReport[]): string {
  const rows = reports.map(({ machine: m, server }) => [
    ...[m.node, `${m.cpus} x ${m.model}`, `${m.memory_gb} GB`, m.kernel],
    ...[server?.server_version, m.load_before, m.taken_s],
  ])
  const head = ['Node', 'CPU', 'memory', 'kernel', 'PostgreSQL', 'load before', 'seconds']
  return `## Machine\n\n${table(head, rows)}\n`
}

type Section = (report: Partial<BenchReport>) => string | undefined

const SECTIONS: readonly Section[] = [
  ({ webhook }) =>
    webhook &&
    `## The webhook path against other bots

Updates a second; × is this bot over the other. Times in ms from the update to its screen.

${table(
  [
    'people',
    'this bot',
    'Telegraf',
    'grammY',
    'by hand',
    '× Telegraf',
    '× grammY',
    '× by hand',
    'p50',
    'p99',
  ],
  Object.entries(webhook).map(([at, w]) => [
    ...[at.slice(1), w.ups, w.peers.telegraf, w.peers.grammy, w.peers.naive],
    ...[w.vs_telegraf, w.vs_grammy, w.vs_naive, w.p50, w.p99],
  ]),
)}

${table(
  [
    'people',
    'calls per update',
    'first call p50',
    'first call p99',
    'bot CPU ms',
    'PostgreSQL CPU ms',
  ],
  Object.entries(webhook).map(([at, w]) => [
    ...[at.slice(1), w.calls, w.call_p50, w.call_p99, w.bot_cpu, w.pg_cpu],
  ]),
)}
`,
  ({ order, update }) =>
    order &&
    update &&
    `## Work of the database

${table(
  ['', 'statements', 'transactions', 'WAL, KB'],
  [
    ['an update at 32 people', update.statements, update.transactions, update.wal_kb],
    ['a whole order, one at a time', order.statements, order.transactions, order.wal_kb],
  ],
)}
`,
  ({ latency, burst, fairness }) =>
    latency &&
    burst &&
    fairness &&
    `## Latency, orders at once, and one fast chat

As shipped, with every limit on. Times in ms.

${table(
  ['', 'p50', 'p90', 'p99'],
  [
    ['tap → first call, nobody else', latency.idle.call_p50, null, latency.idle.call_p99],
    ['callback → result, one order at a time', latency.callback_send_p50, null, null],
    [`callback → result, ${burst.orders} orders at once`, null, burst.callback_send_p90, null],
    ['calm chats alone', fairness.calm_p50, null, null],
    ['calm chats beside one with 12 updates a second', fairness.spam_p50, null, fairness.spam_p99],
    ['calm chats beside four such chats', null, null, fairness.spam_4_p99],
  ],
)}
`,
  ({ timers, scale, restart }) =>
    timers &&
    scale &&
    `## Timers, processes, restarts

${table(
  ['what', 'figure'],
  [
    [`share of a core at rest with ${timers.parked} timers parked`, timers.idle_core],
    [`seconds until ${timers.due} overdue timers were delivered after a start`, timers.drain_s],
    ['memory after that, MB', timers.rss_mb],
    ['two processes over one, same people', scale.two_vs_one],
    ['start to the first screen, ms', restart?.first_answer.product],
    ['the same of Telegraf, ms', restart?.first_answer.telegraf],
    ['after kill -9: start to the first screen, ms', restart?.resume.answered],
    ['after kill -9: start to nothing undone, ms', restart?.resume.settled],
  ],
)}
`,
  ({ growth }) =>
    growth &&
    `## Growth

${table(
  ['stored actors', 'journal rows', 'updates a second at 32 people'],
  [growth.small, growth.large].map(({ actors, journal, ups }) => [actors, journal, ups]),
)}

Large over small: ${growth.large_vs_small}. Four processes on the large one, over one: ${growth.four_vs_one}.

Trimming the journal: ${growth.trim.small_rows_s} rows a second of the small one, ${growth.trim.large_rows_s} of the large one
(${growth.trim.rows} rows dropped), large over small ${growth.trim.large_vs_small}.
`,
  ({ steps, pgbench, load }) =>
    steps &&
    `## Durable steps, without Telegram

Steps a second of the engine, of one transaction per event as one writes it first, and of \`pgbench\` with the
engine's statement for many and one step in each. ${load?.chats} chats, snapshots of ${load?.snapshot_bytes} bytes,
${load?.effects_per_step} effects a step.

${table(
  ['at once', 'engine', 'first draft', '×', 'pgbench', 'p50 ms', 'p99 ms'],
  Object.entries(steps).map(([at, s]) => [
    ...[at, s.tps, s.naive_tps, s.vs_naive, pgbench?.[`c${Number(at)}`], s.p50_ms, s.p99_ms],
  ]),
)}
`,
  ({ boot, rss_idle_mb, transition, console: page }) =>
    boot &&
    `## Start, memory, console

${table(
  ['what', 'figure'],
  [
    ['start to /health, ms', boot.health_ms],
    ['a bare node:http server, ms', boot.bare_ms],
    ['memory at rest, MB', rss_idle_mb],
    ['steps a second in memory', transition?.steps_per_s],
    [`counts of ${page?.stored_actors} actors for the console, ms`, page?.counts_ms],
    ['steps with a console page open, over without', page?.watched_ratio],
    ['first visit of the console usable after, ms', page?.page.interactive_ms],
    ['what the browser loads for it, KB packed', page?.bundle_kb_gz],
  ],
)}
`,
]

/** A day of one person, and how much busier the busiest minutes are than the mean. */
const UPDATES_PER_PERSON = 20
const ORDERS_PER_PERSON = 0.2
const PEAK = 3
/** https://core.telegram.org/bots/faq and https://docs.kie.ai/1973359m0.md. */
const SENDS_PER_S = 30
const CREATES_PER_S = 2
const DAY_S = 86_400

/** The measured costs, multiplied: see docs/scale.md. */
function scaleTable({ webhook, update, order }: Partial<BenchReport>): string | undefined {
  const busy = webhook?.c32
  if (busy === undefined || update === undefined || order === undefined) return undefined
  const rows = [1_000, 10_000, 43_200, 100_000, 288_000, 1_000_000].map((people) => {
    const perS = (people * UPDATES_PER_PERSON * PEAK) / DAY_S
    const ordersPerS = (people * ORDERS_PER_PERSON * PEAK) / DAY_S
    const cores = (ms: number | null) => (ms === null ? null : ((perS * ms) / 1_000).toFixed(2))
    const kb = people * (UPDATES_PER_PERSON * update.wal_kb + ORDERS_PER_PERSON * order.wal_kb)
    return [
      ...[people, perS.toFixed(1), cores(busy.bot_cpu), cores(busy.pg_cpu)],
      ...[(kb / 1_024 ** 2).toFixed(1), ((perS * update.transactions) | 0) + 1],
      ...[`${Math.round((100 * perS) / SENDS_PER_S)} %`],
      ...[`${Math.round((100 * ordersPerS) / CREATES_PER_S)} %`],
    ]
  })
  const head = ['people a day', 'updates/s', 'bot cores', 'PostgreSQL cores', 'WAL GB a day']
  head.push('transactions/s', 'of Telegram’s limit', 'of the provider’s limit')
  return `## What that makes of a day

Each person ${UPDATES_PER_PERSON} updates and ${ORDERS_PER_PERSON} orders a day; the busiest minutes have ${PEAK} times the mean. The
costs are those above at 32 people; [scale.md](scale.md) says what the model leaves out.

${table(head, rows)}
`
}

function targetTable(targets: BenchReport['targets']): string {
  const rows = Object.entries(targets).map(([name, { target, value, met }]) => [
    ...[`\`${name}\``, target, value, met === null ? 'not measured' : met ? 'met' : '**missed**'],
  ])
  return `## Targets\n\n${table(['key', 'target', 'measured', ''], rows)}\n`
}
