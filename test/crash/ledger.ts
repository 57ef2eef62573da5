import assert from 'node:assert/strict'
import { createDb } from '../../src/store/db.ts'
import { readAccount, unbalancedAccounts } from '../../src/store/ledger.ts'
import type { TestDatabase } from '../support/database.ts'
import { waitFor } from '../support/wait.ts'

/** How a user's orders must have ended: number of jobs by state, of entries by kind, and the rest. */
export interface Books {
  jobs: Record<string, number>
  entries: Record<string, number>
  availableKopecks: number
}

const countBy = async (
  { pool }: TestDatabase,
  sql: string,
  userId: number,
): Promise<Record<string, number>> => {
  const { rows } = await pool.query<{ name: string; count: number }>(sql, [userId])
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]))
}

/** What the books say about a user. */
export async function readStarLedger(database: TestDatabase, userId: number) {
  const jobs = 'select status as name, count(*) from jobs where user_id = $1 group by 1'
  const entries = `select kind as name, count(*) from ledger_entries
    where user_id = $1 and kind <> 'top_up' group by 1`
  const account = await readAccount(createDb(database.pool), userId)
  return {
    jobs: await countBy(database, jobs, userId),
    entries: await countBy(database, entries, userId),
    availableKopecks: account.available_kopecks,
    heldKopecks: account.held_kopecks,
  }
}

/** The books hold exactly this, nothing is held, and every balance is the sum of its entries. */
export async function expectLedger(
  database: TestDatabase,
  userId: number,
  books: Books,
): Promise<void> {
  assert.deepEqual(await readStarLedger(database, userId), { ...books, heldKopecks: 0 })
  assert.deepEqual(await unbalancedAccounts(createDb(database.pool)), [])
}

/** One delivered order of this price, held once and captured once; and nothing was put aside. */
export async function expectOrder(
  database: TestDatabase,
  { userId, kopecks, topUp }: { userId: number; kopecks: number; topUp: number },
): Promise<void> {
  await expectLedger(database, userId, {
    jobs: { delivered: 1 },
    entries: kopecks > 0 ? { hold: 1, capture: 1, cost: 1 } : { cost: 1 },
    availableKopecks: topUp - kopecks,
  })
  const { rows } = await database.pool.query('select kind, key, error from dead_letters')
  assert.deepEqual(rows, [])
}

/** Resolves when nothing is due in the queue and nobody works on anything. */
export async function waitForIdle({ pool }: TestDatabase): Promise<void> {
  const due = `select task_identifier, locked_by, locked_at, run_at, attempts, last_error, now(),
      (select json_agg(i) from instances i) as instances
    from graphile_worker.jobs where run_at <= now() or locked_at is not null`
  const isIdle = async () => {
    assert.deepEqual((await pool.query(due)).rows, [])
    return true
  }
  await waitFor(isIdle, { what: 'nothing left to do' })
}
