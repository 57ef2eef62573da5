import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createDb } from '../../src/store/db.ts'
import {
  bookMovements,
  ledgerDiscrepancy,
  readAccount,
  sumOfAllAccounts,
} from '../../src/store/ledger.ts'
import { migrate } from '../../src/store/migrate.ts'
import { createDatabase } from '../support/database.ts'

describe('a database filled by version 0004', () => {
  test('keeps every balance and goes on', async (t) => {
    const { pool } = await createDatabase(t)
    await pool.query('drop schema public cascade')
    await pool.query('create schema public')
    await migrate(pool, '0004-timers')
    await pool.query(`insert into users (id, language) values (1, 'ru'), (2, 'en')`)
    await pool.query('insert into accounts (user_id) values (1), (2)')
    const old = `insert into ledger_entries (user_id, kind, ref, source, target, amount_kopecks)
      values ($1, $2, $3, $4, $5, $6)`
    await pool.query(old, [1, 'top_up', 'invoice', 'house', 'available', 1_000])
    await pool.query(old, [1, 'bonus', 'old gift', 'house', 'available', 50])
    await pool.query(old, [1, 'hold', 'done', 'available', 'held', 300])
    await pool.query(old, [1, 'capture', 'done', 'held', 'house', 300])
    await pool.query(old, [1, 'hold', 'open', 'available', 'held', 200])

    await migrate(pool)
    await migrate(pool)
    const db = createDb(pool)
    const account = { user_id: 1, available_kopecks: 550, held_kopecks: 200, bonus_kopecks: 0 }
    assert.deepEqual(await readAccount(db, 1), account)
    assert.equal(await ledgerDiscrepancy(db), 0)
    assert.equal(await sumOfAllAccounts(db), 0)
    await bookMovements(db, [{ userId: 1, kind: 'release', ref: 'open', kopecks: 200 }])
    await bookMovements(db, [{ userId: 1, kind: 'bonus', ref: 'new gift', kopecks: 70 }])
    const after = { ...account, available_kopecks: 750, held_kopecks: 0, bonus_kopecks: 70 }
    assert.deepEqual(await readAccount(db, 1), after)
    assert.equal(await sumOfAllAccounts(db), 0)
    const { rows } = await pool.query('select count(*) from users where welcomed_at is null')
    assert.deepEqual(rows, [{ count: 0 }], 'who was there before is no newcomer')
  })
})
