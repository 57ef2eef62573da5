import { setTimeout as delay } from 'node:timers/promises'

export interface WaitOptions {
  timeoutMs?: number
  /** Ends the sentence "waited … for". */
  what: string
}

/** The end of a wait in vain only: starts of processes and busy machines fit in. */
const PATIENCE_MS = 30_000

type Awaitable<T> = T | Promise<T>

/**
 * Resolves with the condition's first truthy value; rejects with a sentence when the time is up. An
 * assertion that throws counts as "not yet" and explains the failure in the end.
 */
export async function waitFor<T>(
  condition: () => Awaitable<T>,
  { timeoutMs = PATIENCE_MS, what }: WaitOptions,
): Promise<Exclude<T, null | undefined | false | 0 | ''>> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    let cause: unknown
    try {
      const value = await condition()
      if (value) return value as Exclude<T, null | undefined | false | 0 | ''>
    } catch (error) {
      cause = error
    }
    if (performance.now() > deadline) {
      throw new Error(`waited ${timeoutMs} ms for ${what}`, cause === undefined ? {} : { cause })
    }
    await delay(5)
  }
}
