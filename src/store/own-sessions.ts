import pg from 'pg'
import { TerminalError } from '../errors.ts'
import { connectionString } from './database.ts'

/** PgBouncer in statement mode, to a `begin`. */
const NO_TRANSACTIONS = /transaction blocks not allowed|statement pooling/i

const refusal = (cause?: unknown) =>
  new TerminalError('database.pooled', {
    cause,
    detail:
      'Something between here and PostgreSQL lends one of its sessions to several connections ' +
      '(a pooler in transaction mode?). Use its session mode, or the address of the server itself.',
  })

/**
 * Rejects with `database.pooled` when connections to this URL don't have a session each: advisory locks
 * and settings would belong to whoever comes next. Rejects with what the driver says when the server
 * can't be reached.
 */
export async function refuseSharedSessions(url: string): Promise<void> {
  const [one, other] = [open(url), open(url)]
  try {
    await Promise.all([one.connect(), other.connect()])
    const first = await sessionOf(one)
    // While the other one is in a transaction, a pooler can't give its session to anybody else.
    await other.query('begin').catch((error: Error) => {
      throw NO_TRANSACTIONS.test(error.message) ? refusal(error) : error
    })
    const second = await sessionOf(other)
    const again = await sessionOf(one)
    if (first === second || first !== again) throw refusal()
  } finally {
    await Promise.all([one, other].map((client) => client.end().catch(() => {})))
  }
}

function open(url: string): pg.Client {
  const client = new pg.Client({
    connectionString: connectionString(url),
    application_name: 'trt-sessions',
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  })
  // What breaks is the question's error, too.
  client.on('error', () => {})
  return client
}

async function sessionOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  return rows[0]?.pid ?? 0
}
