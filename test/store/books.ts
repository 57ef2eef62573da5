import assert from 'node:assert/strict'
import type pg from 'pg'
import { createDb } from '../../src/store/db.ts'
import { ledgerDiscrepancy, readAccount, sumOfAllAccounts } from '../../src/store/ledger.ts'

/** Holds at any moment: balances agree with entries, none is negative, holds are settled once. */
export async function expectBooksInOrder(pool: pg.Pool, users: readonly number[]): Promise<void> {
  const db = createDb(pool)
  assert.equal(await ledgerDiscrepancy(db), 0)
  assert.equal(await sumOfAllAccounts(db), 0)
  for (const user of users) {
    const account = await readAccount(db, user)
    const sides = [account.available_kopecks, account.bonus_kopecks, account.held_kopecks]
    assert.ok(sides.every((kopecks) => kopecks >= 0))
  }
  const { rows } = await pool.query(`
    select ref from ledger_entries
    where kind in ('hold', 'capture', 'remainder', 'release') group by user_id, ref
    having count(*) filter (where kind = 'hold') <> 1
      or count(*) filter (where kind in ('capture', 'release')) > 1
      or sum(case kind when 'hold' then amount_kopecks else -amount_kopecks end) < 0
      or sum(case kind when 'hold' then bonus_kopecks else -bonus_kopecks end) < 0`)
  assert.deepEqual(rows, [], 'one hold, at most one settlement, never more than the hold')
}
