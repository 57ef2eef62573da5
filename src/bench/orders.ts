import pg from 'pg'
import { freePort } from '../sandbox/free-port.ts'
import { createPool } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { round } from './numbers.ts'
import { end } from './process.ts'
import { type Counts, startStatementCounter } from './statement-counter.ts'
import { createDatabases, type Load, SECRET, startLoad, startProduct } from './webhook.ts'

/** What the database has to do, on average. */
export interface DatabaseWork {
  /** Top-level statements, of which `begin` and `commit` are two. */
  statements: number
  transactions: number
  wal_kb: number
}

export interface OrderFigures {
  /** From the provider's callback to the call that sends the result, ms: one order at a time. */
  callback_send_p50: number
  /** The same when so many people order at once, with every limit on. */
  burst: { callback_send_p90: number; orders: number }
  /** A whole order, from the first message of a new person to the result and the screen after it. */
  order: DatabaseWork
  /** One update of a dialogue by buttons, at 32 people at once. */
  update: DatabaseWork
}

export interface OrderOptions {
  /** Orders one after another. */
  single: number
  /** Orders at once. */
  burst: number
  /** How long updates are counted. */
  ms: number
}

const FIRST = 4_000_000

/** Whole orders with a provider that works at once: their latency, and their work for the database. */
export async function benchOrders(
  serverUrl: string,
  { single, burst, ms }: OrderOptions,
): Promise<OrderFigures> {
  const load = await startLoad()
  const databases = await createDatabases(serverUrl, ['orders'])
  const url = databases.url('orders')
  try {
    const pool = createPool({ url, max: 2, name: 'trt-bench' })
    await migrate(pool).finally(() => pool.end())
    const counted = await countWork(url, load, { single, ms })
    const calm = await sell(url, load, { people: single, first: FIRST + 1_000, atOnce: false })
    const busy = await sell(url, load, { people: burst, first: FIRST + 2_000, atOnce: true })
    return {
      callback_send_p50: round(calm.callback_send_p50, 1),
      burst: { callback_send_p90: round(busy.callback_send_p90, 1), orders: burst },
      ...counted,
    }
  } finally {
    await load.close()
    await databases.drop()
  }
}

interface Sale {
  people: number
  first: number
  atOnce: boolean
}

/** As shipped, with every limit on what is sent and created. */
async function sell(url: string, load: Load, orders: Sale) {
  const bot = await startShop(url, load, { TELEGRAM_SENDS_PER_S: '30' })
  try {
    const order = { port: bot.port, path: bot.path, secret: SECRET, clients: 64, ms: 0 }
    // The first order finds cold code.
    await load.measure({
      ...order,
      orders: { people: 1, first: orders.first - 1, atOnce: false },
    })
    return await load.measure({ ...order, orders })
  } finally {
    await end(bot.child)
  }
}

/** The bot with the provider of the load process, whose callbacks come to its own port. */
async function startShop(url: string, load: Load, env: NodeJS.ProcessEnv = {}) {
  const port = await freePort()
  return startProduct(url, load, {
    PORT: String(port),
    WEBHOOK_BASE_URL: `http://127.0.0.1:${port}`,
    KIE_API_BASE: load.url,
    KIE_UPLOAD_BASE: load.url,
    // Results may come from this machine.
    DRY_RUN: '1',
    ...env,
  })
}

/** Longer than anything that follows an update takes, the removal of done effects included. */
const SETTLE_MS = 500

async function countWork(url: string, load: Load, { single, ms }: { single: number; ms: number }) {
  const counter = await startStatementCounter(url)
  const bot = await startShop(counter.url, load)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const target = { port: bot.port, path: bot.path, secret: SECRET }
  const walOf = async () =>
    (await client.query(`select (pg_current_wal_insert_lsn() - '0/0')::float8 as bytes`)).rows[0]
      .bytes as number

  /** Counts what passes while `work` goes on and what follows, less what passes at rest as long. */
  async function during(rest: Rest, work: () => Promise<number>): Promise<DatabaseWork> {
    const began = performance.now()
    const wal = await walOf()
    const before = counter.counts()
    const units = await work()
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
    const after = counter.counts()
    const idle = performance.now() - began
    const own = (name: keyof Counts) => after[name] - before[name] - rest[name] * idle
    return {
      statements: round(own('statements') / units, 1),
      transactions: round(own('transactions') / units, 1),
      wal_kb: round(((await walOf()) - wal) / units / 1_024, 1),
    }
  }

  try {
    const people = { people: single, first: FIRST, atOnce: false }
    // Cold code and tables; every later statement is prepared by then.
    await load.measure({ ...target, clients: 32, ms: 1_500 })
    await load.measure({
      ...target,
      ...{ clients: 1, ms: 0 },
      orders: { ...people, people: 1, first: FIRST - 1 },
    })
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
    const rest = await atRest(() => counter.counts())
    const update = await during(rest, async () => {
      const { ups, seconds } = await load.measure({ ...target, clients: 32, ms })
      return Math.max(1, ups * seconds)
    })
    const order = await during(rest, async () => {
      await load.measure({ ...target, clients: 1, ms: 0, orders: people })
      return single
    })
    return { update, order }
  } finally {
    await end(bot.child)
    await client.end()
    await counter.close()
  }
}

const REST_MS = 1_000

/** What passes in a millisecond when nobody does anything. */
type Rest = Counts

async function atRest(counts: () => Counts): Promise<Rest> {
  const before = counts()
  await new Promise((resolve) => setTimeout(resolve, REST_MS))
  const after = counts()
  const perMs = (name: keyof Counts) => (after[name] - before[name]) / REST_MS
  return { statements: perMs('statements'), transactions: perMs('transactions') }
}
