import pg from 'pg'
import { createPool } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { median, round } from './numbers.ts'
import { end } from './process.ts'
import {
  createDatabases,
  type Load,
  SECRET,
  startLoad,
  startPeer,
  startProduct,
} from './webhook.ts'

export interface RestartFigures {
  /** From the start of the process to the screen that answers its first update, medians, ms. */
  first_answer: { product: number; telegraf: number; vs_telegraf: number }
  /** After `kill -9` among 32 people: from the next start to its first screen, and to nothing undone. */
  resume: { answered: number; settled: number }
}

export interface RestartOptions {
  runs: number
}

const CHATS = { perSecond: 1, chats: 1 }

/** How soon the next process answers people, after nothing and after `kill -9`. */
export async function benchRestart(
  serverUrl: string,
  { runs }: RestartOptions,
): Promise<RestartFigures> {
  const load = await startLoad()
  const databases = await createDatabases(serverUrl, ['restart', 'telegraf'])
  const url = databases.url('restart')
  try {
    const pool = createPool({ url, max: 2, name: 'trt-bench' })
    await migrate(pool).finally(() => pool.end())
    const product: number[] = []
    const telegraf: number[] = []
    for (let run = 0; run < runs; run += 1) {
      telegraf.push(
        await answering(load, () => startPeer('telegraf', databases.url('telegraf'), load)),
      )
      product.push(await answering(load, () => startProduct(url, load)))
    }
    return {
      first_answer: {
        product: round(median(product), 0),
        telegraf: round(median(telegraf), 0),
        vs_telegraf: round(median(product) / median(telegraf), 2),
      },
      resume: await resume(url, load),
    }
  } finally {
    await load.close()
    await databases.drop()
  }
}

let nextChat = 5_000_000

type Start = () => ReturnType<typeof startProduct>

/** Milliseconds from the start of a process to its first screen. */
async function answering(load: Load, start: Start): Promise<number> {
  const began = performance.now()
  const bot = await start()
  try {
    await greet(load, bot)
    return performance.now() - began
  } finally {
    await end(bot.child)
  }
}

/** One person asks for the menu and sees it. */
async function greet(load: Load, { port, path }: Awaited<ReturnType<Start>>): Promise<void> {
  nextChat += 1
  const once = { ...CHATS, says: '/start', first: nextChat, times: 1 }
  await load.measure({ port, path, secret: SECRET, clients: 1, ms: 1, paced: once })
}

async function resume(url: string, load: Load): Promise<RestartFigures['resume']> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const first = await startProduct(url, load)
  const order = { port: first.port, path: first.path, secret: SECRET, clients: 32 }
  await load.measure({ ...order, ms: 1_000 })
  // Whoever was talking gives up waiting long after this is over; their answers don't count.
  void load.measure({ ...order, ms: 1_500 }).catch(() => {})
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  await end(first.child)
  const began = performance.now()
  const second = await startProduct(url, load)
  try {
    await greet(load, second)
    const answered = performance.now() - began
    const left = `select from effects where added_at < now() - interval '1 second' limit 1`
    while ((await client.query(left)).rowCount !== 0) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return { answered: round(answered, 0), settled: round(performance.now() - began, 0) }
  } finally {
    await end(second.child)
    await client.end()
  }
}
