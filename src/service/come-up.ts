import { setTimeout as sleepFor } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Leader } from '../actors/engine/leader.ts'
import { reasonOf, TerminalError } from '../errors.ts'
import type { EffectWorker } from './effect-worker.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { startMaintenance } from './maintenance.ts'
import type { Problems } from './problems.ts'
import type { Storage } from './storage.ts'
import type { TelegramSide } from './telegram-side.ts'

export interface ComingUp {
  lifecycle: Lifecycle
  storage: Pick<Storage, 'open'>
  worker: Pick<EffectWorker, 'start'>
  maintenance: Pick<ReturnType<typeof startMaintenance>, 'audit' | 'takeOver'>
  telegram: Pick<TelegramSide, 'identified'>
  election: Pick<Leader, 'start'>
  problems: Pick<Problems, 'set'>
  /** Trying again would not help: this database must not be used by this process. */
  onRefused(error: TerminalError): void
  log: Logger
  stuckMs?: number
  /** Rejects when aborted. */
  sleep?(ms: number, signal: AbortSignal): Promise<void>
}

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000
/** Whoever waits for longer is stuck: in a migration behind a lock, or at a silent server. */
const STUCK_MS = 20_000

/**
 * Brings up what needs the database, in order: schema and session, the worker, the election. Tries
 * again for as long as it takes, with one line each time the reason changes; resolves when all is up,
 * the database is refused or the process ends, and never rejects.
 */
export async function comeUp(parts: ComingUp): Promise<void> {
  const { lifecycle, storage, worker, maintenance, telegram, election, log, problems } = parts
  const { sleep = (ms, signal) => sleepFor(ms, undefined, { signal }) } = parts
  const { ending } = lifecycle

  /** True when it is done, false when the process ends. */
  async function isDone(what: string, work: () => Promise<void>, onFailure = () => {}) {
    let known: string | undefined
    const stuck = () => problems.set('start', { reason: `${what} takes long`, blocks: true })
    for (let ms = FIRST_PAUSE_MS; !ending.aborted; ms = Math.min(ms * 2, LONGEST_PAUSE_MS)) {
      const timer = setTimeout(stuck, parts.stuckMs ?? STUCK_MS)
      timer.unref()
      try {
        await work().finally(() => clearTimeout(timer))
        problems.set('start', null)
        return !ending.aborted
      } catch (error) {
        if (error instanceof TerminalError) {
          parts.onRefused(error)
          return false
        }
        const reason = withRemedy(reasonOf(error))
        if (reason !== known) log.warn({ reason }, `${what} is not there yet`)
        known = reason
        problems.set('start', { reason: `${what}: ${reason}`, blocks: true })
        onFailure()
        await sleep(ms, ending).catch(() => {})
      }
    }
    return false
  }

  const unreachable = () => lifecycle.send('database.unreachable')
  if (!(await isDone('the database', storage.open, unreachable))) return
  if (!(await isDone('the job queue', worker.start))) return
  lifecycle.send('schema.ready')
  log.info('Database schema ready')
  void maintenance.audit()
  // A newer program that has just started may be the first one that knows what to do with them.
  void maintenance.takeOver()
  // Whoever leads polls or registers, and needs to know the bot for it.
  await telegram.identified.catch(() => {})
  if (!ending.aborted) election.start()
}

const CERTIFICATE = /self-signed certificate|unable to verify|unable to get local issuer/i

/** What can be done about a reason that many meet. */
const withRemedy = (reason: string): string =>
  CERTIFICATE.test(reason)
    ? `${reason}: add sslmode=no-verify or sslrootcert=FILE to DATABASE_URL`
    : reason
