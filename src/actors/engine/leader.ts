import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from 'pino'
import { coerceError } from '../../errors.ts'
import { connectionString } from '../../store/database.ts'

export interface LeaderDeps {
  /** A connected session of its own; not through a pooler that shares sessions. */
  connect(): Promise<pg.Client>
  /** See `lockKey`. */
  key: bigint
  now(): number
  log: Pick<Logger, 'info' | 'warn'>
  /** `term` is aborted when the leadership ends, however it ends. */
  onGained(term: AbortSignal): void
  onLost(reason: 'released' | 'connection'): void
  /** How often a candidate asks and a leader proves that its session lives. */
  pollMs?: number
  /** How long the leader waits for that proof. */
  heartbeatDeadlineMs?: number
  /** How long the holder of the lock waits before it leads, so that a leader before it can notice. */
  graceMs?: number
  /** After this silence the server ends the session and lets the next one in. */
  sessionTimeoutMs?: number
}

export interface Leader {
  /** Begins to stand for election, for as long as the process lives. */
  start(): void
  /** `since` is when the present leadership began. */
  state(): { readonly leader: boolean; readonly since: number | null }
  /** Gives the lock to others; first stop what only the leader may do. Resolves within 2 s. */
  release(): Promise<void>
}

const RELEASE_DEADLINE_MS = 1000

/**
 * Elects one process by a session advisory lock, which PostgreSQL frees as soon as the session is
 * gone. A leader cut off from the server gives up after 2.5 polls, before the server gives up on it
 * after 3.5: no two believe to lead, short of a process that is frozen and wakes. What is decided
 * elsewhere by row versions stays correct even then; this is an election, not a fence.
 */
export function createLeader(deps: LeaderDeps): Leader {
  const { log, key, pollMs = 3000, graceMs = 300 } = deps
  const heartbeatDeadlineMs = deps.heartbeatDeadlineMs ?? pollMs * 1.5
  const sessionTimeoutMs = deps.sessionTimeoutMs ?? pollMs * 3.5
  const stop = new AbortController()
  let running: Promise<void> | undefined
  let since: number | null = null

  async function run() {
    while (!stop.signal.aborted) {
      try {
        await serve(await connect())
      } catch (error) {
        if (stop.signal.aborted) break
        log.warn({ reason: coerceError(error).message }, 'the election has no connection')
      }
      await pause(stop.signal)
    }
  }

  /** Ends with the session: rejects when it breaks, resolves when released. */
  async function serve(client: pg.Client) {
    const broken = new AbortController()
    client.on('error', (error) => broken.abort(error))
    client.on('end', () => broken.abort(new Error('the session has ended')))
    const ended = AbortSignal.any([broken.signal, stop.signal])
    const ask = (sql: string, values: unknown[] = []) =>
      within(heartbeatDeadlineMs, client.query(sql, values), ended)
    try {
      await ask(`set idle_session_timeout = ${Math.ceil(sessionTimeoutMs)}`)
      while (!(await tryLock(ask))) await pause(ended)
      // Also for a lock found free at once: its holder may have lost it a moment ago.
      await sleep(graceMs, undefined, { signal: ended }).catch(() => {})
      if (!ended.aborted) {
        await ask('select 1')
        await lead(ask, ended)
      }
      if (stop.signal.aborted) await unlock(client)
    } finally {
      // Not awaited: a dead peer would never answer. With a query under way it cuts the socket.
      client.end().catch(() => {})
    }
  }

  const tryLock = async (ask: Ask) => {
    const { rows } = await ask('select pg_try_advisory_lock($1::bigint) as held', [String(key)])
    return rows[0]?.held === true
  }

  /** Resolves when the leadership is over. */
  async function lead(ask: Ask, ended: AbortSignal) {
    const term = new AbortController()
    since = deps.now()
    log.info('leadership gained')
    try {
      deps.onGained(term.signal)
      while (!ended.aborted) {
        await pause(ended)
        if (!ended.aborted) await ask('select 1')
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error
    } finally {
      since = null
      term.abort()
      const reason = stop.signal.aborted ? 'released' : 'connection'
      log[reason === 'released' ? 'info' : 'warn']({ reason }, 'leadership lost')
      deps.onLost(reason)
    }
  }

  const unlock = (client: pg.Client) =>
    within(
      RELEASE_DEADLINE_MS,
      client.query('select pg_advisory_unlock($1::bigint)', [String(key)]),
    ).catch(() => {})

  /** The connection, or a rejection on release; one that comes too late is closed. */
  async function connect(): Promise<pg.Client> {
    const connecting = deps.connect()
    try {
      return await within(sessionTimeoutMs, connecting, stop.signal)
    } catch (error) {
      connecting.then(abandon).catch(() => {})
      throw error
    }
  }

  const pause = (signal: AbortSignal) => sleep(pollMs, undefined, { signal }).catch(() => {})

  return {
    start() {
      running ??= run()
    },
    state: () => ({ leader: since !== null, since }),
    async release() {
      stop.abort(new Error('released'))
      await running
    },
  }
}

/** An `error` that nobody listens to would end the process. */
function abandon(client: pg.Client) {
  client.on('error', () => {})
  return client.end()
}

type Ask = (sql: string, values?: unknown[]) => Promise<pg.QueryResult>

/** Rejects at the deadline or on abort, whatever becomes of the work. */
function within<T>(ms: number, work: Promise<T>, signal?: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const timer = setTimeout(() => reject(new Error(`no answer in ${ms} ms`)), ms)
  const abort = () => reject(signal?.reason)
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort, { once: true })
  work.then(resolve, reject)
  return promise.finally(() => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  })
}

/** The same number in every process that knows the secret, and another one for every other secret. */
export const lockKey = (name: string, secret: string): bigint =>
  createHash('sha256').update(`${name}:${secret}`).digest().readBigInt64BE()

/** A session for `createLeader`, with keepalive and a limit on connecting. */
export async function connectForLock(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: connectionString(url),
    application_name: 'trt-leader',
    connectionTimeoutMillis: 5000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5000,
  })
  client.on('error', () => {})
  await client.connect()
  return client
}
