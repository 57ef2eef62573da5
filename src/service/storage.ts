import type pg from 'pg'
import type { Logger } from 'pino'
import { createInstance } from '../actors/engine/engine.ts'
import { createSession, type Session } from '../actors/engine/session.ts'
import { reasonOf, TerminalError } from '../errors.ts'
import { createPool, createWriters } from '../store/database.ts'
import { createDb, type Db } from '../store/db.ts'
import { claimInstallation, type Installation } from '../store/installation.ts'
import { migrate } from '../store/migrate.ts'
import { refuseSharedSessions } from '../store/own-sessions.ts'
import { readClock } from '../store/server.ts'
import type { ServiceClock } from './clock.ts'
import { CONNECTIONS, TURN_MS } from './connections.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Problems } from './problems.ts'

/** The database of one process. Connects when it is first used, so it can be made without it. */
export interface Storage {
  /** The connections that commit steps. */
  writers: pg.Pool
  /** For handlers of effects and the console. */
  db: Db
  /** For the engine itself: no handler can take these connections. */
  engineDb: Db
  /** This process among others, and the lock that its session holds. */
  instance: { readonly id: string; readonly lockKey: number }
  /**
   * Migrates and opens the session; rejects when the database can't be reached now, and with a
   * TerminalError when it is the wrong one or must not be reached this way.
   */
  open(): Promise<void>
  /** Calls back when the session was lost and is back. */
  onReconnected(listener: () => void): void
  /** Ends the session, and with it its locks. */
  closeSession(): Promise<void>
  close(): Promise<void>
}

const HEARTBEAT_MS = 2_000
/** Beyond this somebody must mend the clock of this machine or of the database. */
const CLOCK_TOLERANCE_MS = 5_000

export interface StorageOptions {
  url: string
  instanceId: string
  /** Whose database it has to be. */
  owner: Installation
  clock: ServiceClock
  lifecycle: Lifecycle
  problems: Problems
  log: Logger
  heartbeatMs?: number
}

/**
 * Pools, session and heartbeat of a service. Asks the database every two seconds whether it answers
 * and what its clock says, and tells the lifecycle, until the process ends.
 */
export function createStorage({
  url,
  instanceId,
  owner,
  clock,
  lifecycle,
  problems,
  log,
  heartbeatMs = HEARTBEAT_MS,
}: StorageOptions): Storage {
  const pool = createPool({ url, max: CONNECTIONS.handlers, name: 'trt', turnMs: TURN_MS })
  const enginePool = createPool({ url, max: CONNECTIONS.engine, name: 'trt-engine' })
  const writers = createWriters(url)
  const engineDb = createDb(enginePool)
  const instance = createInstance(instanceId)
  const listeners: (() => void)[] = []
  let session: Promise<Session> | undefined
  let missed = 0

  /** Rejects with what the database says, or when it says nothing in time. */
  async function ask(): Promise<void> {
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(new Error('no answer')), heartbeatMs * 2)
    try {
      let isReadOnly = false
      await Promise.race([
        late.promise,
        clock.compare(async () => {
          const answer = await readClock(engineDb)
          isReadOnly = answer.readOnly
          return answer.time
        }),
      ])
      noteClock()
      // A standby answers questions too; what it can't do is commit.
      if (isReadOnly) {
        problems.set('commits', { reason: 'the database is read-only', blocks: true })
      } else if (problems.reasons().commits === 'the database is read-only') {
        problems.set('commits', null)
      }
    } finally {
      clearTimeout(timer)
    }
  }

  function noteClock(): void {
    const aheadMs = clock.aheadMs() ?? 0
    if (Math.abs(aheadMs) <= CLOCK_TOLERANCE_MS) {
      problems.set('clock', null)
      return
    }
    const where = aheadMs > 0 ? 'ahead of' : 'behind'
    const reason = `the clock of this machine is ${Math.round(Math.abs(aheadMs) / 1_000)} s ${where} the database's`
    problems.set('clock', { reason, blocks: false })
  }

  async function beat(): Promise<void> {
    try {
      await ask()
      missed = 0
      problems.set('database', null)
      lifecycle.send('heartbeat.answered')
    } catch (error) {
      missed += 1
      if (missed > 1) problems.set('database', { reason: reasonOf(error), blocks: true })
      lifecycle.send('heartbeat.missed')
    }
  }

  const heartbeat = setInterval(beat, heartbeatMs)
  lifecycle.ending.addEventListener('abort', () => clearInterval(heartbeat))

  /** Two bots on one database would answer each other's users. */
  async function refuseForeign(): Promise<void> {
    const { botId, money } = await claimInstallation(engineDb, owner)
    if (botId !== owner.botId) {
      throw new TerminalError('database.foreign', {
        detail:
          `It is that of bot ${botId}; the token is of bot ${owner.botId}. Set DATABASE_URL to another ` +
          `database, or give this one away: npm run adopt -- --bot ${owner.botId}`,
      })
    }
    if (money === owner.money) return
    const [held, wanted] = [money, owner.money].map((kind) => `${kind} money`)
    throw new TerminalError('database.foreign', {
      detail: `It holds ${held} and this start is for ${wanted}. Set DATABASE_URL to another database.`,
    })
  }

  /** The session, or the attempt to open it that is under way; one that failed is followed by a new one. */
  function openSession(): Promise<Session> {
    session ??= createSession({
      url,
      log,
      hold: [instance.lockKey],
      onReconnected: () => {
        for (const listener of listeners) listener()
      },
    }).catch((error) => {
      session = undefined
      throw error
    })
    return session
  }

  return {
    writers,
    db: createDb(pool),
    engineDb,
    instance,
    async open() {
      // The time before anything is written with one in it.
      await Promise.all([refuseSharedSessions(url), ask()])
      // It asks nothing of the schema, so it need not wait until that is the newest.
      const opening = openSession()
      // When something else fails first, that is the reason to tell.
      opening.catch(() => {})
      await migrate(pool)
      await refuseForeign()
      await opening
    },
    onReconnected: (listener) => void listeners.push(listener),
    async closeSession() {
      const opened = await session?.catch(() => undefined)
      await opened?.close()
    },
    async close() {
      await Promise.all([pool.end(), enginePool.end(), writers.end()])
    },
  }
}
