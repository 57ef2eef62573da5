import type { JobContext } from './context.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

/** Time limits of a job. The provider keeps a task silent for 10 minutes at most before code 408. */
export const DELAYS = {
  uploadMs: 10 * MINUTE,
  /** The provider could not be reached at all. */
  createMs: 20 * MINUTE,
  /** The create call itself gives up after 60 s; this is for an instance that died with it. */
  answerMs: 3 * MINUTE,
  retryMs: 10 * SECOND,
  /** However long a pause the provider asks for: somebody waits for the order. */
  mostRetryMs: 10 * MINUTE,
  pollMs: MINUTE,
  unknownMs: 15 * MINUTE,
  /**
   * After its end. The provider keeps results for 14 days and repeats callbacks for less; this leaves
   * operators time to give back or to send again.
   */
  closeMs: 60 * DAY,
  maxAttempts: 30,
} as const

/**
 * Pause before the next status question, longer with the age of the order: sparse where callbacks come,
 * else 3 s, 7 s, then 20 s, as https://docs.kie.ai/market/common/get-task-detail advises.
 */
export function pollPause({ callbacks, polls }: JobContext): number {
  if (callbacks && polls < 10) return polls === 0 ? 30 * SECOND : MINUTE
  if (callbacks) return polls < 30 ? 2 * MINUTE : 5 * MINUTE
  if (polls < 10) return 3 * SECOND
  return polls < 23 ? 7 * SECOND : 20 * SECOND
}

/** Longest wait for a result before the money goes back. */
export const generationLimit = ({ output }: JobContext): number =>
  output === 'image' ? 30 * MINUTE : 180 * MINUTE
