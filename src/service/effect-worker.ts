import type { Logger } from 'pino'
import { startWorker, type Worker, type WorkerDeps } from '../actors/engine/worker.ts'
import type { Storage } from './storage.ts'

/** The worker of the job queue, which can only be started when the database is there. */
export interface EffectWorker {
  /** Rejects when the database can't be reached now. */
  start(): Promise<void>
  /** Last rounds; none before the start. */
  lastRun: Worker['lastRun']
  stop: Worker['stop']
}

export function createEffectWorker({
  storage: { pool, db, instance, onReconnected },
  queues,
  log,
}: {
  storage: Pick<Storage, 'pool' | 'db' | 'instance' | 'onReconnected'>
  queues: WorkerDeps['queues']
  log: Logger
}): EffectWorker {
  let worker: Worker | undefined
  onReconnected(() => void worker?.register())
  return {
    async start() {
      worker = await startWorker({ pool, db, instance, queues, log })
    },
    lastRun: () => worker?.lastRun() ?? {},
    stop: async (graceMs) => worker?.stop(graceMs),
  }
}
