import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Alert } from '../actors/effects/alert.ts'
import { askForReplay } from '../actors/effects/ask-for-replay.ts'
import { ERRORS } from '../errors.ts'
import { JOB_STATUSES } from '../machines/job/statuses.ts'
import type { Db } from '../store/db.ts'
import { findOrphans, lettersOfOlderPrograms } from '../store/orphans.ts'
import { retain } from '../store/retention.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Telemetry } from './telemetry.ts'

const DAY = 86_400_000
const AUDIT_EVERY_MS = 600_000
const PROBE_EVERY_MS = 20_000
const SAMPLE_EVERY_MS = 60_000

export interface MaintenanceDeps {
  db: Db
  now: () => number
  log: Pick<Logger, 'warn' | 'error'>
  alert: Alert
  telemetry: Pick<Telemetry, 'audit' | 'sample'>
  /** Of the machines that this program knows. */
  versions: Readonly<Record<string, number>>
  /** How many updates Telegram holds. */
  pendingUpdates: () => Promise<number>
  /** Asks whether the provider takes orders again. */
  watchProvider: (signal: AbortSignal) => Promise<void>
  /** Looks whether the provider consumed more than was quoted. */
  watchOverruns: () => Promise<void>
  /** Pauses models that fail time after time. */
  watchQuality: () => Promise<void>
  /** Tells the admins what waits for their decision. */
  watchWaiting: () => Promise<void>
  /** Rewards invitations that have earned it. */
  watchInvitations: () => Promise<void>
  /** Tells people what they asked to be reminded of. */
  watchReminders: () => Promise<void>
}

/** The leader looks so often whether the night's comparison is due or came to no end. */
const COMPARE_EVERY_MS = 600_000

/** What the leader does at intervals: compares the model files with the provider's catalogue. */
export function compareNightly(
  watchCatalogue: (signal: AbortSignal) => Promise<void>,
  lifecycle: Pick<Lifecycle, 'onDuty'>,
  log: Pick<Logger, 'warn'>,
): void {
  lifecycle.onDuty('lead', async (until) => {
    while (!until.aborted) {
      await watchCatalogue(until).catch((error: unknown) => {
        if (!until.aborted) log.warn({ err: error }, 'the provider’s catalogue was not compared')
      })
      await sleep(COMPARE_EVERY_MS, undefined, { signal: until }).catch(() => {})
    }
  })
}

/**
 * What every instance does at intervals, until the signal: compare ledger and accounts, ask whether
 * the provider takes orders again and consumed no more than was quoted, remove what has been kept
 * for long enough. What fails is logged and done the next time.
 */
export function startMaintenance(deps: MaintenanceDeps, signal: AbortSignal) {
  const { db, now, log, alert, telemetry, watchProvider, watchOverruns, watchWaiting } = deps
  const { watchInvitations, watchReminders, watchQuality, pendingUpdates } = deps

  async function reconcileLedgers(): Promise<void> {
    const found = await telemetry.audit()
    if (found.length === 0) return
    const list = found.map(([name, size]) => `${name} ${size}`).join(', ')
    log.error({ found: Object.fromEntries(found) }, 'the ledger does not balance')
    await alert('reconcile', {
      ru: `Книги не сходятся: ${list}`,
      en: `The ledger does not balance: ${list}`,
    })
  }

  /** Dead letters ring when they are written; here they ring again when nobody cared for a day. */
  async function watchOrphans(): Promise<void> {
    const found = await findOrphans(db, { now: now(), ended: JOB_STATUSES.ended })
    const old = found.filter(
      ({ what, oldest }) => !what.startsWith('dead') || now() - oldest.getTime() > DAY,
    )
    if (old.length === 0) return
    const list = old.map(({ what, count }) => `${count} ${what}`).join(', ')
    log.warn({ orphans: old }, 'some things are left to themselves')
    await alert(
      'orphans',
      {
        ru: `Остались без присмотра: ${list}. Смотрите npm run orphans.`,
        en: `Left to themselves: ${list}. See npm run orphans.`,
      },
      { everyMs: DAY },
    )
  }

  /** In a deploy, an older program may turn away what happens to an actor that a newer one has moved. */
  async function takeOverLetters(): Promise<void> {
    const error = ERRORS['actor.unfit'].text
    const letters = await lettersOfOlderPrograms(db, { error, versions: deps.versions })
    for (const id of letters) await askForReplay(db, id, now())
  }

  const attempt = (what: string, work: () => Promise<unknown>) => async () => {
    await work().catch((error: unknown) => {
      if (!signal.aborted) log.warn({ err: error }, `${what} did not work this time`)
    })
  }
  const audit = attempt('the audit', reconcileLedgers)
  const probe = attempt('the probe of the provider', () => watchProvider(signal))
  const compare = attempt('the comparison of quoted and consumed credits', watchOverruns)
  const lookAtQuality = attempt('the look for models that fail', watchQuality)
  const digest = attempt('the digest of what waits', watchWaiting)
  const reward = attempt('the rewards of invitations', watchInvitations)
  const remind = attempt('the reminders', watchReminders)
  const trim = attempt('the removal of what was kept for long enough', () =>
    retain(db, { now: now(), ended: JOB_STATUSES.ended, signal }),
  )
  const orphans = attempt('the look for orphans', watchOrphans)
  const letters = attempt('the replay of what an older program refused', takeOverLetters)
  const sample = attempt('the reading of gauges', () => telemetry.sample(pendingUpdates))
  const timers = [
    setInterval(sample, SAMPLE_EVERY_MS),
    setInterval(audit, AUDIT_EVERY_MS),
    setInterval(orphans, AUDIT_EVERY_MS),
    setInterval(probe, PROBE_EVERY_MS),
    setInterval(compare, PROBE_EVERY_MS),
    setInterval(lookAtQuality, PROBE_EVERY_MS),
    setInterval(digest, PROBE_EVERY_MS),
    setInterval(reward, PROBE_EVERY_MS),
    setInterval(remind, PROBE_EVERY_MS),
    setInterval(letters, PROBE_EVERY_MS),
    setInterval(trim, DAY / 4),
  ]
  signal.addEventListener('abort', () => {
    for (const timer of timers) clearInterval(timer)
  })
  return {
    /** Compares ledger and accounts at once; never rejects. */
    audit,
    /** Replays at once what an older program refused; never rejects. */
    takeOver: letters,
  }
}
