import { setTimeout as sleepFor } from 'node:timers/promises'
import { RetryableError } from '../../errors.ts'

/** Telegram's published limits (core.telegram.org/bots/faq): 30 messages a second, 1 per chat. */
const GLOBAL = { intervalMs: 34, burst: 10 }
const PER_CHAT = { intervalMs: 1000, burst: 3 }

/** A worker may wait this long in place; longer waits go back to the queue. */
const LONGEST_WAIT_MS = 3000

export interface FloodGate {
  /** Resolves when a message may go to the chat; a wait over 3 s rejects with `telegram.flooded`. */
  pass(chatId: number, signal?: AbortSignal): Promise<void>
  /** How long a message to the chat would have to wait now. */
  delayMs(chatId: number): number
  /** Closes one chat after Telegram's 429; the others go on. */
  hold(chatId: number, retryAfterMs: number): void
  /** `pass`, then the call; a 429 from it holds the chat and is rethrown. */
  run<T>(chatId: number, call: () => Promise<T>, signal?: AbortSignal): Promise<T>
}

interface Limit {
  readonly intervalMs: number
  readonly burst: number
}

/**
 * Keeps sends under Telegram's limits: a 429 closes only its own chat, because one flooded user
 * must not silence the rest. Remembers at most `maxChats` chats in each of two maps.
 */
export function createFloodGate({
  now,
  sleep = (ms, signal) => sleepFor(ms, undefined, signal && { signal }),
  maxChats = 20_000,
}: {
  now: () => number
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>
  maxChats?: number
}): FloodGate {
  // Instants at which a bucket is empty again (generic cell rate algorithm: one number per bucket).
  const emptyAt = createExpiringMap(now, maxChats)
  const heldUntil = createExpiringMap(now, maxChats)
  let globalEmptyAt = 0

  const delayMs = (chatId: number) =>
    Math.max(
      heldUntil.get(chatId) - now(),
      wait(PER_CHAT, emptyAt.get(chatId), now()),
      wait(GLOBAL, globalEmptyAt, now()),
      0,
    )
  const hold = (chatId: number, retryAfterMs: number) =>
    heldUntil.set(chatId, Math.max(heldUntil.get(chatId), now() + retryAfterMs))
  const pass = async (chatId: number, signal?: AbortSignal) => {
    const delay = delayMs(chatId)
    if (delay > LONGEST_WAIT_MS) {
      throw new RetryableError('telegram.flooded', { retryAfterMs: Math.ceil(delay) })
    }
    emptyAt.set(chatId, Math.max(emptyAt.get(chatId), now()) + PER_CHAT.intervalMs)
    globalEmptyAt = Math.max(globalEmptyAt, now()) + GLOBAL.intervalMs
    if (delay > 0) await sleep(Math.ceil(delay), signal)
  }
  return {
    pass,
    delayMs,
    hold,
    async run(chatId, call, signal) {
      await pass(chatId, signal)
      try {
        return await call()
      } catch (error) {
        if (error instanceof RetryableError && error.code === 'telegram.flooded') {
          hold(chatId, error.retryAfterMs ?? 1000)
        }
        throw error
      }
    },
  }
}

const wait = ({ intervalMs, burst }: Limit, emptyAt: number, now: number) =>
  emptyAt - (burst - 1) * intervalMs - now

/** Instants by chat; those in the past are forgotten, and the oldest ones beyond `max`. */
function createExpiringMap(now: () => number, max: number) {
  const instants = new Map<number, number>()
  return {
    get: (key: number) => instants.get(key) ?? 0,
    set(key: number, instant: number) {
      // Re-inserting keeps the least recently used first, so that each call drops a few in passing.
      instants.delete(key)
      instants.set(key, instant)
      for (const [oldest, expires] of instants) {
        if (expires > now() && instants.size <= max) break
        instants.delete(oldest)
      }
    },
  }
}
