import type { Logger } from 'pino'
import { coerceError } from '../../errors.ts'
import { freeOrphanedEffects } from '../../store/engine/effects.ts'
import {
  isRegistered,
  reapInstances,
  registerInstance,
  removeInstance,
  silentInstances,
} from '../../store/engine/instances.ts'
import type { EngineDb } from '../../store/engine/tables.ts'

export interface MembershipDeps {
  db: EngineDb
  /** This instance's name, and the key of the advisory lock that its session holds. */
  instance: { id: string; lockKey: number }
  /** Of the machines that this process knows. */
  versions: Readonly<Record<string, number>>
  log: Logger
  /**
   * Called every round. `inDoubt`: rows in this instance's name and its memory may differ, because it
   * was thought dead, a commit got no answer, or it just started.
   */
  onRound: (inDoubt: boolean) => Promise<void>
  /** Others took over from these. */
  onReap?: ((ids: string[]) => void) | undefined
  /** How often dead instances are looked for; one counts as dead the second time. */
  everyMs?: number
}

export interface Membership {
  /** Registers this instance; again when its session was lost and is back with its lock. */
  register(): Promise<void>
  /** What this instance remembers of its rows may be wrong: compared in the next rounds. */
  doubt(): void
  isRegistered(): boolean
  stop(): Promise<void>
  stats(): { lastRun: number | null; lastError: string | null }
}

const EVERY_MS = 3_000
const RETRY_MS = 500
/** Rounds after a start, a death or a trouble in which rows and memory are compared. */
const ROUNDS = 3

/**
 * Knows which instances live, and frees what dead ones were running: Postgres drops an advisory lock
 * with its connection, so nothing has to expire.
 */
export function createMembership(deps: MembershipDeps): Membership {
  const { db, versions, log, onRound, onReap, everyMs = EVERY_MS } = deps
  const { lockKey } = deps.instance
  // A process that is started again under its old name must still see that the old one is dead.
  const id = `${deps.instance.id}#${lockKey}`
  let registered = false
  let registering: Promise<void> = Promise.resolve()
  let rounds = ROUNDS
  let silent = new Set<string>()
  let stopping = false
  let lastRun: number | null = null
  let lastError: string | null = null

  /** One after another: an older registration must not overwrite a newer one. */
  function register(): Promise<void> {
    registering = registering.then(persist)
    return registering
  }

  async function persist(): Promise<void> {
    while (!stopping) {
      try {
        await registerInstance(db, { id, lockKey, versions })
        registered = true
        return
      } catch (error) {
        log.error({ err: error }, 'this instance could not register')
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
  }

  async function round(): Promise<void> {
    try {
      // Another has thought it dead and taken over: it registers again when its lock is back.
      if (registered && !(await isRegistered(db, id))) registered = false
      // A living instance may lose its session for a moment; its effects must not run twice for that.
      const now = await silentInstances(db, id)
      const dead = await reapInstances(
        db,
        now.filter((other) => silent.has(other)),
      )
      silent = new Set(now)
      if (dead.length > 0) rounds = ROUNDS
      if (rounds > 0) {
        rounds -= 1
        await freeOrphanedEffects(db)
        await onRound(true)
      } else await onRound(false)
      lastRun = Date.now()
      lastError = null
      if (dead.length === 0) return
      log.warn({ dead }, 'took over from dead instances')
      onReap?.(dead)
    } catch (error) {
      rounds = ROUNDS
      lastError = coerceError(error).message
    }
  }

  let current: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    current = current.then(round)
  }, everyMs)
  timer.unref()

  return {
    async register() {
      rounds = ROUNDS
      await register()
      await round()
    },
    doubt() {
      rounds = ROUNDS
    },
    isRegistered: () => registered,
    stats: () => ({ lastRun, lastError }),
    async stop() {
      stopping = true
      clearInterval(timer)
      await current
      await removeInstance(db, id).catch(() => {})
    },
  }
}
