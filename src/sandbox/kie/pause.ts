import { setTimeout as sleep } from 'node:timers/promises'

/** Waits `ms`, or less when the signal aborts; never throws. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  ms <= 0 || signal.aborted
    ? Promise.resolve()
    : sleep(ms, undefined, { signal }).catch(() => undefined)
