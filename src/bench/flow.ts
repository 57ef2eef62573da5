import pg from 'pg'
import { createPool } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { createCpuMeter } from './cpu.ts'
import { median, round } from './numbers.ts'
import { answered, end, residentMb } from './process.ts'
import { createDatabases, type Load, SECRET, startLoad, startProduct } from './webhook.ts'

/** How one fast chat weighs on calm ones: both figures are of the calm chats, ms to their screen. */
export interface FairnessFigures {
  calm_p50: number
  spam_p50: number
  spam_p99: number
  /** The same beside four fast chats. */
  spam_4_p99: number
}

export interface TimerFigures {
  parked: number
  /** Share of one core that the bot and Postgres use at rest with these parked; 0.02 is 2 %. */
  idle_core: number
  due: number
  /** Seconds until all that came due were delivered, by a process that was just started. */
  drain_s: number
  rss_mb: number
}

export interface FlowFigures {
  fairness: FairnessFigures
  timers: TimerFigures
  /** Updates a second of two processes on one database, over those of one. */
  scale: { two_vs_one: number }
}

export interface FlowOptions {
  /** How long each measurement of people lasts. */
  ms: number
  /** How long the process with parked timers is watched at rest, after as long a time to get there. */
  restMs: number
  parked: number
  due: number
  /** Single rounds of one process and two scatter by a tenth: many short ones say more than few long ones. */
  scale: { ms: number; rounds: number }
}

const CALM_CHATS = 20

/** Fairness, timers and a second process, each on a database of its own. */
export async function benchFlow(serverUrl: string, options: FlowOptions): Promise<FlowFigures> {
  const load = await startLoad()
  const databases = await createDatabases(serverUrl, ['people', 'timers'])
  try {
    for (const name of ['people', 'timers']) {
      const pool = createPool({ url: databases.url(name), max: 2, name: 'trt-bench' })
      await migrate(pool).finally(() => pool.end())
    }
    return {
      fairness: await benchFairness(databases.url('people'), load, options),
      scale: await benchScale(databases.url('people'), load, options),
      timers: await benchTimers(databases.url('timers'), load, options),
    }
  } finally {
    await load.close()
    await databases.drop()
  }
}

/** As shipped, with every limit on sends: calm chats alone, then beside one with 12 updates a second, and beside four. */
async function benchFairness(
  url: string,
  load: Load,
  { ms }: FlowOptions,
): Promise<FairnessFigures> {
  const bot = await startProduct(url, load, { TELEGRAM_SENDS_PER_S: '30' })
  const order = { port: bot.port, path: bot.path, secret: SECRET, clients: CALM_CHATS, ms }
  const calmly = { ...order, paced: { perSecond: 0.5, chats: CALM_CHATS, first: 2_000_000 } }
  const fast = { ...order, clients: 1 }
  const besideFast = async (chats: number) => {
    const paced = { perSecond: 12, chats, first: 3_000_000 }
    const [calm] = await Promise.all([load.measure(calmly), load.measure({ ...fast, paced })])
    return calm
  }
  try {
    // The same work without pauses, until the code is compiled.
    await load.measure({ ...order, clients: 8, ms: Math.min(ms, 5_000) })
    const alone = await load.measure(calmly)
    const beside = await besideFast(1)
    const besideFour = await besideFast(4)
    return {
      calm_p50: round(alone.p50, 1),
      spam_p50: round(beside.p50, 1),
      spam_p99: round(beside.p99, 1),
      spam_4_p99: round(besideFour.p99, 1),
    }
  } finally {
    await end(bot.child)
  }
}

/** The same people at one process, and divided between two. */
async function benchScale(url: string, load: Load, { scale: { ms, rounds } }: FlowOptions) {
  const bots = [await startProduct(url, load), await startProduct(url, load)]
  const at = ({ port, path }: (typeof bots)[number], clients: number) =>
    load.measure({ port, path, secret: SECRET, clients, ms })
  const [one, other] = bots as [(typeof bots)[number], (typeof bots)[number]]
  try {
    const alone = async () => (await at(one, 32)).ups
    const together = async () => {
      const both = await Promise.all([at(one, 16), at(other, 16)])
      return both[0].ups + both[1].ups
    }
    await together()
    const ratios: number[] = []
    for (let turn = 0; turn < rounds; turn += 1) {
      // In turns: whoever is second meets what the database still does for the first.
      const isAloneFirst = turn % 2 === 0
      const first = await (isAloneFirst ? alone() : together())
      const second = await (isAloneFirst ? together() : alone())
      const [single, both] = isAloneFirst ? [first, second] : [second, first]
      ratios.push(both / (single || 1))
    }
    return { two_vs_one: round(median(ratios), 2) }
  } finally {
    for (const { child } of bots) await end(child)
  }
}

const PARK = `
  insert into timers (actor_id, id, seq, due_at, event)
  select 'conversation:700000001:' || i, 'xstate.after.bench', 1, now() + interval '30 days',
    '{"type": "xstate.after.bench"}'
  from generate_series(1, $1::int) i`

/** What parked timers cost at rest, and how long a process that was down takes for those overdue. */
async function benchTimers(
  url: string,
  load: Load,
  { restMs, parked, due }: FlowOptions,
): Promise<TimerFigures> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(PARK, [parked])
  // Or autovacuum and the checkpointer would do it while the machine is watched at rest.
  await client.query('vacuum (analyze) timers')
  await client.query('checkpoint')
  const cpuOf = await createCpuMeter(url)
  const resting = await startProduct(url, load)
  // What belongs to a start is over by then, V8's last tidying up of its heap included.
  await new Promise((resolve) => setTimeout(resolve, restMs * 1.5))
  const before = await cpuOf(resting.child)
  await new Promise((resolve) => setTimeout(resolve, restMs))
  const after = await cpuOf(resting.child)
  await end(resting.child)
  await client.query(
    `update timers set due_at = now() - interval '1 minute'
     where (actor_id, id) in (select actor_id, id from timers limit $1)`,
    [due],
  )
  const started = performance.now()
  const draining = await startProduct(url, load)
  const overdue = 'select from timers where due_at <= now() limit 1'
  while ((await client.query(overdue)).rowCount !== 0) {
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const drainS = (performance.now() - started) / 1_000
  const rss = await residentMb(draining.child.pid as number)
  await answered(draining.port, draining.child)
  await end(draining.child)
  await client.end()
  const coreMs = after.bot - before.bot + (after.pg ?? 0) - (before.pg ?? 0)
  return {
    parked,
    idle_core: round(coreMs / restMs, 3),
    due,
    drain_s: round(drainS, 1),
    rss_mb: round(rss, 0),
  }
}
