import type pg from 'pg'
import type { Stamped } from '../machines/engine/definition.ts'
import { begin, stateName, step, toStored } from '../machines/engine/transition.ts'
import { jobDefinition } from '../machines/job/definition.ts'
import { DELAYS } from '../machines/job/delays.ts'
import type { JobEvent } from '../machines/job/events.ts'
import { jobSamples } from '../machines/job/samples.ts'
import { JOB_STATUSES } from '../machines/job/statuses.ts'
import { createPool } from '../store/database.ts'
import { createDb } from '../store/db.ts'
import { recountStates } from '../store/engine/state-counts.ts'
import { migrate } from '../store/migrate.ts'
import { retain } from '../store/retention.ts'
import { dialogue } from './dialogue.ts'
import { openEngine } from './engine.ts'
import { createWalk, run } from './load.ts'
import { median, round } from './numbers.ts'

/** A database after a year of orders, with what retention leaves. */
export interface YearFigures {
  orders_a_day: number
  orders: number
  /** Largest at the end of any month, before what was due had gone. */
  peak_mb: number
  end_mb: number
  /** Of which what is kept for ever: orders, ledger, payments, users and the results of 400 days. */
  kept_mb: number
  /** At the end, tables and indexes together, largest first. */
  tables_mb: Record<string, number>
  /** The journal at the end: rows that are there, and what each takes with its part of the indexes, bytes. */
  journal_rows: number
  journal_row_bytes: number
  /** At the end of some months, after retention: see MonthFigures. */
  months: Record<string, MonthFigures>
  /** How long removing one month's worth took, in the last month. */
  retention_s: number
  /** Durable steps a second in the empty database and after the year; medians. */
  steps_before: number
  steps_after: number
  after_vs_before: number
}

/** How things stand at the end of a month, and how fast steps are then. */
export interface MonthFigures {
  database_mb: number
  journal_mb: number
  /** Rows that are there, of dialogues and of orders. */
  journal_dialogues: number
  journal_orders: number
  /** Durable steps a second, the median, of dialogues that are read from their rows first. */
  steps: number
}

export interface YearOptions {
  ordersADay: number
  rounds: number
  roundMs: number
}

const MONTHS = 12
const DAY = 86_400_000
const MONTH = Math.round((365 * DAY) / MONTHS)
/** What one order brings of steps of its dialogue. */
const STEPS = 8
const FIRST = 200_000_000
/** After these months steps are measured. */
const MEASURED = [1, 6, 12]
/** How many orders somebody makes in a month. */
const ORDERS_OF_ONE = 6
const CLIENTS = 32
const KEPT = [
  ...['jobs', 'ledger_entries', 'users', 'accounts', 'invoices', 'payments', 'sends'],
  ...['free_uses', 'free_counters'],
]

/**
 * Puts a year of orders into an empty database, month by month, by SQL and with rows as real steps
 * make them; closes what is due as its timer would, and removes what retention removes. Compares the
 * engine's steps before and after.
 */
export async function benchYear(
  url: string,
  { ordersADay, rounds, roundMs }: YearOptions,
): Promise<YearFigures> {
  const pool = createPool({ url, max: 2, name: 'trt-bench', timeoutMs: 3_600_000 })
  const db = createDb(pool)
  const now = Date.now()
  const orders = Math.round((ordersADay * 365) / MONTHS)
  const people = Math.max(1, Math.ceil(orders / ORDERS_OF_ONE))
  try {
    await migrate(pool)
    // The second time the dialogues are there and have to be read, as they will be after the year.
    await stepsOn(url, 'first', { rounds: 1, roundMs })
    const before = await stepsOn(url, 'before', { rounds, roundMs })
    await addPeople(pool, people, now - MONTHS * MONTH)
    const steps = JSON.stringify(orderSteps())
    let peak = 0
    let took = 0
    const months: Record<string, MonthFigures> = {}
    for (let month = 0; month < MONTHS; month += 1) {
      const from = now - (MONTHS - month) * MONTH
      await addMonth(pool, { month, orders, people, from, steps })
      const end = from + MONTH
      await pool.query(CLOSE, [new Date(end - DELAYS.closeMs)])
      await recountStates(db)
      peak = Math.max(peak, await sizeOf(pool))
      const began = performance.now()
      await retain(db, { now: end, ended: JOB_STATUSES.ended, full: true })
      took = performance.now() - began
      await pool.query('vacuum analyze')
      process.stderr.write(`bench: month ${month + 1} of ${MONTHS}, ${await sizeOf(pool)} MB\n`)
      if (!MEASURED.includes(month + 1)) continue
      months[month + 1] = await monthFigures(pool, () =>
        stepsOn(url, `month ${month + 1}`, { rounds, roundMs }),
      )
    }
    const after = months[MONTHS]?.steps ?? 0
    const tables = await tableSizes(pool)
    const last = months[MONTHS]
    const rows = (last?.journal_dialogues ?? 0) + (last?.journal_orders ?? 0)
    const kept = KEPT.reduce((sum, name) => sum + (tables.get(name) ?? 0), 0)
    return {
      orders_a_day: ordersADay,
      orders: orders * MONTHS,
      peak_mb: peak,
      end_mb: await sizeOf(pool),
      kept_mb: round(kept, 0),
      tables_mb: Object.fromEntries([...tables].slice(0, 8).map(([n, mb]) => [n, round(mb, 1)])),
      journal_rows: rows,
      journal_row_bytes: Math.round(((tables.get('journal') ?? 0) * 1_048_576) / (rows || 1)),
      months,
      retention_s: round(took / 1_000, 1),
      steps_before: Math.round(before),
      steps_after: Math.round(after),
      after_vs_before: round(after / (before || 1), 2),
    }
  } finally {
    await pool.end()
  }
}

async function monthFigures(pool: pg.Pool, steps: () => Promise<number>): Promise<MonthFigures> {
  const { rows } = await pool.query<{ dialogues: number; orders: number }>(
    `select count(*) filter (where actor_id like 'conversation:%')::int as dialogues,
       count(*) filter (where actor_id like 'job:%')::int as orders from journal`,
  )
  const [{ dialogues, orders }] = rows as [{ dialogues: number; orders: number }]
  const journal = (await tableSizes(pool)).get('journal') ?? 0
  return {
    ...{ database_mb: await sizeOf(pool), journal_mb: round(journal, 1) },
    ...{ journal_dialogues: dialogues, journal_orders: orders },
    steps: Math.round(await steps()),
  }
}

/** Steps a second of the real conversation through the engine; the median of the rounds. */
async function stepsOn(
  url: string,
  name: string,
  { rounds, roundMs }: Omit<YearOptions, 'ordersADay'>,
): Promise<number> {
  const { definition, take, close } = openEngine(url)
  const walk = createWalk(dialogue(definition), 1_000, name)
  try {
    await run(take, walk, { clients: 64, events: 2_000 })
    const rates: number[] = []
    for (let turn = 0; turn < rounds; turn += 1) {
      rates.push((await run(take, walk, { clients: CLIENTS, forMs: roundMs })).tps)
    }
    return median(rates)
  } finally {
    await close()
  }
}

interface SampleStep {
  event: unknown
  state: string
  effects: unknown
  checkpoint: unknown
}

/** The steps of an order as the engine stores them, with the snapshot of the end. */
function orderSteps(): { steps: SampleStep[]; snapshot: unknown } {
  const [input] = Object.values(jobSamples.inputs)
  const [succeeded] = jobSamples
    .happenings(undefined as never)
    .filter(({ type }) => type === 'task.reported')
  const events = [
    { type: 'inputs.uploaded', uploads: { image_url: ['https://files.example/in.png'] } },
    { type: 'create.claimed', attempt: 1 },
    { type: 'create.accepted', taskId: 'task-1' },
    succeeded as JobEvent,
    { type: 'result.delivered' },
  ]
  let last = begin(jobDefinition, input)
  const steps: SampleStep[] = []
  const note = (event: unknown, isFirst: boolean) =>
    steps.push({
      event,
      state: stateName(last.snapshot.value),
      effects: last.effects,
      checkpoint: isFirst
        ? { machineVersion: jobDefinition.version, snapshot: toStored(last.snapshot), timers: {} }
        : null,
    })
  note({ type: 'actor.begun', input }, true)
  for (const [i, event] of events.entries()) {
    const stamped = { ...event, at: i, rnd: 'r'.repeat(24) } as Stamped
    last = step(jobDefinition, last.snapshot, stamped)
    note(stamped, false)
  }
  return { steps, snapshot: toStored(last.snapshot) }
}

/** Each with money for a year, and a dialogue as one of those that were measured before. */
async function addPeople(pool: pg.Pool, people: number, at: number): Promise<void> {
  const numbers = `generate_series(${FIRST}, ${FIRST + people - 1}) n`
  await pool.query(
    `insert into users (id, language, welcomed_at) select n, 'en', now() from ${numbers}`,
  )
  await pool.query(`insert into accounts (user_id) select n from ${numbers}`)
  await pool.query(
    `insert into ledger_entries (user_id, kind, ref, source, target, amount_kopecks, created_at)
     select n, 'top_up', 'year:' || n, 'house', 'available', 1000000, $1 from ${numbers}`,
    [new Date(at)],
  )
  await pool.query(
    `insert into actors (id, machine, machine_version, version, status, state, snapshot, timers)
     select 'conversation:2:' || n, machine, machine_version, 1, status, state, snapshot, '{}'
     from ${numbers}, (select * from actors order by version desc limit 1) a`,
  )
}

async function addMonth(
  pool: pg.Pool,
  given: { month: number; orders: number; people: number; from: number; steps: string },
): Promise<void> {
  const { month, orders, people, from, steps } = given
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query(
      `create temporary table made on commit drop as
       select 'y${month}-' || n as id, ${FIRST} + n % ${people} as user_id, n / ${people} as turn,
         to_timestamp($1::float8 / 1000) + n * make_interval(secs => $2::float8) as at
       from generate_series(0, $3::int - 1) n`,
      [from, MONTH / 1_000 / orders, orders],
    )
    for (const text of ORDERS) await client.query(text)
    await client.query(ORDER_ACTORS, [steps, jobDefinition.version, DELAYS.closeMs / 1_000])
    await client.query(ORDER_JOURNAL, [steps])
    await client.query(DIALOGUE, [month * ORDERS_OF_ONE * 2 * STEPS + 1, STEPS])
    await client.query('commit')
  } finally {
    client.release()
  }
}

const ORDERS = [
  `insert into jobs (id, user_id, chat_id, model_id, status, price_kopecks, credits, credits_consumed,
     input, task_id, result, created_at, updated_at, took_ms)
   select id, user_id, user_id, 'z-image', 'delivered', 100, 1, 1,
     jsonb_build_object('prompt', repeat('A lighthouse at dusk, storm clouds. ', 6)), 'task-' || id,
     jsonb_build_object('text', null, 'urls', array['https://files.example/' || id || '.png']),
     at, at + interval '40 seconds', 40000 from made`,
  ...[
    ['hold', 'available', 'held'],
    ['capture', 'held', 'house'],
    ['cost', 'house', 'costs'],
  ].map(
    ([kind, source, target]) =>
      `insert into ledger_entries (user_id, kind, ref, source, target, amount_kopecks, created_at)
       select user_id, '${kind}', id, '${source}', '${target}', 100, at from made`,
  ),
  `insert into sends (key, chat_id, status, method, message_ids, file_ids, started_at, sent_at)
   select key, user_id, 'sent', method, '{1}', array[repeat('f', 80)], at, at from made,
     lateral (values ('job:' || id || ':0', 'sendPhoto'), ('notice:' || id, 'sendMessage'))
       s (key, method)`,
]

const ORDER_ACTORS = `
  with added as (
    insert into actors (id, machine, machine_version, version, status, state, snapshot, timers,
      created_at, updated_at)
    select 'job:' || id, 'job', $2::int, jsonb_array_length($1::jsonb -> 'steps'), 'active',
      'delivered', $1::jsonb -> 'snapshot', '{}', at, at from made
  )
  insert into timers (actor_id, id, seq, due_at, event)
  select 'job:' || id, 'xstate.after.closeLimit.job.delivered', 6, at + make_interval(secs => $3),
    '{"type": "xstate.after.closeLimit.job.delivered"}' from made`

const ORDER_JOURNAL = `
  insert into journal (actor_id, seq, key, at, event, state, effects, checkpoint)
  select 'job:' || id, n, 'k' || n, at, s -> 'event', s ->> 'state', s -> 'effects',
    nullif(s -> 'checkpoint', 'null')
  from made, jsonb_array_elements($1::jsonb -> 'steps') with ordinality j (s, n)`

/** Events of the dialogue before an order, with a checkpoint in 64 as the engine makes them. */
const DIALOGUE = `
  with model as (
    select actor_id, (select checkpoint from journal where actor_id = a.actor_id order by seq limit 1)
      as checkpoint from journal a where actor_id like 'conversation:1:%' limit 1
  ), sample as (
    select row_number() over (order by seq desc) - 1 as n, event, state, effects
    from journal where actor_id = (select actor_id from model) order by seq desc limit $2
  )
  insert into journal (actor_id, seq, key, at, event, state, effects, checkpoint)
  select 'conversation:2:' || m.user_id, p.seq, 'u' || p.seq, m.at, s.event, s.state, s.effects,
    case when p.seq % 64 = 1 then (select checkpoint from model) end
  from made m, generate_series(0, $2::int - 1) g,
    lateral (select $1::int + m.turn * $2::int + g as seq) p,
    lateral (select * from sample where sample.n = g % (select count(*) from sample)) s`

/** What the timers of a month would do. */
const CLOSE = `
  with closed as (
    update actors set status = 'done', state = 'closed', version = version + 1
    where machine = 'job' and status = 'active' and created_at < $1 returning id, version
  ), fired as (
    delete from timers t using closed c where t.actor_id = c.id
  )
  insert into journal (actor_id, seq, key, at, event, state, effects)
  select id, version, 'timer:close', $1, '{"type": "xstate.after.closeLimit.job.delivered"}', 'closed', '[]'
  from closed`

async function sizeOf(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query('select pg_database_size(current_database())::float8 as bytes')
  return Math.round(rows[0].bytes / 1_048_576)
}

async function tableSizes(pool: pg.Pool): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ name: string; mb: number }>(
    `select relname as name, pg_total_relation_size(relid)::float8 / 1048576 as mb
     from pg_stat_user_tables order by 2 desc`,
  )
  return new Map(rows.map(({ name, mb }) => [name, mb]))
}
