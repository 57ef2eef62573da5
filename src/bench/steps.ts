import type { EventObject } from 'xstate'
import { createRuntime } from '../actors/engine/runtime.ts'
import { stepRules } from '../actors/step-rules.ts'
import {
  conversationId,
  createConversationDefinition,
} from '../machines/conversation/definition.ts'
import { createRegistry } from '../machines/engine/registry.ts'
import { createPool, createWriters } from '../store/database.ts'
import { createDb } from '../store/db.ts'
import { dialogue, VIEW } from './dialogue.ts'
import { createNaiveEngine } from './naive.ts'
import { middle, round } from './numbers.ts'

/** Takes one event and resolves when its step is durable. */
export type Take = (actor: string, key: string, event: EventObject) => Promise<unknown>

export interface Rate {
  tps: number
  p50_ms: number
  p99_ms: number
}

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
  const definition = createConversationDefinition(VIEW)
  const turns = dialogue(definition)
  const pool = createPool({ url, max: 4, name: 'bench' })
  const writers = createWriters(url)
  const registry = createRegistry([definition])
  const runtime = createRuntime({
    registry,
    rules: stepRules,
    db: createDb(pool),
    writers,
    now: Date.now,
  })
  const naive = await createNaiveEngine(url, definition, NAIVE_POOL)
  const ours: Take = (actor, key, event) => runtime.send({ actor, key, event })
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
  const median = (engine: number, clients: number, of: keyof Rate) =>
    middle((engines[engine]?.rates.get(clients) ?? []).map((rate) => rate[of]))
  const steps: StepsReport['steps'] = {}
  for (const clients of concurrencies) {
    const tps = median(0, clients, 'tps')
    const naiveTps = median(1, clients, 'tps')
    steps[clients] = {
      tps: Math.round(tps),
      naive_tps: Math.round(naiveTps),
      vs_naive: round(tps / naiveTps, 1),
      p50_ms: round(median(0, clients, 'p50_ms'), 1),
      p99_ms: round(median(0, clients, 'p99_ms'), 1),
      naive_p50_ms: round(median(1, clients, 'p50_ms'), 1),
    }
  }
  const { rows: facts } = await pool.query<{ bytes: number; effects: number }>(FACTS)
  const { rows: settings } = await pool.query<{ name: string; setting: string }>(SETTINGS)
  await Promise.all([naive.close(), runtime.drain()])
  await Promise.all([pool.end(), writers.end()])
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

type Walk = () => { actor: string; key: string; event: EventObject }

/** The next event of the next chat: each makes the same walk in words of its own, a step a turn. */
export function createWalk(turns: readonly EventObject[], chats: number, name: string): Walk {
  let n = 0
  return () => {
    const chat = 1 + (n % chats)
    const turn = turns[Math.floor(n / chats) % turns.length] as EventObject & { text?: string }
    n += 1
    const event = turn.text === undefined ? turn : { ...turn, text: `${turn.text} (${n})` }
    return { actor: conversationId(1, chat), key: `${name}${n}`, event }
  }
}

interface Load {
  clients: number
  /** Ends after so many events, or after so much time. */
  events?: number
  forMs?: number
}

/** Lets clients take the walk's events, each its next one when the one before is durable. */
export async function run(take: Take, walk: Walk, load: Load): Promise<Rate> {
  const { clients, events = Number.POSITIVE_INFINITY, forMs = Number.POSITIVE_INFINITY } = load
  const latencies: number[] = []
  const started = performance.now()
  let taken = 0
  const client = async () => {
    while (taken < events && performance.now() - started < forMs) {
      taken += 1
      const { actor, key, event } = walk()
      const sent = performance.now()
      await take(actor, key, event)
      latencies.push(performance.now() - sent)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  const seconds = (performance.now() - started) / 1_000
  latencies.sort((a, b) => a - b)
  const at = (share: number) => latencies[Math.floor((latencies.length - 1) * share)] ?? 0
  return { tps: latencies.length / seconds, p50_ms: at(0.5), p99_ms: at(0.99) }
}
