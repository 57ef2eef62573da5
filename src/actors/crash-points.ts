import { existsSync, readFileSync } from 'node:fs'

/**
 * Places between two durable writes where a process may die; tests arm one and `kill -9` happens
 * exactly there. Armed only by configuration (TEST_MODE with TRT_CRASH_AT); otherwise free.
 */
export const CRASH_POINTS = [
  'update.received',
  'update.committed',
  'job.starting',
  'job.started',
  'photo.uploaded',
  'create.starting',
  'create.answered',
  'create.recorded',
  'callback.received',
  'callback.committed',
  'result.fetched',
  'result.sent',
  'result.recorded',
  'screen.starting',
  'screen.sent',
  'screen.edited',
  'topup.started',
  'invoice.sent',
  'stars.refunded',
  'timers.claimed',
  'effects.claimed',
] as const

export type CrashPoint = (typeof CRASH_POINTS)[number]

/** Dies here if this point is armed. */
export type CrashAt = (point: CrashPoint) => void

/** Before the path of a file that names the armed point, or is absent: tests arm and disarm while it runs. */
export const ARMED_BY_FILE = 'file:'

/** `armed` is a point, or `file:` and a path. */
export function createCrashPoints(armed: string | undefined, die: () => void): CrashAt {
  if (armed === undefined) return () => {}
  const file = armed.startsWith(ARMED_BY_FILE) ? armed.slice(ARMED_BY_FILE.length) : undefined
  const named =
    file === undefined ? () => armed : () => existsSync(file) && readFileSync(file, 'utf8')
  return (point) => {
    if (point === named()) die()
  }
}
