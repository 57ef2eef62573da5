import type { EventObject } from 'xstate'
import { conversationId } from '../machines/conversation/actor-id.ts'

/** Takes one event and resolves when its step is durable. */
export type Take = (actor: string, key: string, event: EventObject) => Promise<unknown>

export interface Rate {
  tps: number
  p50_ms: number
  p99_ms: number
}

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
