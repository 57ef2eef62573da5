import { setTimeout as sleep } from 'node:timers/promises'
import { RetryableError } from '../../errors.ts'

/**
 * Repeats what fails retryably, for up to five minutes: for results that exist only in memory. Without
 * `ref` a process that has nothing else to do ends before.
 */
export async function retryForever<T>(
  action: () => Promise<T>,
  { forMs = 300_000, ref = true }: { forMs?: number; ref?: boolean } = {},
): Promise<T> {
  const until = Date.now() + forMs
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 5_000)) {
    try {
      return await action()
    } catch (error) {
      if (!(error instanceof RetryableError) || Date.now() + pauseMs > until) throw error
      await sleep(pauseMs, undefined, { ref })
    }
  }
}
