import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import Koa from 'koa'
import type pg from 'pg'
import { createRuntime } from '../actors/engine/runtime.ts'
import { stepRules } from '../actors/step-rules.ts'
import { createLiveHub, type LiveHub } from '../http/console/live-hub.ts'
import { createLiveRouter } from '../http/console/live-router.ts'
import { createRates } from '../http/console/rates.ts'
import { createConversationDefinition } from '../machines/conversation/definition.ts'
import { createRegistry } from '../machines/engine/registry.ts'
import { readVersions } from '../store/console/actors.ts'
import { createPool, createWriters } from '../store/database.ts'
import { createDb } from '../store/db.ts'
import { countStates, recountStates } from '../store/engine/state-counts.ts'
import { dialogue, VIEW } from './dialogue.ts'
import { createWalk, run } from './load.ts'
import { median, round } from './numbers.ts'

export interface ConsoleReport {
  stored_actors: number
  /** One query of the counts of all states. */
  counts_ms: number
  /** Steps with one page open, of those with none; the median of many pairs. */
  watched_ratio: number
  /** The same with no page open in either half: how far from 1 this machine is by itself. */
  unwatched_ratio: number
  /** The quarter of the pairs below and above: wide when the machine has other things to do. */
  watched_spread: [number, number]
  /** What a browser loads before the first page shows, packed. */
  bundle_kb_gz: number
}

export interface ConsoleOptions {
  rounds: number
  roundMs: number
  /** How many are stored. */
  actors: number
  /** How many of them move while a page is open. */
  chats: number
}

const LOOKS = 15
const CLIENTS = 32

/** What the console costs: its counts among many stored actors, and an open page to the engine. */
export async function benchConsole(url: string, options: ConsoleOptions): Promise<ConsoleReport> {
  const { rounds, roundMs, actors, chats } = options
  const pool = createPool({ url, max: 4, name: 'bench', timeoutMs: 120_000 })
  try {
    await store(pool, actors)
    const counts = await timeCounts(pool)
    return {
      stored_actors: actors,
      counts_ms: round(counts, 1),
      ...(await watched(url, pool, { rounds, roundMs, chats })),
      bundle_kb_gz: round(bundleBytes() / 1_024, 1),
    }
  } finally {
    await pool.end()
  }
}

/** Actors of many states, with snapshots as large as those of real dialogues. */
const STORE = `
  insert into actors (id, machine, machine_version, version, status, state, snapshot)
  select 'conversation:9:' || n, 'conversation', 1, 1, 'active',
    (array['menu', 'browsing.list', 'drafting.preview', 'drafting.asking.writing', 'jobs', 'help',
      'balance', 'finished', 'watching', 'language'])[1 + n % 10],
    jsonb_build_object('value', 'menu', 'status', 'active', 'context',
      jsonb_build_object('chatId', n, 'filler', repeat(md5(n::text), 24)))
  from generate_series(1, $1::int) n`

async function store(pool: pg.Pool, actors: number): Promise<void> {
  await pool.query(STORE, [actors])
  await recountStates(createDb(pool))
  await pool.query('vacuum analyze actors')
}

async function timeCounts(pool: pg.Pool): Promise<number> {
  const db = createDb(pool)
  const times: number[] = []
  // One more than is counted: the first finds a cold cache.
  for (let look = 0; look <= LOOKS; look += 1) {
    const started = performance.now()
    await countStates(db)
    times.push(performance.now() - started)
  }
  return median(times.slice(1))
}

type Watched = Pick<ConsoleReport, 'watched_ratio' | 'unwatched_ratio' | 'watched_spread'>

const TURNS = ['shut', 'open', 'again'] as const

/** The same engine with and without a page that follows everything from another process, in turns. */
async function watched(
  url: string,
  pool: pg.Pool,
  { rounds, roundMs, chats }: Omit<ConsoleOptions, 'actors'>,
): Promise<Watched> {
  const definition = createConversationDefinition(VIEW)
  const registry = createRegistry([definition])
  const db = createDb(pool)
  const writers = createWriters(url)
  const rates = createRates(Date.now)
  const hub = createLiveHub({
    registry,
    rates,
    now: Date.now,
    stats: () => runtime.stats(),
    countStates: () => countStates(db),
    readVersions: (ids) => readVersions(db, ids),
  })
  const runtime = createRuntime({
    registry,
    rules: stepRules,
    db,
    writers,
    now: Date.now,
    onCommit: hub.onCommit,
    onStep: ({ events }) => rates.add('steps', events),
  })
  const live = await serveLive(hub)
  const walk = createWalk(dialogue(definition), chats, 'c')
  const take = (actor: string, key: string, event: { type: string }) =>
    runtime.send({ actor, key, event })
  await run(take, walk, { clients: 64, events: chats * 4 })
  const open: number[] = []
  const shut: number[] = []
  for (let turn = 0; turn < rounds; turn += 1) {
    // Each round is compared with itself, in changing order: the machine is not equally busy for long.
    const rate = { open: 0, shut: 0, again: 0 }
    for (const which of [...TURNS.slice(turn % 3), ...TURNS.slice(0, turn % 3)]) {
      const leave = which === 'open' ? await live.watch() : undefined
      rate[which] = (await run(take, walk, { clients: CLIENTS, forMs: roundMs })).tps
      await leave?.()
    }
    open.push((2 * rate.open) / (rate.shut + rate.again))
    shut.push(rate.again / rate.shut)
  }
  hub.close()
  live.close()
  await runtime.drain()
  await writers.end()
  const sorted = open.toSorted((a, b) => a - b)
  const at = (share: number) => round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0, 3)
  return {
    watched_ratio: round(median(open), 3),
    unwatched_ratio: round(median(shut), 3),
    watched_spread: [at(0.25), at(0.75)],
  }
}

/** A browser's part of it: reads what comes, and says when the first of it is there. */
const PAGE = `
  require('node:http').get(process.env.LIVE_URL, (answer) => {
    answer.once('data', () => process.stdout.write('there'))
    answer.resume()
  })`

/** The stream of the console over HTTP, and a process that follows it until it is told to leave. */
async function serveLive(hub: LiveHub) {
  const app = new Koa()
  // A page that leaves in the median of its stream.
  app.silent = true
  app.use(createLiveRouter(hub).routes())
  const server = createServer(app.callback())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const env = { PATH: process.env.PATH, LIVE_URL: `http://127.0.0.1:${port}/live?activity=1` }
  return {
    async watch(): Promise<() => Promise<void>> {
      const page = spawn(process.execPath, ['--eval', PAGE], {
        env,
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      await once(page.stdout, 'data')
      return async () => {
        page.kill('SIGKILL')
        await once(page, 'exit')
        while (hub.viewers() > 0) await delay(1)
      }
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Everything that `dist/console/index.html` names, as it goes over the line. */
function bundleBytes(): number {
  const folder = path.resolve(import.meta.dirname, '../../dist/console')
  const html = readFileSync(path.join(folder, 'index.html'), 'utf8')
  const files = [...html.matchAll(/\/console\/(assets\/[\w.-]+)/g)].map((m) => m[1] as string)
  const packed = (data: string | Buffer) => gzipSync(data, { level: 9 }).length
  return [...new Set(files)].reduce(
    (sum, file) => sum + packed(readFileSync(path.join(folder, file))),
    packed(html),
  )
}
