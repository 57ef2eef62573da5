import pThrottle from 'p-throttle'

/** So many calls inside any window of that length. */
export interface Rate {
  readonly calls: number
  readonly windowMs: number
}

/** Waits for a free place in the window; rejects with the signal's reason when aborted. */
export type Gate = (signal?: AbortSignal) => Promise<void>

export interface KieLimits {
  readonly create: Gate
  readonly read: Gate
}

/**
 * The documented limits: 20 new tasks in 10 s per account (https://docs.kie.ai/1973359m0.md §8) and
 * 10 status reads a second per key (https://docs.kie.ai/market/common/get-task-detail.md). Our windows
 * are 5 % longer because calls that leave evenly may arrive closer together.
 */
export const DOCUMENTED_RATES: { readonly create: Rate; readonly read: Rate } = {
  create: { calls: 20, windowMs: 10_500 },
  read: { calls: 10, windowMs: 1_050 },
}

/** One gate: any sliding window of `windowMs` lets at most `calls` callers through, in order. */
export const createGate = ({ calls, windowMs }: Rate, closed?: AbortSignal): Gate => {
  // A weight makes p-throttle keep real times and check them again when its timer fires; without
  // it a late timer lets calls bunch up beyond the limit.
  const throttle = pThrottle({
    limit: calls,
    interval: windowMs,
    strict: true,
    weight: () => 1,
    ...(closed === undefined ? {} : { signal: closed }),
  })
  const take = throttle(() => undefined)
  return async (signal) => {
    closed?.throwIfAborted()
    signal?.throwIfAborted()
    if (signal === undefined) return void (await take())
    const { promise: aborted, reject } = Promise.withResolvers<never>()
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      // The place in the queue of a caller that gave up stays taken: fewer calls, never more.
      await Promise.race([take(), aborted])
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }
}

/** Both gates of one process; `closed` ends every wait at shutdown and clears the timers. */
export const createKieLimits = (
  { create, read } = DOCUMENTED_RATES,
  closed?: AbortSignal,
): KieLimits => ({ create: createGate(create, closed), read: createGate(read, closed) })
