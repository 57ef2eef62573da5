import type pg from 'pg'
import { RetryableError, TerminalError, UnknownOutcomeError } from '../../src/errors.ts'

/**
 * What happens to one call: nothing happens and it may be repeated; it happens and the answer is
 * lost; it is answered with a no; it is a bug; the process dies before or after it.
 */
export const FAULTS = ['refused', 'lost', 'never', 'bug', 'dies-before', 'dies-after'] as const
export type Fault = (typeof FAULTS)[number]

/** Those that make a difference to the database: whatever it answers with, a retry is safe. */
export const DATABASE_FAULTS: ReadonlySet<Fault> = new Set(
  FAULTS.filter((fault) => fault !== 'never' && fault !== 'bug'),
)

/** Whom a call goes to. */
type Side = 'database' | 'provider' | 'telegram' | 'files'

const cut = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })

function errorOf(fault: Fault, side: Side): Error {
  if (side === 'database') return cut()
  if (fault === 'bug') return new TypeError('undefined is not a function')
  const codes = {
    provider: ['kie.unavailable', 'kie.unknown', 'kie.refused'],
    telegram: ['telegram.unavailable', 'telegram.unknown', 'telegram.refused'],
    files: ['media.unavailable', 'media.unavailable', 'media.unusable'],
  } as const
  const [unavailable, unknown, refused] = codes[side]
  if (fault === 'refused') return new RetryableError(unavailable)
  return fault === 'lost' ? new UnknownOutcomeError(unknown) : new TerminalError(refused)
}

const forever = () => new Promise<never>(() => {})

/** Counts a process's calls to the outside and lets one of them go wrong. */
export interface Tripwire {
  readonly calls: number
  readonly hit: Side | undefined
  /** Resolves when the process is dead; then nothing that it still does reaches anybody. */
  readonly died: Promise<void>
  through<T>(side: Side, call: () => Promise<T>): Promise<T>
  /** The pool as this process sees it. */
  pool(pool: pg.Pool): pg.Pool
}

/** A tripwire that goes off at call number `at`. */
export function createTripwire(fault: Fault, at: number): Tripwire {
  const open = new Set<pg.PoolClient>()
  let calls = 0
  let hit: Side | undefined
  let dead = false
  let die = () => {}
  const died = new Promise<void>((resolve) => {
    die = () => {
      dead = true
      // As when its sockets close: the server takes back what was not committed.
      for (const client of open) client.release(true)
      open.clear()
      resolve()
    }
  })

  async function through<T>(side: Side, call: () => Promise<T>): Promise<T> {
    if (dead) return forever()
    if (side === 'database' && !DATABASE_FAULTS.has(fault)) return call()
    calls += 1
    if (calls !== at) return call()
    hit = side
    if (fault === 'lost' || fault === 'dies-after') await call()
    if (!fault.startsWith('dies')) throw errorOf(fault, side)
    die()
    return forever()
  }

  function watched(client: pg.PoolClient): pg.PoolClient {
    open.add(client)
    const query = (...args: unknown[]) =>
      through('database', () => (client.query as (...a: unknown[]) => Promise<unknown>)(...args))
    const release = (broken?: boolean) => {
      if (open.delete(client)) client.release(broken)
    }
    return { query, release } as unknown as pg.PoolClient
  }

  return {
    get calls() {
      return calls
    },
    get hit() {
      return hit
    },
    died,
    through,
    pool: (pool) =>
      ({
        connect: async () => {
          await through('database', async () => {})
          return watched(await pool.connect())
        },
        query: (...args: unknown[]) =>
          through('database', () => (pool.query as (...a: unknown[]) => Promise<unknown>)(...args)),
      }) as unknown as pg.Pool,
  }
}
