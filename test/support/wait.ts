import { setTimeout as delay } from 'node:timers/promises'
import { PATIENCE_MS } from '../../src/sandbox/patience.ts'

export interface WaitOptions {
  /** Awake time after which the wait is in vain. */
  timeoutMs?: number
  /** Ends the sentence "waited … for". */
  what: string
}

/** Soon at first, then seldom: whoever looks all the time slows down what it waits for. */
const FIRST_PAUSE_MS = 4
const LONGEST_PAUSE_MS = 50
const GROWTH = 1.15
/** A look that took longer than this was kept from running: the rest of it does not count. */
const LONGEST_LOOK_MS = 250

type Awaitable<T> = T | Promise<T>

/**
 * Resolves with the condition's first truthy value; rejects with a sentence when `timeoutMs` of time
 * in which this process really ran are over: on a starved machine everybody is as slow as we are. An
 * assertion that throws counts as "not yet" and explains the failure in the end.
 */
export async function waitFor<T>(
  condition: () => Awaitable<T>,
  { timeoutMs = PATIENCE_MS, what }: WaitOptions,
): Promise<Exclude<T, null | undefined | false | 0 | ''>> {
  const began = performance.now()
  let awakeMs = 0
  let pauseMs = FIRST_PAUSE_MS
  for (;;) {
    const lookedAt = performance.now()
    let cause: unknown
    try {
      const value = await condition()
      if (value) return value as Exclude<T, null | undefined | false | 0 | ''>
    } catch (error) {
      cause = error
    }
    if (awakeMs > timeoutMs) {
      const waitedMs = Math.round(performance.now() - began)
      throw new Error(`waited ${waitedMs} ms for ${what}`, cause === undefined ? {} : { cause })
    }
    await delay(pauseMs)
    pauseMs = Math.min(pauseMs * GROWTH, LONGEST_PAUSE_MS)
    awakeMs += Math.min(performance.now() - lookedAt, LONGEST_LOOK_MS)
  }
}

/** What a promise brings, or why it does not; rejects like `waitFor` when it comes to no end in time. */
export async function within<T>(promise: Promise<T>, options: WaitOptions): Promise<T> {
  let ended = false
  const end = () => {
    ended = true
  }
  promise.then(end, end)
  await waitFor(() => ended, options)
  return promise
}
