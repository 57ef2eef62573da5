import { dialogue } from './dialogue.ts'
import { openEngine } from './engine.ts'
import { createWalk, type Rate, run } from './load.ts'
import { createNaiveEngine } from './naive.ts'
import { median, round } from './numbers.ts'

export interface StepsReport {
  steps: Record<string, Rate & { naive_tps: number; naive_p50_ms: number; vs_naive: number }>
  /** What the steps were made of. */
  load: { chats: number; snapshot_bytes: number; effects_per_step: number; naive_pool: number }
  server: Record<string, string>
}

export interface StepsOptions {
  concurrencies: readonly number[]
  rounds: number
  /** How long each engine runs at each concurrency in each round. */
  roundMs: number
  chats?: number
}

const NAIVE_POOL = 32

/**
 * Durable steps of the real conversation through the engine, against one transaction per event
 * written as one would write it first; both on the same server, in turns, medians of the rounds.
 */
export async function benchSteps(url: string, options: StepsOptions): Promise<StepsReport> {
  const { concurrencies, rounds, roundMs, chats = 1_000 } = options
  const { definition, pool, take: ours, close } = openEngine(url)
  const turns = dialogue(definition)
  const naive = await createNaiveEngine(url, definition, NAIVE_POOL)
  const engines = [
    { take: ours, walk: createWalk(turns, chats, 'e'), rates: new Map<number, Rate[]>() },
    { take: naive.take, walk: createWalk(turns, chats, 'n'), rates: new Map<number, Rate[]>() },
  ]
  for (const { take, walk } of engines) {
    // Every chat has its first event before any has a second.
    for (let turn = 0; turn < 2; turn += 1) await run(take, walk, { clients: 64, events: chats })
  }
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const clients of concurrencies) {
      for (const { take, walk, rates } of engines) {
        const rate = await run(take, walk, { clients, forMs: roundMs })
        rates.set(clients, [...(rates.get(clients) ?? []), rate])
      }
    }
  }
  const medianOf = (engine: number, clients: number, of: keyof Rate) =>
    median((engines[engine]?.rates.get(clients) ?? []).map((rate) => rate[of]))
  const steps: StepsReport['steps'] = {}
  for (const clients of concurrencies) {
    const tps = Math.round(medianOf(0, clients, 'tps'))
    const naiveTps = Math.round(medianOf(1, clients, 'tps'))
    steps[clients] = {
      tps,
      naive_tps: naiveTps,
      // Of the figures that are printed, so that dividing them gives the same.
      vs_naive: round(tps / naiveTps, 1),
      p50_ms: round(medianOf(0, clients, 'p50_ms'), 1),
      p99_ms: round(medianOf(0, clients, 'p99_ms'), 1),
      naive_p50_ms: round(medianOf(1, clients, 'p50_ms'), 1),
    }
  }
  const { rows: facts } = await pool.query<{ bytes: number; effects: number }>(FACTS)
  const { rows: settings } = await pool.query<{ name: string; setting: string }>(SETTINGS)
  await Promise.all([naive.close(), close()])
  return {
    steps,
    load: {
      chats,
      snapshot_bytes: facts[0]?.bytes ?? 0,
      effects_per_step: facts[0]?.effects ?? 0,
      naive_pool: NAIVE_POOL,
    },
    server: Object.fromEntries(settings.map(({ name, setting }) => [name, setting])),
  }
}

const FACTS = `select (select avg(length(snapshot::text))::int from actors) as bytes,
  (select round(avg(jsonb_array_length(effects)), 2) from journal where seq > 1) as effects`
const SETTINGS = `select name, setting from pg_settings
  where name in ('server_version', 'fsync', 'synchronous_commit', 'full_page_writes')`
