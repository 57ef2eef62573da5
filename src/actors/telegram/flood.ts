import { RetryableError } from '../../errors.ts'

/** What Telegram lets a bot send in a second, over all chats: https://core.telegram.org/bots/faq */
export const SENDS_PER_S = 30

/**
 * Telegram's published limits (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this):
 * 30 messages a second over all chats, one a second in a chat, more in short bursts. Edits are not
 * named there; they have a budget of their own, and a 429 corrects both.
 */
const budgets = (perSecond: number): Readonly<Record<SendKind, { all: Limit; chat: Limit }>> => {
  // A little slower than allowed: what leaves evenly may arrive closer together.
  const all = { intervalMs: Math.min(1_000 / perSecond + 2 / 3, 1_020 / perSecond), burst: 10 }
  return {
    message: { all, chat: { intervalMs: 1_000, burst: 3 } },
    edit: { all, chat: { intervalMs: 250, burst: 8 } },
  }
}

export type SendKind = 'message' | 'edit'

/** Who goes first when more wants to leave than may: money, results, screens, remarks, mailings. */
export const SEND_PRIORITIES = ['payment', 'result', 'screen', 'notice', 'broadcast'] as const
export type SendPriority = (typeof SEND_PRIORITIES)[number]

/** Waiting this long makes up for one rank of priority: nobody waits for ever. */
const RANK_MS = 2_000

/** Who holds a slot waits this long at most; longer waits go back to where slots are given out. */
const LONGEST_WAIT_MS = 3_000

export interface Turn {
  kind?: SendKind
  priority?: SendPriority
  signal?: AbortSignal | undefined
}

export interface FloodGate {
  /** Resolves when something may go to the chat, however long that takes. Hold no slot meanwhile. */
  turn(chatId: number, turn?: Turn): Promise<void>
  /** The same, but a wait over 3 s rejects with `telegram.flooded`. */
  pass(chatId: number, turn?: Turn): Promise<void>
  /** What was let through was not sent after all. */
  giveBack(chatId: number, kind?: SendKind): void
  /** How long a message to the chat would have to wait now, if nobody else waited. */
  delayMs(chatId: number, kind?: SendKind): number
  /** Closes one chat after Telegram's 429; the others go on. */
  hold(chatId: number, retryAfterMs: number): void
  /** Makes the call; a 429 from it holds the chat and is rethrown. */
  watch<T>(chatId: number, call: () => Promise<T>): Promise<T>
  /** How many wait. */
  waiting(): number
}

interface Limit {
  readonly intervalMs: number
  readonly burst: number
}

/** The clock may be moved on while a long hold is waited for. */
const LOOK_MS = 5_000

interface Waiter {
  chatId: number
  kind: SendKind
  rank: number
  since: number
  go: () => void
}

export interface FloodGateDeps {
  now: () => number
  /** Calls back after `ms`; returns how to forget it. */
  after?: (ms: number, call: () => void) => () => void
  /** What may be sent in a second over all chats; a server of one's own allows more. */
  perSecond?: number
  /** Chats remembered at most, in each of the maps. */
  maxChats?: number
}

/**
 * Keeps sends under Telegram's limits: a 429 closes only its own chat, because one flooded user
 * must not silence the rest. Among those who wait, the most important goes first, and waiting makes
 * important.
 */
export function createFloodGate(deps: FloodGateDeps): FloodGate {
  const { now, after = afterMs, perSecond = SENDS_PER_S, maxChats = 20_000 } = deps
  const BUDGETS = budgets(perSecond)
  // Instants at which a bucket is empty again (generic cell rate algorithm: one number per bucket).
  const emptyAt = {
    message: createExpiringMap(now, maxChats),
    edit: createExpiringMap(now, maxChats),
  }
  const allEmptyAt = { message: 0, edit: 0 }
  const heldUntil = createExpiringMap(now, maxChats)
  const waiters = new Set<Waiter>()
  let forget: (() => void) | undefined

  const chatDelay = (chatId: number, kind: SendKind): number =>
    Math.max(
      heldUntil.get(chatId) - now(),
      wait(BUDGETS[kind].chat, emptyAt[kind].get(chatId), now()),
      0,
    )
  const allDelay = (kind: SendKind): number =>
    Math.max(wait(BUDGETS[kind].all, allEmptyAt[kind], now()), 0)
  const delayMs = (chatId: number, kind: SendKind = 'message'): number =>
    Math.max(chatDelay(chatId, kind), allDelay(kind))

  function take(chatId: number, kind: SendKind): void {
    const { chat, all } = BUDGETS[kind]
    emptyAt[kind].set(chatId, Math.max(emptyAt[kind].get(chatId), now()) + chat.intervalMs)
    allEmptyAt[kind] = Math.max(allEmptyAt[kind], now()) + all.intervalMs
  }

  function turn(chatId: number, given: Turn = {}): Promise<void> {
    const { kind = 'message', priority = 'screen', signal } = given
    if (signal?.aborted) return Promise.reject(signal.reason)
    const isNext = ![...waiters].some((w) => w.kind === kind)
    if (isNext && delayMs(chatId, kind) === 0) {
      take(chatId, kind)
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const abort = () => {
        waiters.delete(waiter)
        reject(signal?.reason)
      }
      const rank = SEND_PRIORITIES.indexOf(priority)
      const go = () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      }
      const waiter: Waiter = { chatId, kind, rank, since: now(), go }
      signal?.addEventListener('abort', abort, { once: true })
      waiters.add(waiter)
      serve()
    })
  }

  /** Lets through whoever may go now, and comes back when the next one may. */
  function serve(): void {
    forget?.()
    forget = undefined
    for (;;) {
      const next = choose()
      if (next === undefined) break
      waiters.delete(next)
      take(next.chatId, next.kind)
      next.go()
    }
    let soonest = Number.POSITIVE_INFINITY
    for (const { chatId, kind } of waiters) soonest = Math.min(soonest, delayMs(chatId, kind))
    if (soonest === Number.POSITIVE_INFINITY) return
    forget = after(Math.max(1, Math.ceil(Math.min(soonest, LOOK_MS))), serve)
  }

  function choose(): Waiter | undefined {
    let best: Waiter | undefined
    let bestScore = Number.POSITIVE_INFINITY
    for (const waiter of waiters) {
      const { chatId, kind, rank, since } = waiter
      const score = rank * RANK_MS - (now() - since)
      if (score < bestScore && allDelay(kind) === 0 && chatDelay(chatId, kind) === 0) {
        best = waiter
        bestScore = score
      }
    }
    return best
  }

  const hold = (chatId: number, retryAfterMs: number) =>
    heldUntil.set(chatId, Math.max(heldUntil.get(chatId), now() + retryAfterMs))

  return {
    turn,
    async pass(chatId, given = {}) {
      const { kind = 'message' } = given
      // Those who wait go first, at the pace of the budget.
      const before = [...waiters].filter(
        (w) => w.kind === kind && w.chatId !== chatId && heldUntil.get(w.chatId) <= now(),
      ).length
      const own = [...waiters].filter((w) => w.kind === kind && w.chatId === chatId).length
      const delay = Math.max(
        chatDelay(chatId, kind) + own * BUDGETS[kind].chat.intervalMs,
        allDelay(kind) + (before + own) * BUDGETS[kind].all.intervalMs,
      )
      if (delay > LONGEST_WAIT_MS) {
        throw new RetryableError('telegram.flooded', { retryAfterMs: Math.ceil(delay) })
      }
      await turn(chatId, given)
    },
    giveBack(chatId, kind = 'message') {
      const { chat, all } = BUDGETS[kind]
      emptyAt[kind].set(chatId, emptyAt[kind].get(chatId) - chat.intervalMs)
      allEmptyAt[kind] -= all.intervalMs
      if (waiters.size > 0) serve()
    },
    delayMs,
    hold,
    async watch(chatId, call) {
      try {
        return await call()
      } catch (error) {
        if (error instanceof RetryableError && error.code === 'telegram.flooded') {
          hold(chatId, error.retryAfterMs ?? 1_000)
        }
        throw error
      }
    },
    waiting: () => waiters.size,
  }
}

function afterMs(ms: number, call: () => void): () => void {
  const timer = setTimeout(call, ms)
  timer.unref()
  return () => clearTimeout(timer)
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
