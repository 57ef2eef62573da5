import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { coerceError, RetryableError, TerminalError, TrtError } from '../errors.ts'
import { createStatementNames } from './engine/statement-names.ts'

export interface PoolOptions {
  url: string
  max: number
  name: string
  /** Connections that are kept open when nothing happens. */
  min?: number
  /** Session settings, e.g. `{ jit: 'off' }`. */
  settings?: Record<string, string>
  /** Longest wait for a connection, while all are taken or the server can't be reached. */
  turnMs?: number
  /** Longest wait for the answer to a statement; a server that fell silent must not hold us up. */
  timeoutMs?: number
}

const INT8 = 20
const NUMERIC = 1700
const INT8_ARRAY = 1016

/** int8 and numeric become numbers: ids, amounts and counts all stay far below 2^53. */
const parsers: Record<number, (text: string) => unknown> = {
  [INT8]: (text) => exactNumber(text),
  [NUMERIC]: (text) => exactNumber(text),
  [INT8_ARRAY]: (text) => (text === '{}' ? [] : text.slice(1, -1).split(',').map(exactNumber)),
}

const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    parsers[oid] ?? pg.types.getTypeParser(oid, format as 'text'),
}

function exactNumber(text: string): number {
  const value = Number(text)
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) throw new RangeError('number beyond 2^53')
  return value
}

/** The forms of TLS that the driver treats as `verify-full`, with a warning on standard error. */
const VERIFIED = /^(prefer|require|verify-ca)$/

/**
 * The URL of the environment as the driver takes it. `sslmode=require` and its like mean what the
 * driver makes of them, a certificate that is verified in full, but are not warned about.
 */
export function connectionString(url: string): string {
  if (!URL.canParse(url)) return url
  const parsed = new URL(url)
  const { searchParams } = parsed
  const isVerified = VERIFIED.test(searchParams.get('sslmode') ?? '')
  if (!isVerified || searchParams.get('uselibpqcompat') === 'true') return url
  searchParams.set('sslmode', 'verify-full')
  return parsed.href
}

/**
 * Session settings, set after connecting: as parameters of the connection poolers refuse them. Goes to
 * the server as one statement; rejects when it can't be reached or refuses.
 */
export async function applySettings(
  client: Pick<pg.ClientBase, 'query'>,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  await client.query(
    `select set_config(name, value, false) from unnest($1::text[], $2::text[]) as s (name, value)`,
    [Object.keys(settings), Object.values(settings)],
  )
}

/**
 * A pool whose connections give up on a server that can't be reached or falls silent. The server for
 * its part ends what takes too long, also when we are the ones who fell silent, and frees its locks.
 */
export function createPool(given: PoolOptions): pg.Pool {
  const { url, max, name, min = 0, timeoutMs = 30_000, turnMs = 5_000 } = given
  const settings = {
    // A little sooner than here: an answer is better than a connection that has to be dropped.
    statement_timeout: `${Math.ceil(timeoutMs * 0.8)}ms`,
    lock_timeout: `${Math.ceil(timeoutMs * 0.5)}ms`,
    idle_in_transaction_session_timeout: `${timeoutMs}ms`,
    ...given.settings,
  }
  const pool = new pg.Pool({
    connectionString: connectionString(url),
    max,
    min,
    application_name: name,
    connectionTimeoutMillis: turnMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    query_timeout: timeoutMs,
    types: types as pg.CustomTypesConfig,
    onConnect: (client) => applySettings(client, settings),
  })
  // A connection that breaks is the query's error, or nobody's: it must never end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  // An idle connection that breaks is replaced at its next use; without a listener it would be fatal.
  pool.on('error', () => {})
  return pool
}

/**
 * The two connections that commit steps: enough to keep Postgres busy while the next batch gathers.
 * Whatever waits there (a lock, a silent network, a transaction of a process that froze) ends within
 * seconds, on both sides, because every step waits behind it.
 */
export const createWriters = (url: string, name = 'trt-writer'): pg.Pool =>
  createPool({
    url,
    max: 2,
    min: 2,
    name,
    timeoutMs: 10_000,
    settings: {
      // The planner must not fall for the empty tables it saw first.
      enable_seqscan: 'off',
      enable_hashjoin: 'off',
      enable_mergejoin: 'off',
      jit: 'off',
      plan_cache_mode: 'force_generic_plan',
    },
  })

/** Queries over a pool that stays the caller's to end. What they fail with is said in our terms. */
export const openDb = <Tables>(pool: Pick<pg.Pool, 'connect'>): Kysely<Tables> =>
  new Kysely<Tables>({
    dialect: new PostgresDialect({
      pool: {
        connect: () => inOurTerms(pool.connect()).then(dropWhenBroken),
        end: async () => {},
        options: {},
      },
    }),
  })

/**
 * Queries inside a transaction that this client has open. They fail with what the driver throws: who
 * opened the transaction must see whether the connection is lost.
 */
export const openDbIn = <Tables>(client: pg.PoolClient): Kysely<Tables> =>
  new Kysely<Tables>({
    dialect: new PostgresDialect({
      pool: {
        connect: async () =>
          ({
            query: (text: string, values: readonly unknown[]) => client.query(named(text, values)),
            release: () => {},
          }) as { query: pg.PoolClient['query']; release(): void },
        end: async () => {},
        options: {},
      },
    }),
  })

/** A broken connection given back to its pool as if nothing had happened would break the next query. */
function dropWhenBroken(client: pg.PoolClient) {
  let broken = false
  let inTransaction = false
  const ask = async (query: pg.QueryConfig) => {
    try {
      return await client.query(query)
    } catch (thrown) {
      broken ||= isBroken(thrown)
      // Nothing was done, and nothing was begun: the same is asked again without a plan.
      if (!isStalePlan(thrown) || inTransaction) throw databaseError(thrown)
      const { text, values } = query
      return client.query(text, values).catch((again) => {
        throw databaseError(again)
      })
    }
  }
  return {
    query(text: string, values: readonly unknown[]) {
      if (/^(begin|start transaction)/.test(text)) inTransaction = true
      else if (text === 'commit' || text === 'rollback') inTransaction = false
      return ask(named(text, values))
    },
    release: () => client.release(broken),
  } as { query: pg.PoolClient['query']; release(): void }
}

const nameOf = createStatementNames()

/** A query as the driver takes it; one that is asked often is prepared on its connection, once. */
const named = (text: string, values: readonly unknown[]): pg.QueryConfig => {
  const name = values.length > 0 ? nameOf(text) : undefined
  return { text, values: values as unknown[], ...(name === undefined ? {} : { name }) }
}

/**
 * Whether a failed query leaves its connection useless: the server itself didn't answer it, or what
 * is prepared there is out of date.
 */
export const isBroken = (thrown: unknown): boolean =>
  !(thrown instanceof pg.DatabaseError) ||
  /^(08|57P)/.test(thrown.code ?? '') ||
  isStalePlan(thrown)

/** A column was added since the statement was prepared; nothing was done. The routine has one name everywhere. */
const isStalePlan = (thrown: unknown): boolean =>
  thrown instanceof pg.DatabaseError && thrown.routine === 'RevalidateCachedQuery'

// Classes 08 and 53, 57P0x, a cancelled or abandoned statement, a lock that was not got, a standby
// that was written to: no answer now, the caller may try again.
const UNAVAILABLE = /^(08|53|57P0|57014|25P03|55P03|25006)/
const SOCKET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOENT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
])
const LOST = /terminated|timeout|Connection ended|closed|not queryable|after calling end/i
const CONSTRAINT = /^23/
/** Serialization failures and deadlocks: nothing happened, the same again will do. Stale plans likewise. */
const CONFLICT = /^(40001|40P01)/

/** What the database said, in this project's terms: unavailable, or refused by a constraint. */
export function databaseError(thrown: unknown): Error {
  const error = coerceError(thrown) as Error & { code?: string }
  if (error instanceof TrtError) return error
  const code = error.code ?? ''
  if (CONSTRAINT.test(code)) {
    return new TerminalError('database.refused', { cause: error, detail: refusedBy(error) ?? '' })
  }
  if (CONFLICT.test(code) || isStalePlan(error))
    return new RetryableError('actor.conflict', { cause: error })
  if (UNAVAILABLE.test(code) || SOCKET.has(code) || (code === '' && LOST.test(error.message))) {
    return new RetryableError('database.unavailable', { cause: error, retryAfterMs: 1_000 })
  }
  return error
}

async function inOurTerms<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (thrown) {
    throw databaseError(thrown)
  }
}

/** Name of the constraint (or the column, for `not null`) that refused a change, if one did. */
export function refusedBy(thrown: unknown): string | undefined {
  const cause = thrown instanceof TerminalError ? thrown.cause : thrown
  const { code, constraint, column } = (cause ?? {}) as Partial<pg.DatabaseError>
  return CONSTRAINT.test(code ?? '') ? (constraint ?? column ?? code) : undefined
}

/** Whether the data itself can't be stored, e.g. half a character or a number out of range. */
export const isUnstorable = (thrown: unknown): boolean =>
  /^(22|54)/.test((thrown as { code?: string }).code ?? '')
