import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Logger } from 'pino'
import { createInstance } from '../actors/engine/engine.ts'
import { createSession, type Session } from '../actors/engine/session.ts'
import { RetryableError } from '../errors.ts'
import { createPool, createWriters } from '../store/database.ts'
import { createDb, type Db } from '../store/db.ts'
import { migrate } from '../store/migrate.ts'
import type { Lifecycle } from './lifecycle.ts'

/** The database of one process. Connects when it is first used, so it can be made without it. */
export interface Storage {
  pool: pg.Pool
  /** The connections that commit steps. */
  writers: pg.Pool
  db: Db
  /** This process among others, and the lock that its session holds. */
  instance: { readonly id: string; readonly lockKey: number }
  /** Advisory locks; rejects with `database.unavailable` while there is no session. */
  session: Pick<Session, 'withLock'>
  /** Migrates and opens the session; rejects when the database can't be reached now. */
  open(): Promise<void>
  /** Calls back when the session was lost and is back. */
  onReconnected(listener: () => void): void
  /** Ends the session, and with it its locks. */
  closeSession(): Promise<void>
  close(): Promise<void>
}

const HEARTBEAT_MS = 2_000

/**
 * Pools, session and heartbeat of a service. Asks the database every two seconds whether it answers
 * and tells the lifecycle, until the process ends.
 */
export function createStorage({
  url,
  instanceId,
  lifecycle,
  log,
}: {
  url: string
  instanceId: string
  lifecycle: Lifecycle
  log: Logger
}): Storage {
  const pool = createPool({ url, max: 16, name: 'trt' })
  const writers = createWriters(url)
  const instance = createInstance(instanceId)
  const listeners: (() => void)[] = []
  let session: Session | undefined

  async function beat(): Promise<void> {
    const answered = await Promise.race([
      pool.query('select 1').then(
        () => true,
        () => false,
      ),
      sleep(HEARTBEAT_MS * 2, false, { ref: false }),
    ])
    lifecycle.send(answered ? 'heartbeat.answered' : 'heartbeat.missed')
  }

  const heartbeat = setInterval(beat, HEARTBEAT_MS)
  lifecycle.ending.addEventListener('abort', () => clearInterval(heartbeat))

  return {
    pool,
    writers,
    db: createDb(pool),
    instance,
    session: {
      async withLock(key, action) {
        if (session === undefined) throw new RetryableError('database.unavailable')
        return session.withLock(key, action)
      },
    },
    async open() {
      await migrate(pool)
      session ??= await createSession({
        url,
        log,
        hold: [instance.lockKey],
        onReconnected: () => {
          for (const listener of listeners) listener()
        },
      })
    },
    onReconnected: (listener) => void listeners.push(listener),
    closeSession: async () => session?.close(),
    async close() {
      await Promise.all([pool.end(), writers.end()])
    },
  }
}
