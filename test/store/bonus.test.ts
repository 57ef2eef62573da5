import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { refusedBy } from '../../src/store/database.ts'
import { createDb } from '../../src/store/db.ts'
import {
  bookMovements,
  houseAccounts,
  ledgerDiscrepancy,
  type Movement,
  NOT_ENOUGH_MONEY,
  readAccount,
  readEntries,
  sumOfAllAccounts,
} from '../../src/store/ledger.ts'
import { recordUsers } from '../../src/store/users.ts'
import { createDatabase } from '../support/database.ts'

const USER = 42

async function start(t: TestContext, { own = 100, given = 50 } = {}) {
  const { pool } = await createDatabase(t)
  const db = createDb(pool)
  await recordUsers(db, [{ id: USER, language: 'ru', blocked: false }])
  const book = (kind: Movement['kind'], ref: string, kopecks: number, more = {}) =>
    bookMovements(db, [{ userId: USER, kind, ref, kopecks, ...more }])
  const refusal = (...args: Parameters<typeof book>) =>
    book(...args).then(
      () => 'accepted',
      (error) => refusedBy(error) ?? String(error),
    )
  await book('top_up', 'start', own)
  await book('bonus', 'gift', given)
  /** Own, given and held money; all books agree. */
  const balance = async () => {
    assert.equal(await ledgerDiscrepancy(db), 0)
    assert.equal(await sumOfAllAccounts(db), 0)
    const account = await readAccount(db, USER)
    return [account.available_kopecks, account.bonus_kopecks, account.held_kopecks]
  }
  return { pool, db, book, refusal, balance }
}

describe('given money', () => {
  test('is spent before own money', async (t) => {
    const { book, balance } = await start(t)
    await book('hold', 'job', 70)
    assert.deepEqual(await balance(), [80, 0, 70])
  })

  test('alone pays for what it covers', async (t) => {
    const { book, balance } = await start(t)
    await book('hold', 'job', 20)
    assert.deepEqual(await balance(), [100, 30, 20])
    await book('capture', 'job', 20)
    assert.deepEqual(await balance(), [100, 30, 0])
  })

  test('and own money come back to where they came from', async (t) => {
    const { book, balance } = await start(t)
    await book('hold', 'job', 70)
    await book('release', 'job', 70)
    assert.deepEqual(await balance(), [100, 50, 0])
  })

  test('comes back last when less is captured, in whatever order it is booked', async (t) => {
    const { db, book, balance } = await start(t)
    for (const [ref, order] of [
      ['a', ['capture', 'remainder']],
      ['b', ['remainder', 'capture']],
    ] as const) {
      await book('hold', ref, 70)
      const settle = { capture: 40, remainder: 30 }
      const movements = order.map((kind) => ({ userId: USER, kind, ref, kopecks: settle[kind] }))
      await bookMovements(db, movements)
      assert.deepEqual(await balance(), [100, 10, 0])
      await book('bonus', `again ${ref}`, 40)
    }
  })

  test('does not help a hold beyond both', async (t) => {
    const { refusal, balance } = await start(t)
    assert.equal(await refusal('hold', 'job', 151), NOT_ENOUGH_MONEY)
    assert.equal(await refusal('hold', 'job', 150), 'accepted')
    assert.deepEqual(await balance(), [0, 0, 150])
  })

  test('is never paid out', async (t) => {
    const { refusal } = await start(t)
    assert.equal(await refusal('refund', 'stars', 101), NOT_ENOUGH_MONEY)
    const why = { madeBy: 1, reason: 'mistake' }
    assert.equal(await refusal('debit', 'adjust', 101, why), NOT_ENOUGH_MONEY)
  })

  test('can be claimed by one of two holds at once', async (t) => {
    const { refusal, balance } = await start(t, { own: 10, given: 100 })
    const outcomes = await Promise.all([refusal('hold', 'a', 80), refusal('hold', 'b', 80)])
    assert.deepEqual(outcomes.toSorted(), ['accepted', NOT_ENOUGH_MONEY].toSorted())
    assert.deepEqual(await balance(), [10, 20, 80])
  })

  test('is divided by the database, whatever the writer says', async (t) => {
    const { pool, balance } = await start(t)
    await pool.query(
      `insert into ledger_entries (user_id, kind, ref, source, target, amount_kopecks, bonus_kopecks)
       values ($1, 'top_up', 'forged', 'house', 'available', 10, 10)`,
      [USER],
    )
    assert.deepEqual(await balance(), [110, 50, 0])
  })
})

describe('a refund of Stars that Telegram would not make', () => {
  test('leaves the account of payments as it was before', async (t) => {
    const { book, db } = await start(t)
    const before = await houseAccounts(db)
    await book('refund', 'charge#1', 70)
    await book('refund_undone', 'charge#1', 70)
    assert.deepEqual(await houseAccounts(db), before)
  })
})

describe('what was paid for a job and is given back', () => {
  const by = { madeBy: 0, reason: 'ann: not what was asked for' }

  test('comes back as the given and the own money that it was', async (t) => {
    const { book, balance, db } = await start(t)
    await book('hold', 'job', 70)
    await book('capture', 'job', 70)
    assert.deepEqual(await balance(), [80, 0, 0])
    await book('sale_undone', 'job', 70, by)
    assert.deepEqual(await balance(), [100, 50, 0])
    assert.equal((await houseAccounts(db))['house:sales'], 0)
  })

  test('is own money first when it is a part, as with what is left of a hold', async (t) => {
    const { book, balance } = await start(t)
    await book('hold', 'job', 70)
    await book('capture', 'job', 70)
    await book('sale_undone', 'job', 30, by)
    assert.deepEqual(await balance(), [100, 10, 0])
  })

  test('is not more than was taken, after whatever rest came back', async (t) => {
    const { book, refusal, balance } = await start(t)
    await book('hold', 'job', 70)
    await book('capture', 'job', 55)
    await book('remainder', 'job', 15)
    assert.deepEqual(await balance(), [95, 0, 0])
    assert.equal(await refusal('sale_undone', 'job', 56, by), 'ledger_within_capture')
    assert.equal(await refusal('sale_undone', 'job', 55, by), 'accepted')
    assert.deepEqual(await balance(), [100, 50, 0])
  })

  test('comes back once, to whomever it belongs, and only after it was taken', async (t) => {
    const { db, book, refusal, balance } = await start(t)
    assert.equal(await refusal('sale_undone', 'job', 1, by), 'ledger_within_capture')
    await book('hold', 'job', 70)
    assert.equal(await refusal('sale_undone', 'job', 70, by), 'ledger_within_capture')
    await book('release', 'job', 70)
    assert.equal(await refusal('sale_undone', 'job', 70, by), 'ledger_within_capture')

    await book('hold', 'other', 70)
    await book('capture', 'other', 70)
    await recordUsers(db, [{ id: 43, language: 'ru', blocked: false }])
    const stranger = { userId: 43, kind: 'sale_undone', ref: 'other', kopecks: 70, ...by } as const
    await assert.rejects(
      bookMovements(db, [stranger]),
      (error) => refusedBy(error) === 'ledger_within_capture',
    )
    assert.equal(await refusal('sale_undone', 'other', 70), 'ledger_adjustment_explained')
    const both = [refusal('sale_undone', 'other', 35, by), refusal('sale_undone', 'other', 35, by)]
    assert.deepEqual((await Promise.all(both)).toSorted(), ['accepted', 'ledger_entry_once'])
    assert.deepEqual(await balance(), [100, 15, 0])
  })

  test('is not given back again where it came back as a credit before', async (t) => {
    const { book, refusal } = await start(t)
    await book('hold', 'job', 70)
    await book('capture', 'job', 70)
    await book('credit', 'job', 70, by)
    assert.equal(await refusal('sale_undone', 'job', 70, by), 'ledger_within_capture')
  })
})

describe('the books of the house', () => {
  test('say where every kopeck came from and went', async (t) => {
    const { db, book, balance } = await start(t)
    await book('hold', 'job', 70)
    await book('capture', 'job', 70)
    await book('cost', 'job', 20)
    await book('refund', 'stars', 30)
    await book('credit', 'sorry', 5, { madeBy: 1, reason: 'late' })
    await balance()
    assert.deepEqual(await houseAccounts(db), {
      'house:payments': -70,
      'house:gifts': -50,
      'house:sales': 70,
      'house:provider': -20,
      'house:costs': 20,
      'house:adjustments': -5,
    })
  })

  test('take an adjustment only with who made it and why', async (t) => {
    const { refusal, db, book } = await start(t)
    for (const kind of ['credit', 'debit'] as const) {
      assert.equal(await refusal(kind, 'x', 5), 'ledger_adjustment_explained')
      assert.equal(await refusal(kind, 'x', 5, { madeBy: 1 }), 'ledger_adjustment_explained')
    }
    await book('debit', 'x', 5, { madeBy: 1, reason: 'double payment' })
    const [entry] = await readEntries(db, USER, 1)
    assert.deepEqual([entry?.made_by, entry?.reason], [1, 'double payment'])
  })
})
