import { SLOTS } from '../actors/effects/declare.ts'

/** Effects that may run at the same time, each of which may ask the database something. */
const ASKERS = Object.values(SLOTS).reduce<number>((sum, slots) => sum + slots, 0)
/** They ask now and then and hold a connection for a statement only. */
const ASKERS_PER_CONNECTION = 16

/**
 * Connections of one process by who asks, so that nobody can keep another from its own. Beside them
 * there are one for the session's locks and one for the election.
 */
export const CONNECTIONS = {
  /** Commits steps and loads actors: two batches at a time. */
  writers: 2,
  /**
   * The engine's own questions, one of each at a time: effects to claim, effects that are done, effects
   * put back, timers to claim, timers to drop, members, and the heartbeat.
   */
  engine: 7,
  /** Handlers of effects, the console, the payments desk. */
  handlers: Math.ceil(ASKERS / ASKERS_PER_CONNECTION),
} as const

/** How long a handler waits for its turn when all connections are taken: that is no outage. */
export const TURN_MS = 15_000
