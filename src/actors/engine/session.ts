import pg from 'pg'
import type { Logger } from 'pino'
import { coerceError, RetryableError } from '../../errors.ts'
import { applySettings, connectionString, isBroken } from '../../store/database.ts'

/**
 * Advisory locks of this process on one connection of its own: Postgres frees them the moment the
 * process dies, so nothing has to expire.
 */
export interface Session {
  /** Runs `action` while no other process holds `key`; null when another one does. */
  withLock<T>(key: number, action: () => Promise<T>): Promise<T | null>
  close(): Promise<void>
}

export interface SessionDeps {
  url: string
  log: Logger
  /** Locks to hold as long as the connection lives, e.g. this instance's own. */
  hold: readonly number[]
  /** The connection was lost and is back, with `hold` taken again. */
  onReconnected?: () => void
  /** A server that is silent for longer counts as lost. */
  timeoutMs?: number
}

const RETRY_MS = 500
/** A server that lost sight of us frees our locks after some 15 s instead of two hours. */
const NOTICE_LOSS = {
  tcp_keepalives_idle: '5',
  tcp_keepalives_interval: '3',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '15000',
}

/** Opens the connection; rejects when the database can't be reached now. */
export async function createSession(deps: SessionDeps): Promise<Session> {
  const { url, log, hold, onReconnected, timeoutMs = 10_000 } = deps
  const running = new Map<number, Promise<unknown>>()
  let closed = false
  // Empty before the first connection: its handlers may run while it is still being made.
  let client: pg.Client | undefined
  let last: Promise<unknown> = Promise.resolve()

  async function connect(): Promise<pg.Client> {
    const next = new pg.Client({
      connectionString: connectionString(url),
      application_name: 'trt-session',
      connectionTimeoutMillis: 5_000,
      query_timeout: timeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
    })
    next.on('error', () => lose(next))
    next.on('end', () => lose(next))
    try {
      await next.connect()
      await applySettings(next, NOTICE_LOSS)
      for (const key of hold) await next.query('select pg_advisory_lock($1::bigint)', [key])
      return next
    } catch (error) {
      drop(next)
      throw error
    }
  }

  function drop(broken: pg.Client): void {
    void broken.end().catch(() => {})
  }

  function lose(lost: pg.Client): void {
    if (client !== lost || closed) return
    client = undefined
    log.warn('the session connection is lost')
    const again = () =>
      connect()
        .then((next) => {
          if (closed) return drop(next)
          client = next
          onReconnected?.()
        })
        .catch(() => {
          if (!closed) setTimeout(again, RETRY_MS).unref()
        })
    void again()
  }

  /** One question at a time: the connection has no queue of its own. */
  function query(text: string, key: number): Promise<boolean> {
    const turn = last.then(() => ask(text, key))
    last = turn.catch(() => {})
    return turn
  }

  async function ask(text: string, key: number): Promise<boolean> {
    const asked = client
    if (asked === undefined) throw new RetryableError('database.unavailable')
    try {
      const { rows } = await asked.query<{ ok: boolean }>(text, [key])
      return rows[0]?.ok === true
    } catch (thrown) {
      // Nobody answered: the next question would wait behind this one.
      if (isBroken(thrown)) {
        drop(asked)
        lose(asked)
      }
      throw new RetryableError('database.unavailable', { cause: coerceError(thrown) })
    }
  }

  async function locked<T>(key: number, action: () => Promise<T>): Promise<T | null> {
    if (!(await query('select pg_try_advisory_lock($1::bigint) as ok', key))) return null
    try {
      return await action()
    } finally {
      // A lost connection has freed the lock already.
      await query('select pg_advisory_unlock($1::bigint) as ok', key).catch(() => {})
    }
  }

  client = await connect()
  return {
    withLock(key, action) {
      // Advisory locks are per connection: within the process, callers queue up here.
      const turn = (running.get(key) ?? Promise.resolve()).then(() => locked(key, action))
      const settled = turn.catch(() => {})
      running.set(key, settled)
      void settled.then(() => {
        if (running.get(key) === settled) running.delete(key)
      })
      return turn
    },
    async close() {
      closed = true
      await client?.end().catch(() => {})
    },
  }
}
