import type { Logger } from 'pino'
import { createBackoff } from '../../actors/telegram/backoff.ts'
import { coerceError, RetryableError, TerminalError, TrtError } from '../../errors.ts'

export interface PersistDeps {
  random(): number
  /** Rejects when aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  log: Pick<Logger, 'info' | 'warn' | 'error'>
}

const SLOW_RETRY_MS = 60_000

/** What doesn't pass by itself. */
const isToBePutRight = (error: Error): boolean =>
  error instanceof TerminalError ||
  (error instanceof TrtError && error.code === 'telegram.unauthorized')

/**
 * Tries until it works; undefined only when aborted. A refusal is tried again too, once a minute:
 * a name that does not resolve yet or a wrong token is put right from outside, and ending the
 * process would help nobody.
 */
export async function persist<T>(
  what: string,
  work: () => Promise<T>,
  { random, sleep, log }: PersistDeps,
  signal: AbortSignal,
): Promise<T | undefined> {
  const backoff = createBackoff({ minMs: 1000, maxMs: 30_000, random })
  while (!signal.aborted) {
    try {
      return await work()
    } catch (thrown) {
      if (signal.aborted) break
      const error = coerceError(thrown)
      const isForPeople = isToBePutRight(error)
      const asked = error instanceof RetryableError ? error.retryAfterMs : undefined
      const waitMs = isForPeople ? SLOW_RETRY_MS : (asked ?? backoff.nextMs())
      const code = error instanceof TrtError ? error.code : undefined
      log[isForPeople ? 'error' : 'warn']({ code, reason: error.message, waitMs }, `${what} failed`)
      await sleep(waitMs, signal).catch(() => {})
    }
  }
  return undefined
}
