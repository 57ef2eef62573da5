import { BotApiError, conflict } from './api-error.ts'
import { LIMITS, TIMES } from './limits.ts'
import type { Bot, World } from './model.ts'
import { updateJson } from './updates.ts'

export interface PollRequest {
  readonly offset: number
  readonly limit: number
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

interface Waiting {
  readonly conflict: (reason: string) => void
  /** The token is taken back while the poll waits. */
  readonly refuse: () => void
}

interface PollState {
  waiting: Waiting | undefined
  lastOffset: number
  lastStart: number
  nextConflict: number
}

const WEBHOOK_ACTIVE =
  "can't use getUpdates method while webhook is active; " +
  'use deleteWebhook to delete the webhook first'
const OTHER_POLL =
  'terminated by other getUpdates request; make sure that only one bot instance is running'

/** The part of the list that fits into one answer. */
function fitting(updates: Record<string, unknown>[]): Record<string, unknown>[] {
  let left: number = LIMITS.pollAnswerBytes
  const tooMuch = updates.findIndex((update) => {
    left -= 50 + Buffer.byteLength(JSON.stringify(update))
    return left <= 0
  })
  return tooMuch < 0 ? updates : updates.slice(0, tooMuch)
}

/**
 * getUpdates of all bots. One poll per bot waits at a time: a newer one ends the older one with
 * 409, at once or, within 3 s of the last conflict, 3 s late (tdlib Client.cpp,
 * fail_query_conflict).
 */
export function createLongPolls({ now, sleep }: Pick<World, 'now' | 'sleep'>) {
  const states = new Map<Bot, PollState>()
  const stateOf = (bot: Bot): PollState => {
    const known = states.get(bot)
    if (known) return known
    const state: PollState = {
      waiting: undefined,
      lastOffset: -1,
      lastStart: -Infinity,
      nextConflict: 0,
    }
    states.set(bot, state)
    return state
  }

  const failConflict = async (state: PollState, reason: string, signal?: AbortSignal) => {
    if (now() < state.nextConflict) await sleep(TIMES.conflictPauseMs, signal)
    else state.nextConflict = now() + TIMES.conflictPauseMs
    throw conflict(reason)
  }

  const read = (bot: Bot, { offset, limit }: PollRequest) =>
    fitting(bot.updates.take(offset, limit).map(updateJson))

  async function wait(bot: Bot, state: PollState, request: PollRequest) {
    const { promise, resolve } = Promise.withResolvers<string | undefined>()
    const ended = new AbortController()
    const signal = AbortSignal.any([request.signal, ended.signal])
    let refused = false
    const waiting: Waiting = {
      conflict: (reason) => resolve(reason),
      refuse: () => {
        refused = true
        resolve(undefined)
      },
    }
    state.waiting = waiting
    // One turn later, so that updates made together are answered together.
    const stop = bot.updates.onPush(() => setImmediate(() => resolve(undefined)))
    sleep(request.timeoutMs, signal).then(
      () => resolve(undefined),
      () => resolve(undefined),
    )
    const reason = await promise
    stop()
    ended.abort()
    if (state.waiting === waiting) state.waiting = undefined
    if (refused) throw new BotApiError(401, 'Unauthorized')
    if (reason !== undefined) await failConflict(state, reason, request.signal)
    return request.signal.aborted ? [] : read(bot, request)
  }

  return {
    isWaiting: (bot: Bot): boolean => stateOf(bot).waiting !== undefined,
    /** Ends a waiting poll with 409. */
    interrupt(bot: Bot, reason: string): void {
      stateOf(bot).waiting?.conflict(reason)
    },
    /** Ends a waiting poll with 401. */
    refuse(bot: Bot): void {
      stateOf(bot).waiting?.refuse()
    },
    async refuseWhileWebhook(bot: Bot, signal: AbortSignal): Promise<void> {
      if (bot.webhook) await failConflict(stateOf(bot), WEBHOOK_ACTIVE, signal)
    },
    take(bot: Bot, asked: PollRequest): unknown {
      const state = stateOf(bot)
      const elapsed = now() - state.lastStart
      const repeated = asked.offset === state.lastOffset
      const request = {
        ...asked,
        timeoutMs:
          repeated && elapsed < TIMES.slowPollMs
            ? Math.max(asked.timeoutMs, TIMES.slowPollMs)
            : asked.timeoutMs,
        limit: repeated && elapsed < TIMES.fastPollMs ? 1 : asked.limit,
      }
      state.lastOffset = asked.offset
      state.lastStart = now()
      const updates = read(bot, request)
      if (updates.length > 0 || request.timeoutMs === 0) return updates
      state.waiting?.conflict(OTHER_POLL)
      // What a negative offset drops is dropped already; the rest of the wait takes what comes.
      return wait(bot, state, { ...request, offset: Math.max(0, request.offset) })
    },
  }
}

export type LongPolls = ReturnType<typeof createLongPolls>
