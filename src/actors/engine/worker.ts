import { EventEmitter } from 'node:events'
import { type Runner, run, type TaskList, type WorkerEvents } from 'graphile-worker'
import type pg from 'pg'
import type { Logger } from 'pino'
import {
  freeLostJobs,
  freeOrphans,
  reapInstances,
  registerInstance,
  removeInstance,
  silentInstances,
  unlockWorkers,
} from '../../store/engine/instances.ts'
import type { EngineDb } from '../../store/engine/tables.ts'
import { quietLogger } from './queue-logger.ts'

export interface WorkerDeps {
  pool: pg.Pool
  db: EngineDb
  /** This instance's name, and the key of the advisory lock that its session holds. */
  instance: { id: string; lockKey: number }
  /** Groups of tasks with slots of their own, so that slow ones can't starve the others. */
  queues: readonly { tasks: TaskList; slots: number }[]
  log: Logger
  onReap?: (ids: string[]) => void
  /** How often dead instances are looked for; one counts as dead the second time. */
  reapEveryMs?: number
}

export interface Worker {
  /** Registers this instance again, after its session was lost and came back. */
  register(): Promise<void>
  /** Takes no new jobs, waits for those running up to `graceMs`, then lets others have them. */
  stop(graceMs: number): Promise<void>
  lastRun(): Record<string, { lastRun: number | null; lastError: string | null }>
}

const REAP_EVERY_MS = 3_000
const RETRY_MS = 500

/** Rounds after a start, a death or a trouble in which the whole queue is looked at. */
const SWEEPS = 3

/**
 * Runs effects and timers from the job queue, and takes over those of instances that died: their
 * locks would otherwise be kept for hours.
 */
export async function startWorker(deps: WorkerDeps): Promise<Worker> {
  const { pool, db, instance, queues, log, reapEveryMs = REAP_EVERY_MS } = deps
  const { lockKey } = instance
  // A process that is started again under its old name must still see that the old one is dead.
  const id = `${instance.id}#${lockKey}`
  // The queue locks jobs in the name of a queue's pool, not of its single workers.
  const workerIds = new Set<string>()
  const runners: Runner[] = []
  const state = { lastRun: null as number | null, lastError: null as string | null }
  const lanesState = { ...state }
  let stopping = false
  let registered: Promise<void> = Promise.resolve()
  let sweeps = SWEEPS
  /** Jobs that run here, and until the next round those that did. */
  const running = new Set<string>()
  const ended: string[] = []
  let silent = new Set<string>()

  for (const queue of queues) runners.push(await startQueue(queue))
  await registered
  await reap()

  /** One after another: an older list must not overwrite a newer one. */
  function register(): Promise<void> {
    registered = registered.then(persist)
    return registered
  }

  async function persist(): Promise<void> {
    while (!stopping) {
      try {
        return await registerInstance(db, { id, lockKey, workerIds: [...workerIds] })
      } catch (error) {
        log.error({ err: error }, 'this instance could not register')
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
  }

  async function startQueue({ tasks, slots }: WorkerDeps['queues'][number]): Promise<Runner> {
    const events = new EventEmitter() as WorkerEvents
    const own: string[] = []
    events.on('worker:getJob:start', () => {
      lanesState.lastRun = Date.now()
    })
    events.on('worker:getJob:error', ({ error }) => {
      lanesState.lastError = String(error)
      sweeps = SWEEPS
    })
    events.on('worker:getJob:empty', () => {
      lanesState.lastError = null
    })
    events.on('job:start', ({ job }) => running.add(job.id))
    events.on('job:complete', ({ job }) => ended.push(job.id))
    events.on('pool:create', ({ workerPool }) => {
      own.push(workerPool.id)
      workerIds.add(workerPool.id)
      void register()
    })
    const runner = await run({
      pgPool: pool,
      taskList: tasks,
      concurrency: slots,
      noHandleSignals: true,
      pollInterval: 1_000,
      events,
      logger: quietLogger(log),
      parsedCronItems: [],
      // Asked before every fetch: a job must not be taken by somebody whose death nobody would see.
      forbiddenFlags: () => registered.then(() => null),
      // In batches a failure to note a job's end stops the queue; singly it is an unhandled rejection.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    })
    // A queue that dies (the database went away) is started again as soon as it can be.
    const stopped = () => (stopping ? undefined : revive(runner))
    void runner.promise.then(stopped, stopped)
    return runner

    async function revive(dead: Runner): Promise<void> {
      lanesState.lastError = 'a queue stopped'
      log.error('a worker queue stopped')
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      if (stopping) return
      try {
        // What it could not note the end of would stay locked in its name.
        await unlockWorkers(db, own)
        for (const workerId of own.splice(0)) workerIds.delete(workerId)
        runners[runners.indexOf(dead)] = await startQueue({ tasks, slots })
        lanesState.lastError = null
      } catch {
        await revive(dead)
      }
    }
  }

  const reaper = setInterval(reap, reapEveryMs)
  reaper.unref()

  async function reap(): Promise<void> {
    try {
      // A living instance may lose its session for a moment; its jobs must not run twice for that.
      const now = await silentInstances(db, id)
      const dead = await reapInstances(
        db,
        now.filter((other) => silent.has(other)),
      )
      silent = new Set(now)
      if (dead.length > 0) sweeps = SWEEPS
      if (sweeps > 0) {
        sweeps -= 1
        await freeOrphans(db)
        await freeLostJobs(db, [...workerIds], [...running])
      }
      for (const job of ended.splice(0)) running.delete(job)
      state.lastRun = Date.now()
      state.lastError = null
      if (dead.length === 0) return
      log.warn({ dead }, 'took over the jobs of dead instances')
      deps.onReap?.(dead)
    } catch (error) {
      sweeps = SWEEPS
      state.lastError = String(error)
    }
  }

  return {
    register,
    lastRun: () => ({ reaper: { ...state }, effects: { ...lanesState } }),
    async stop(graceMs) {
      stopping = true
      clearInterval(reaper)
      const all = Promise.all(runners.map((r) => r.stop().catch(() => {}))).then(() => true)
      const late = new Promise((resolve) => setTimeout(resolve, graceMs, false).unref())
      // Left registered, others free the jobs of what is still running as soon as this process ends.
      if (await Promise.race([all, late])) await removeInstance(db, id).catch(() => {})
    },
  }
}
