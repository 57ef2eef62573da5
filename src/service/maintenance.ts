import type { Logger } from 'pino'
import type { Alert } from '../actors/effects/alert.ts'
import type { Db } from '../store/db.ts'
import { trimJournal } from '../store/engine/journal.ts'
import type { Telemetry } from './telemetry.ts'

const DAY = 86_400_000
const AUDIT_EVERY_MS = 600_000
const WATCH_EVERY_MS = 20_000
/** Further back than any sender repeats: Telegram 24 h, the provider 14 days. */
const JOURNAL_DAYS = 30

export interface MaintenanceDeps {
  db: Db
  now: () => number
  log: Pick<Logger, 'warn' | 'error'>
  alert: Alert
  telemetry: Pick<Telemetry, 'audit'>
  /** Looks whether the provider takes orders again. */
  watchProvider: (signal: AbortSignal) => Promise<void>
}

/**
 * What every instance does now and then, until `stop`: look through the books, ask whether the
 * provider takes orders again, trim the journal. What fails is logged and done at the next turn.
 */
export function startMaintenance(deps: MaintenanceDeps, signal: AbortSignal) {
  const { db, now, log, alert, telemetry, watchProvider } = deps

  async function reconcileLedgers(): Promise<void> {
    const found = await telemetry.audit()
    if (found.length === 0) return
    const list = found.map(([name, size]) => `${name} ${size}`).join(', ')
    log.error({ found: Object.fromEntries(found) }, 'the books do not agree')
    await alert('reconcile', `The books do not agree: ${list}`)
  }

  const turn = (what: string, work: () => Promise<unknown>) => async () => {
    await work().catch((error: unknown) => {
      if (!signal.aborted) log.warn({ err: error }, `${what} did not work this time`)
    })
  }
  const audit = turn('the audit', reconcileLedgers)
  const watch = turn('the look at the provider', () => watchProvider(signal))
  const trim = turn('the trimming of the journal', () =>
    trimJournal(db, new Date(now() - JOURNAL_DAYS * DAY)),
  )
  const timers = [
    setInterval(audit, AUDIT_EVERY_MS),
    setInterval(watch, WATCH_EVERY_MS),
    setInterval(trim, DAY / 4),
  ]
  return {
    /** Looks through the books at once; never rejects. */
    audit,
    stop(): void {
      for (const timer of timers) clearInterval(timer)
    },
  }
}
