import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { createPool } from '../store/database.ts'
import { createDb } from '../store/db.ts'
import { trimJournal } from '../store/engine/journal.ts'
import { migrate } from '../store/migrate.ts'
import { median, round } from './numbers.ts'
import { end } from './process.ts'
import { createDatabases, type Load, SECRET, startLoad, startProduct } from './webhook.ts'

/** The whole webhook path among few and among many stored actors, and shared by four processes. */
export interface GrowthFigures {
  small: { actors: number; journal: number; ups: number }
  large: { actors: number; journal: number; ups: number }
  /** Median of the ratios of single rounds; 1: stored actors cost nothing. */
  large_vs_small: number
  /** Four processes on the large database, over one. */
  four_vs_one: number
  /** Journal rows a second that retention drops: half of all there are; `rows` of the large one. */
  trim: { rows: number; small_rows_s: number; large_rows_s: number; large_vs_small: number }
}

export interface GrowthOptions {
  small: number
  large: number
  /** Journal rows of each stored actor. */
  rows: number
  ms: number
  rounds: number
}

const FIRST = 100_000_000
const CLIENTS = 32
/** How long ago what is stored happened. */
const STORED_AGO_MS = 24 * 3_600_000

export async function benchGrowth(
  serverUrl: string,
  { small, large, rows, ms, rounds }: GrowthOptions,
): Promise<GrowthFigures> {
  const load = await startLoad()
  const databases = await createDatabases(serverUrl, ['small', 'large'])
  const bots: Awaited<ReturnType<typeof startProduct>>[] = []
  const start = async (url: string) => {
    const bot = await startProduct(url, load)
    bots.push(bot)
    return bot
  }
  const at = (bot: Awaited<ReturnType<typeof startProduct>>, chats: number, clients = CLIENTS) =>
    load.measure({
      ...{ port: bot.port, path: bot.path, secret: SECRET, clients, ms },
      known: { chats, first: FIRST },
    })
  try {
    for (const [name, actors] of [['small', small] as const, ['large', large] as const]) {
      await fill(databases.url(name), load, actors, rows)
    }
    const few = await start(databases.url('small'))
    const many = await start(databases.url('large'))
    await at(few, small)
    await at(many, large)
    const fewUps: number[] = []
    const manyUps: number[] = []
    for (let turn = 0; turn < rounds; turn += 1) {
      fewUps.push((await at(few, small)).ups)
      manyUps.push((await at(many, large)).ups)
    }
    await end(few.child)
    const four = [many]
    while (four.length < 4) four.push(await start(databases.url('large')))
    const share = CLIENTS / four.length
    await Promise.all(four.map((bot) => at(bot, large, share)))
    const ratios: number[] = []
    for (let turn = 0; turn < rounds; turn += 1) {
      const one = await at(many, large)
      const all = await Promise.all(four.map((bot) => at(bot, large, share)))
      ratios.push(all.reduce((sum, { ups }) => sum + ups, 0) / (one.ups || 1))
    }
    for (const { child } of bots.splice(0)) await end(child)
    const fewTrimmed = await trim(databases.url('small'))
    const manyTrimmed = await trim(databases.url('large'))
    return {
      small: { actors: small, journal: small * rows, ups: Math.round(median(fewUps)) },
      large: { actors: large, journal: large * rows, ups: Math.round(median(manyUps)) },
      large_vs_small: round(median(manyUps.map((ups, i) => ups / (fewUps[i] || 1))), 2),
      four_vs_one: round(median(ratios), 2),
      trim: {
        rows: manyTrimmed.rows,
        small_rows_s: Math.round(fewTrimmed.perS),
        large_rows_s: Math.round(manyTrimmed.perS),
        large_vs_small: round(manyTrimmed.perS / fewTrimmed.perS, 2),
      },
    }
  } finally {
    for (const { child } of bots) await end(child)
    await load.close()
    await databases.drop()
  }
}

/** Drops what retention would of the stored rows, all of which are older than its limit here. */
async function trim(url: string): Promise<{ rows: number; perS: number }> {
  const pool = createPool({ url, max: 1, name: 'trt-bench' })
  try {
    const started = performance.now()
    const rows = await trimJournal(createDb(pool), new Date(Date.now() - STORED_AGO_MS / 2))
    return { rows, perS: rows / ((performance.now() - started) / 1000) }
  } finally {
    await pool.end()
  }
}

/** Copies of a person who once walked through the dialogue, with so many journal rows each. */
async function fill(url: string, load: Load, actors: number, rows: number): Promise<void> {
  const pool = createPool({ url, max: 2, name: 'trt-bench' })
  await migrate(pool).finally(() => pool.end())
  const bot = await startProduct(url, load)
  await load.measure({ port: bot.port, path: bot.path, secret: SECRET, clients: 1, ms: 2_000 })
  await delay(500)
  await end(bot.child)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows: found } = await client.query<{ id: string }>(
      `select id from actors where id like 'conversation:%' order by version desc limit 1`,
    )
    const template = found[0]?.id as string
    for (const copy of COPIES) await client.query(copy, [template, FIRST, actors])
    for (const copy of [ACTORS, JOURNAL]) {
      await client.query(copy, [template, FIRST, actors, rows])
    }
    await client.query('vacuum analyze')
  } finally {
    await client.end()
  }
}

const NUMBERS = `generate_series($2::bigint, $2::bigint + $3::bigint - 1) n`

/** Every number that stands for the person is the copy's own. */
const COPIES = [
  `insert into users (id, language, welcomed_at) select n, 'en', now() from ${NUMBERS} where $1::text is not null`,
  `insert into accounts (user_id) select n from ${NUMBERS} where $1::text is not null`,
]

/** As far on as its journal goes: its next step must find the place behind it free. */
const ACTORS = `
  insert into actors (id, machine, machine_version, version, status, state, snapshot, timers)
  select 'conversation:700000001:' || n, a.machine, a.machine_version, $4::int, a.status, a.state,
    jsonb_set(jsonb_set(a.snapshot, '{context,chatId}', to_jsonb(n)), '{context,userId}', to_jsonb(n)),
    a.timers
  from actors a, ${NUMBERS} where a.id = $1`

const JOURNAL = `
  insert into journal (actor_id, seq, key, at, event, state, effects, checkpoint)
  select 'conversation:700000001:' || n, s.seq, 'stored:' || s.seq, now() - interval '1 day',
    j.event, j.state, j.effects, case when s.seq in (1, $4::int / 2 + 1) then begun.checkpoint end
  from ${NUMBERS}, generate_series(1, $4::int) as s (seq),
    (select event, state, effects from journal where actor_id = $1 order by seq desc limit 1) j,
    (select checkpoint from journal where actor_id = $1 order by seq limit 1) begun`
