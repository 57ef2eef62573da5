import { createPool } from '../store/database.ts'
import { createDb } from '../store/db.ts'
import { listDeadLetters } from '../store/engine/dead-letters.ts'
import { ledgerDiscrepancy, unbalancedAccounts } from '../store/ledger.ts'
import { migrationNames } from '../store/migrate.ts'
import { appliedMigrations, serverVersion } from '../store/server.ts'
import { type Finding, fail, ok, warn } from './run-checks.ts'

/** PostgreSQL 15 brought what the migrations use. */
const OLDEST = 15
const LETTERS = 100

/** The database is there, new enough, and what it holds adds up. Changes nothing. */
export async function checkDatabase(url: string): Promise<Finding[]> {
  const pool = createPool({ url, max: 2, name: 'trt-check' })
  try {
    const db = createDb(pool)
    const version = await serverVersion(db)
    if (version < OLDEST) return [fail(`PostgreSQL ${version} is older than ${OLDEST}`)]
    const findings = [ok(`PostgreSQL ${version}`)]
    const applied = await appliedMigrations(db)
    const missing = migrationNames.filter((name) => !applied.includes(name))
    const foreign = applied.filter((name) => !migrationNames.includes(name))
    if (foreign.length > 0) return [...findings, fail(`newer than this version: ${foreign.join()}`)]
    // Older tables can't be asked what newer code asks.
    if (missing.length > 0)
      return [...findings, warn(`${missing.join(', ')} run at the next start`)]
    findings.push(ok(`${applied.length} migrations applied`))
    const unbalanced = await unbalancedAccounts(db)
    const kopecks = await ledgerDiscrepancy(db)
    findings.push(
      unbalanced.length === 0 && kopecks === 0
        ? ok('the ledger adds up')
        : fail(`${unbalanced.length} accounts differ from the ledger, by ${kopecks} kopecks`),
    )
    const letters = await listDeadLetters(db, LETTERS)
    const open = letters.filter(({ replayed_at }) => replayed_at === null).length
    findings.push(open === 0 ? ok('no dead letters') : warn(`${open} dead letters wait`))
    return findings
  } finally {
    await pool.end()
  }
}
