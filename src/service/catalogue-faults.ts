import type { Logger } from 'pino'
import { TerminalError } from '../errors.ts'

/** Logs every way in which the model files break their rules, one error each; the start goes on. */
export function logFaults(faults: readonly string[], log: Pick<Logger, 'error'>): void {
  for (const fault of faults) {
    const err = new TerminalError('catalogue.invalid', { detail: fault })
    log.error({ err }, 'a model file is wrong')
  }
}
