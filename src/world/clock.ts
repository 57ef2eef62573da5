import { hurryJobs } from '../store/console/queue.ts'
import { createPool } from '../store/database.ts'
import { createDb } from '../store/db.ts'

export interface SandboxClock {
  now(): number
  aheadMs(): number
  /** Moves the clock on; what is due by then comes due now. */
  advance(ms: number): Promise<void>
  close(): Promise<void>
}

/** The queue runs by the database's clock: what is due is brought forward this often. */
const LOOK_MS = 250

/**
 * The wall clock and what it was advanced by. Timers are set by this clock and kept by the database,
 * so while it is ahead, what is due by it is brought forward again and again.
 */
export function createSandboxClock(databaseUrl: string): SandboxClock {
  let aheadMs = 0
  let timer: NodeJS.Timeout | undefined
  let hurrying: Promise<unknown> = Promise.resolve()
  const pool = createPool({ url: databaseUrl, max: 1, name: 'trt-sandbox-clock' })
  const db = createDb(pool)

  function hurry(): Promise<unknown> {
    hurrying = hurrying.then(() => hurryJobs(db, aheadMs)).catch(() => {})
    return hurrying
  }

  return {
    now: () => Date.now() + aheadMs,
    aheadMs: () => aheadMs,
    async advance(ms) {
      aheadMs += ms
      await hurry()
      if (aheadMs > 0) timer ??= setInterval(hurry, LOOK_MS).unref()
    },
    async close() {
      clearInterval(timer)
      await hurrying
      await pool.end()
    },
  }
}
