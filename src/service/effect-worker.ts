import type { Logger } from 'pino'
import type { WorkOptions } from '../actors/engine/engine.ts'
import type { Worker } from '../actors/engine/worker.ts'
import type { Reports } from './engine-reports.ts'
import type { EngineSide } from './engine-side.ts'
import type { Storage } from './storage.ts'

/** The worker of the job queue, which can only be started when the database is there. */
export interface EffectWorker {
  /** Rejects when the database can't be reached now. */
  start(): Promise<void>
  /** Last rounds; none before the start. */
  lastRun: Worker['lastRun']
  stop: Worker['stop']
}

export interface EffectWorkerParts {
  engineSide: EngineSide
  storage: Pick<Storage, 'pool' | 'db' | 'instance' | 'onReconnected'>
  work: Pick<WorkOptions, 'effects' | 'tasks'>
  reports: Reports
  now: () => number
  log: Logger
}

/** What becomes of effects is said to `reports`. */
export function createEffectWorker(parts: EffectWorkerParts): EffectWorker {
  const { engineSide, work, reports, now, log } = parts
  const { pool, db, instance, onReconnected } = parts.storage
  const { engine, runtime } = engineSide
  let worker: Worker | undefined
  onReconnected(() => void worker?.register())
  return {
    async start() {
      worker = await engine.work({
        ...{ ...work, runtime, pool, db, instance, log, now },
        onDone: (type, outcome, ms, job) => {
          reports.emit('effect', type, outcome, ms, job)
          if (outcome === 'exhausted') reports.emit('dead letter', 'exhausted')
        },
      })
    },
    lastRun: () => worker?.lastRun() ?? {},
    stop: async (graceMs) => worker?.stop(graceMs),
  }
}
