import { runMigrations } from 'graphile-worker'
import { Kysely, PostgresDialect } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import pg from 'pg'
import { engine } from './migrations/0001-engine.ts'
import { money } from './migrations/0002-money.ts'
import { races } from './migrations/0003-races.ts'
import { timers } from './migrations/0004-timers.ts'
import { accounts } from './migrations/0005-accounts.ts'
import { gifts } from './migrations/0006-gifts.ts'
import { favourites } from './migrations/0007-favourites.ts'
import { operators } from './migrations/0008-console.ts'
import { counts } from './migrations/0009-counts.ts'
import { payments } from './migrations/0010-payments.ts'
import { salesUndone } from './migrations/0011-sales-undone.ts'
import { refundsUndone } from './migrations/0012-refunds-undone.ts'
import { debts } from './migrations/0013-debts.ts'
import { overruns } from './migrations/0014-overruns.ts'

/** Forward only, by name; a landed migration is never edited, a change is a new one. */
const migrations: Record<string, Migration> = {
  '0001-engine': engine,
  '0002-money': money,
  '0003-races': races,
  '0004-timers': timers,
  '0005-accounts': accounts,
  '0006-gifts': gifts,
  '0007-favourites': favourites,
  '0008-console': operators,
  '0009-counts': counts,
  '0010-payments': payments,
  '0011-sales-undone': salesUndone,
  '0012-refunds-undone': refundsUndone,
  '0013-debts': debts,
  '0014-overruns': overruns,
}

/** In the order in which they run. */
export const migrationNames: readonly string[] = Object.keys(migrations)

/**
 * Brings the database to the newest schema: the job queue's own tables, then ours. Safe to call from
 * many processes at once (both sides lock); a failed migration leaves the schema as it was. `until`
 * stops at an older version, for tests of the way up from there.
 */
export async function migrate(pool: pg.Pool, until?: string): Promise<void> {
  // On connections of its own: a migration may take longer than any other statement may.
  const patience = { min: 0, max: 2, query_timeout: 0, options: '' }
  const patient = new pg.Pool({ ...pool.options, ...patience })
  // The queue's library prints a warning at every start unless both are listened to.
  patient.on('error', () => {})
  patient.on('connect', (client) => client.on('error', () => {}))
  try {
    await runMigrations({ pgPool: patient })
    const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: patient }) })
    const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
    const { error } = await (until === undefined
      ? migrator.migrateToLatest()
      : migrator.migrateTo(until))
    if (error !== undefined) throw error
  } finally {
    await patient.end()
  }
}
