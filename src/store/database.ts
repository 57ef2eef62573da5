import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { coerceError, RetryableError, TerminalError } from '../errors.ts'
import type { Schema } from './schema.ts'

/** The database as the queries of this folder see it. */
export type Db = Kysely<Schema>

export interface PoolOptions {
  url: string
  max: number
  name: string
  /** Session settings, e.g. `{ jit: 'off' }`. */
  settings?: Record<string, string>
}

const INT8 = 20
const NUMERIC = 1700

/** int8 and numeric become numbers: ids, kopecks and credits all stay far below 2^53. */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 || oid === NUMERIC
      ? (text: string) => exactNumber(text)
      : pg.types.getTypeParser(oid, format as 'text'),
}

function exactNumber(text: string): number {
  const value = Number(text)
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) throw new RangeError('number beyond 2^53')
  return value
}

/** A pool whose connections give up on an unreachable server after 5 s instead of hanging. */
export function createPool({ url, max, name, settings = {} }: PoolOptions): pg.Pool {
  const options = Object.entries(settings)
    .map(([key, value]) => `-c ${key}=${value}`)
    .join(' ')
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: name,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    types: types as pg.CustomTypesConfig,
    ...(options === '' ? {} : { options }),
  })
  // A connection that breaks is the query's error, or nobody's: it must never end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  // An idle connection that breaks is replaced at its next use; without a listener it would be fatal.
  pool.on('error', () => {})
  return pool
}

/** Queries over a pool that stays the caller's to end. */
export const createDb = (pool: pg.Pool): Db =>
  new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })

/** Postgres classes 08, 57P0x, 53 and lost sockets: no answer, the caller may try again. */
const UNAVAILABLE = /^(08|53|57P0)/
const SOCKET = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOENT', 'EAI_AGAIN'])
const CONSTRAINT = /^23/

/** What the database said, in this project's terms: unavailable, or refused by a constraint. */
export function databaseError(thrown: unknown): Error {
  const error = coerceError(thrown) as Error & { code?: string; constraint?: string }
  const code = error.code ?? ''
  if (CONSTRAINT.test(code)) {
    return new TerminalError('database.refused', { cause: error, detail: error.constraint ?? '' })
  }
  const lost = /terminated|timeout|Connection ended|closed/i.test(error.message)
  if (UNAVAILABLE.test(code) || SOCKET.has(code) || (code === '' && lost)) {
    return new RetryableError('database.unavailable', { cause: error, retryAfterMs: 1_000 })
  }
  return error
}

/** Name of the constraint that refused a change, if that is what went wrong. */
export function refusedBy(thrown: unknown): string | undefined {
  const cause = thrown instanceof TerminalError ? thrown.cause : thrown
  return (cause as { constraint?: string } | undefined)?.constraint
}
