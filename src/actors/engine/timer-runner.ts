import { coerceError } from '../../errors.ts'
import type { EngineDb } from '../../store/engine/tables.ts'
import { claimTimers, type DueTimer, dropTimers } from '../../store/engine/timers.ts'
import type { Envelope, Receipt } from './envelope.ts'
import { createGatherer } from './gather.ts'
import { retryForever } from './retry-forever.ts'

export interface TimerRunnerDeps {
  db: EngineDb
  send: (envelope: Envelope) => Promise<Receipt>
  now: () => number
  /** Told when timers were claimed and none of them is sent yet; tests end the process there. */
  reached?: ((place: 'timers.claimed') => void) | undefined
  /** How often timers that other processes set are looked for. */
  everyMs?: number
}

export interface TimerRunner {
  start(): void
  /** A step of this process has set a timer: it fires on time, not only at the next look. */
  expect(dueAt: number): void
  stop(): Promise<void>
  stats(): { firing: number; lastRun: number | null; lastError: string | null }
}

const EVERY_MS = 500
/** Timers on their way to their actors; they share the runtime's commits. */
const IN_FLIGHT = 512
/** Longer than any step takes; whoever claimed it may have died. */
const CLAIM_MS = 30_000

/**
 * Delivers durable timers that are due as envelopes, many at a time. A parked timer costs nothing.
 * Many instances may run this: each takes timers that no other has claimed, and a timer that is
 * delivered twice is dropped by its actor.
 */
export function createTimerRunner(deps: TimerRunnerDeps): TimerRunner {
  const { db, send, now, reached, everyMs = EVERY_MS } = deps
  const superseded = createGatherer(
    (timers: readonly { actor: string; id: string; seq: number }[]) =>
      dropTimers(db, timers).then(() => undefined),
  )
  let stopping = true
  let timer: NodeJS.Timeout | undefined
  let lookAt = Number.POSITIVE_INFINITY
  let looking: Promise<void> | undefined
  const firing = new Set<Promise<void>>()
  let lastRun: number | null = null
  let lastError: string | null = null

  function lookIn(ms: number): void {
    if (stopping || now() + ms >= lookAt) return
    lookAt = now() + ms
    clearTimeout(timer)
    timer = setTimeout(
      () => {
        lookAt = Number.POSITIVE_INFINITY
        looking ??= look().finally(() => {
          looking = undefined
          lookIn(everyMs)
        })
      },
      Math.max(ms, 0),
    )
    timer.unref()
  }

  async function look(): Promise<void> {
    try {
      for (let full = true; full && !stopping; ) {
        const room = IN_FLIGHT - firing.size
        const due = await claimTimers(db, { now: now(), limit: room, claimMs: CLAIM_MS })
        lastRun = now()
        lastError = null
        if (due.length > 0) reached?.('timers.claimed')
        for (const one of due) fire(one)
        full = due.length === room
        // Go on as soon as half of them are through, so that commits stay full.
        while (full && firing.size > IN_FLIGHT / 2) await Promise.race(firing)
      }
    } catch (thrown) {
      lastError = coerceError(thrown).message
    }
  }

  function fire({ actor_id: actor, id, seq, event }: DueTimer): void {
    const envelope: Envelope = { actor, key: `timer:${id}:${seq}`, event, timer: { id, seq } }
    const fired = retryForever(() => send(envelope), { forMs: CLAIM_MS })
      .then(({ outcome }) => {
        // A step removes its timer itself.
        if (outcome !== 'committed') return superseded.add({ actor, id, seq })
      })
      .catch((thrown) => {
        // Its claim runs out, and it is delivered again.
        lastError = coerceError(thrown).message
      })
      .finally(() => firing.delete(fired))
    firing.add(fired)
  }

  return {
    start() {
      stopping = false
      lookIn(0)
    },
    expect: (dueAt) => {
      if (dueAt - now() < everyMs) lookIn(dueAt - now())
    },
    stats: () => ({ firing: firing.size, lastRun, lastError }),
    async stop() {
      stopping = true
      clearTimeout(timer)
      await looking
      await Promise.allSettled(firing)
    },
  }
}
