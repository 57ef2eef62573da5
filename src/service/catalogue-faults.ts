import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises'
import type { Logger } from 'pino'
import { TerminalError } from '../errors.ts'

/** People who wrote while nobody answered come first. */
const FIRST_PEOPLE_MS = 5_000

/**
 * Logs every way in which the model files break their rules, one error each. Whoever writes to the
 * bot is answered before, and between two parts.
 */
export async function logFaults(
  parts: Iterable<readonly string[]>,
  log: Pick<Logger, 'error'>,
  ending: AbortSignal,
  afterMs = FIRST_PEOPLE_MS,
): Promise<void> {
  await delay(afterMs, undefined, { signal: ending, ref: false }).catch(() => {})
  for (const faults of parts) {
    if (ending.aborted) return
    for (const fault of faults) {
      const err = new TerminalError('catalogue.invalid', { detail: fault })
      log.error({ err }, 'a model file is wrong')
    }
    await turn()
  }
}
