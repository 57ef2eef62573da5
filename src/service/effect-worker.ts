import type { Logger } from 'pino'
import type { CrashAt } from '../actors/crash-points.ts'
import type { BoundEffect } from '../actors/engine/effect.ts'
import type { Worker } from '../actors/engine/worker.ts'
import type { Reports } from './engine-reports.ts'
import type { EngineSide } from './engine-side.ts'
import type { Storage } from './storage.ts'

/** What does effects and fires timers; it can only be started when the database is there. */
export interface EffectWorker {
  /** Rejects when the database can't be reached now. */
  start(): Promise<void>
  /** Last rounds; none before the start. */
  lastRun: () => Partial<ReturnType<Worker['lastRun']>>
  /** What waits and runs, by queue; nothing before the start. */
  queues: Worker['queues']
  stop: Worker['stop']
}

export interface EffectWorkerParts {
  engineSide: EngineSide
  storage: Pick<Storage, 'engineDb' | 'instance' | 'onReconnected'>
  effects: readonly BoundEffect[]
  reports: Reports
  crashAt: CrashAt
  now: () => number
  log: Logger
}

/** What becomes of effects is said to `reports`. */
export function createEffectWorker(parts: EffectWorkerParts): EffectWorker {
  const { engineSide, effects, reports, crashAt, now, log } = parts
  const { engineDb: db, instance, onReconnected } = parts.storage
  const { engine, runtime } = engineSide
  let worker: Worker | undefined
  onReconnected(() => void worker?.register())
  return {
    async start() {
      worker = await engine.work({
        ...{ effects, runtime, db, instance, log, now, reached: crashAt },
        onDone: (type, outcome, ms, job) => {
          reports.emit('effect', type, outcome, ms, job)
          if (outcome === 'exhausted') reports.emit('dead letter', 'exhausted')
        },
      })
    },
    lastRun: () => worker?.lastRun() ?? {},
    queues: () => worker?.queues() ?? {},
    stop: async (graceMs) => worker?.stop(graceMs),
  }
}
