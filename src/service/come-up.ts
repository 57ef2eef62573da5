import { setTimeout as sleepFor } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Leader } from '../actors/engine/leader.ts'
import type { EffectWorker } from './effect-worker.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { startMaintenance } from './maintenance.ts'
import type { Storage } from './storage.ts'
import type { TelegramSide } from './telegram-side.ts'

export interface ComingUp {
  lifecycle: Lifecycle
  storage: Pick<Storage, 'open'>
  worker: Pick<EffectWorker, 'start'>
  maintenance: Pick<ReturnType<typeof startMaintenance>, 'audit'>
  telegram: Pick<TelegramSide, 'identified'>
  election: Pick<Leader, 'start'>
  log: Logger
  /** Rejects when aborted. */
  sleep?(ms: number, signal: AbortSignal): Promise<void>
}

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000

/**
 * Brings up what needs the database, in order: schema and session, the worker, the election. Tries
 * again for as long as it takes; resolves when all is up or the process ends, and never rejects.
 */
export async function comeUp(parts: ComingUp): Promise<void> {
  const { lifecycle, storage, worker, maintenance, telegram, election, log } = parts
  const { sleep = (ms, signal) => sleepFor(ms, undefined, { signal }) } = parts
  const { ending } = lifecycle

  /** True when it is done, false when the process ends. */
  async function isDone(what: string, work: () => Promise<void>, onFailure = () => {}) {
    for (let ms = FIRST_PAUSE_MS; !ending.aborted; ms = Math.min(ms * 2, LONGEST_PAUSE_MS)) {
      try {
        await work()
        return !ending.aborted
      } catch (error) {
        log.warn({ err: error }, `${what} is not there yet`)
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
  // Whoever leads polls or registers, and needs to know the bot for it.
  await telegram.identified.catch(() => {})
  if (!ending.aborted) election.start()
}
