import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import type pg from 'pg'
import { createRuntime } from './actors/runtime.ts'
import { dialogue, VIEW } from './bench-dialogue.ts'
import { middle, round } from './bench-numbers.ts'
import { createWalk, run } from './bench-steps.ts'
import { createLiveHub } from './http/console/live-hub.ts'
import { createRates } from './http/console/rates.ts'
import { createConversationDefinition } from './machines/conversation/definition.ts'
import { createRegistry } from './machines/registry.ts'
import { readVersions } from './store/console-actors.ts'
import { createDb, createPool, createWriters } from './store/database.ts'
import { countStates, recountStates } from './store/state-counts.ts'

export interface ConsoleReport {
  stored_actors: number
  /** One look at the counts of all states. */
  counts_ms: number
  /** Steps with one page open, of those with none. */
  watched_ratio: number
  /** What a browser loads before the first page shows, packed. */
  bundle_kb_gz: number
}

export interface ConsoleOptions {
  rounds: number
  roundMs: number
  actors?: number
}

const LOOKS = 15
const CLIENTS = 32
const CHATS = 1_000

/** What the console costs: its counts among many stored actors, and an open page to the engine. */
export async function benchConsole(url: string, options: ConsoleOptions): Promise<ConsoleReport> {
  const { rounds, roundMs, actors = 100_000 } = options
  const pool = createPool({ url, max: 4, name: 'bench', timeoutMs: 120_000 })
  try {
    await store(pool, actors)
    const counts = await timeCounts(pool)
    return {
      stored_actors: actors,
      counts_ms: round(counts, 1),
      watched_ratio: round(await watchedRatio(url, pool, { rounds, roundMs }), 3),
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
  return middle(times.slice(1))
}

/** The same engine with and without a page that follows everything, in turns. */
async function watchedRatio(
  url: string,
  pool: pg.Pool,
  { rounds, roundMs }: ConsoleOptions,
): Promise<number> {
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
    db,
    writers,
    now: Date.now,
    onCommit: hub.onCommit,
    onStep: ({ events }) => rates.add('steps', events),
  })
  const walk = createWalk(dialogue(definition), CHATS, 'c')
  const take = (actor: string, key: string, event: { type: string }) =>
    runtime.send({ actor, key, event })
  await run(take, walk, { clients: 64, events: CHATS * 2 })
  const ratios: number[] = []
  for (let turn = 0; turn < rounds; turn += 1) {
    // Each pair is compared with itself, in changing order: the machine is not equally busy for long.
    const rate = { open: 0, shut: 0 }
    for (const which of turn % 2 ? (['open', 'shut'] as const) : (['shut', 'open'] as const)) {
      const viewer = { machine: null, actor: null, activity: true, send() {}, end() {} }
      const leave = which === 'open' ? hub.attach(viewer, '') : undefined
      rate[which] = (await run(take, walk, { clients: CLIENTS, forMs: roundMs })).tps
      leave?.()
    }
    ratios.push(rate.open / rate.shut)
  }
  hub.close()
  await runtime.drain()
  await writers.end()
  return middle(ratios)
}

/** Everything that `dist/console/index.html` names, as it goes over the line. */
function bundleBytes(): number {
  const folder = path.resolve(import.meta.dirname, '../dist/console')
  const html = readFileSync(path.join(folder, 'index.html'), 'utf8')
  const files = [...html.matchAll(/\/console\/(assets\/[\w.-]+)/g)].map((m) => m[1] as string)
  const packed = (data: string | Buffer) => gzipSync(data, { level: 9 }).length
  return [...new Set(files)].reduce(
    (sum, file) => sum + packed(readFileSync(path.join(folder, file))),
    packed(html),
  )
}
