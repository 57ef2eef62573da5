/** What /health shows, kept in memory by those who know it; nothing is asked when it is shown. */
export interface HealthState {
  readonly status: 'ok' | 'degraded'
  readonly mode: 'active' | 'passive' | 'booting' | 'draining'
  readonly active: boolean
  readonly lockAcquired: boolean
  readonly schemaReady: boolean
  readonly version: string
  /** Null where nobody knows. */
  readonly commit?: string | null
  readonly instanceId: string
  readonly botMode: string
  /** `embedded` or `external`. */
  readonly storageMode: string
  readonly kieMode: 'real' | 'mock'
  readonly startedAt: number
  /** What is wrong, by name; empty when all is well. */
  readonly problems: Readonly<Record<string, string>>
  /** Whether one of the problems means that traffic should go elsewhere. */
  readonly blocked: boolean
  readonly queue: Readonly<Record<string, number | bigint>>
  readonly workers: Readonly<Record<string, WorkerHealth>>
}

/** A background worker's last round; times in Unix milliseconds. */
export interface WorkerHealth {
  readonly lastRun: number | null
  readonly lastError: string | null
}

/** The body of `GET /health`; the keys are a contract with whoever watches the service. */
export interface HealthReport {
  readonly status: 'ok' | 'degraded'
  readonly uptime: number
  readonly version: string
  readonly commit: string | null
  readonly mode: HealthState['mode']
  readonly active: boolean
  readonly bot_mode: string
  readonly storage: 'postgres'
  readonly storage_mode: string
  readonly kie_mode: 'real' | 'mock'
  readonly lock_acquired: boolean
  readonly db_schema_ready: boolean
  readonly instance_id: string
  readonly problems: Readonly<Record<string, string>>
  readonly queue: Readonly<Record<string, number | string>>
  readonly workers: Readonly<
    Record<string, { readonly last_run: string | null; readonly last_error: string | null }>
  >
  readonly ts: string
}

/** Counts come from PostgreSQL as bigint, which JSON does not know. */
const countOf = (count: number | bigint): number | string => {
  const number = Number(count)
  return Number.isSafeInteger(number) || typeof count === 'number' ? number : String(count)
}

const mapValues = <T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))

const isoOf = (time: number | null) => (time === null ? null : new Date(time).toISOString())

/** The report at `now` (Unix milliseconds): pure, plain JSON, no database. */
export const healthReport = (state: HealthState, now: number): HealthReport => ({
  status: state.status,
  uptime: Math.max(0, Math.round(now - state.startedAt) / 1000),
  version: state.version,
  commit: state.commit ?? null,
  mode: state.mode,
  active: state.active,
  bot_mode: state.botMode,
  storage: 'postgres',
  storage_mode: state.storageMode,
  kie_mode: state.kieMode,
  lock_acquired: state.lockAcquired,
  db_schema_ready: state.schemaReady,
  instance_id: state.instanceId,
  problems: state.problems,
  queue: mapValues(state.queue, countOf),
  workers: mapValues(state.workers, ({ lastRun, lastError }) => ({
    last_run: isoOf(lastRun),
    last_error: lastError,
  })),
  ts: new Date(now).toISOString(),
})

/** `GET /ready`: active, or passive but able to store what comes in, and nothing wrong with that. */
export const isReady = ({
  active,
  mode,
  status,
  schemaReady,
  blocked,
}: Pick<HealthState, 'active' | 'mode' | 'status' | 'schemaReady' | 'blocked'>): boolean =>
  !blocked && (active || (mode === 'passive' && status === 'ok' && schemaReady))
