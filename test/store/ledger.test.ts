import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { refusedBy } from '../../src/store/database.ts'
import { createDb } from '../../src/store/db.ts'
import {
  bookMovements,
  ledgerDiscrepancy,
  MOVED_BEFORE,
  type Movement,
  NOT_ENOUGH_MONEY,
  readAccount,
  readEntries,
  unbalancedAccounts,
} from '../../src/store/ledger.ts'
import { recordUsers } from '../../src/store/users.ts'
import { createDatabase } from '../support/database.ts'

const USER = 42

async function start(t: TestContext, kopecks = 0) {
  const { pool } = await createDatabase(t)
  const db = createDb(pool)
  await recordUsers(db, [{ id: USER, language: 'ru', blocked: false }])
  const book = (kind: Movement['kind'], ref: string, amount: number) =>
    bookMovements(db, [{ userId: USER, kind, ref, kopecks: amount }])
  if (kopecks > 0) await book('top_up', 'start', kopecks)
  const balance = async () => {
    const { available_kopecks, held_kopecks } = await readAccount(db, USER)
    return [available_kopecks, held_kopecks]
  }
  /** The constraint that refuses the movement. */
  const refusal = async (kind: Movement['kind'], ref: string, amount: number) =>
    book(kind, ref, amount).then(
      () => 'accepted',
      (error) => refusedBy(error) ?? String(error),
    )
  return { pool, db, book, balance, refusal }
}

describe('ledger', () => {
  test('moves money from available to held and on to the house', async (t) => {
    const { book, balance } = await start(t, 1000)
    await book('hold', 'job', 300)
    assert.deepEqual(await balance(), [700, 300])
    await book('capture', 'job', 300)
    assert.deepEqual(await balance(), [700, 0])
  })

  test('gives a released hold back', async (t) => {
    const { book, balance } = await start(t, 1000)
    await book('hold', 'job', 300)
    await book('release', 'job', 300)
    assert.deepEqual(await balance(), [1000, 0])
  })

  test('captures less than the hold and returns the remainder', async (t) => {
    const { book, balance } = await start(t, 1000)
    await book('hold', 'job', 300)
    await book('capture', 'job', 250)
    await book('remainder', 'job', 50)
    assert.deepEqual(await balance(), [750, 0])
  })

  test('refuses a hold beyond the balance', async (t) => {
    const { refusal, balance } = await start(t, 100)
    assert.equal(await refusal('hold', 'job', 101), NOT_ENOUGH_MONEY)
    assert.deepEqual(await balance(), [100, 0])
  })

  test('refuses the same movement twice', async (t) => {
    const { book, refusal } = await start(t, 1000)
    await book('hold', 'job', 300)
    assert.equal(await refusal('hold', 'job', 300), MOVED_BEFORE)
  })

  test('refuses a second settlement, of either kind', async (t) => {
    const { book, refusal } = await start(t, 1000)
    await book('hold', 'job', 300)
    await book('capture', 'job', 200)
    assert.equal(await refusal('release', 'job', 100), 'ledger_settled_once')
    assert.equal(await refusal('capture', 'job', 100), MOVED_BEFORE)
  })

  test('refuses to settle more than the hold, or without one', async (t) => {
    const { book, refusal } = await start(t, 1000)
    await book('hold', 'job', 300)
    await book('hold', 'other', 300)
    assert.equal(await refusal('capture', 'job', 301), 'ledger_within_hold')
    assert.equal(await refusal('release', 'stranger', 1), 'ledger_within_hold')
  })

  test('lets one of two concurrent settlements through', async (t) => {
    const { book, refusal, balance } = await start(t, 1000)
    await book('hold', 'job', 300)
    const outcomes = await Promise.all([
      refusal('capture', 'job', 300),
      refusal('release', 'job', 300),
    ])
    assert.equal(outcomes.filter((o) => o === 'accepted').length, 1)
    assert.equal((await balance())[1], 0)
  })

  test('lets one of two concurrent holds through when there is money for one', async (t) => {
    const { refusal, balance } = await start(t, 300)
    const outcomes = await Promise.all([refusal('hold', 'a', 200), refusal('hold', 'b', 200)])
    assert.deepEqual(outcomes.toSorted(), ['accepted', NOT_ENOUGH_MONEY].toSorted())
    assert.deepEqual(await balance(), [100, 200])
  })

  test('adds up a hundred parallel top-ups exactly', async (t) => {
    const { book, balance } = await start(t)
    await Promise.all(Array.from({ length: 100 }, (_, i) => book('top_up', `t${i}`, i + 1)))
    assert.deepEqual(await balance(), [5050, 0])
  })

  test('can be neither changed nor emptied', async (t) => {
    const { pool } = await start(t, 1000)
    for (const statement of [
      'update ledger_entries set amount_kopecks = 1',
      'delete from ledger_entries',
      'truncate ledger_entries',
    ]) {
      await assert.rejects(pool.query(statement), /append-only/)
    }
  })

  test('refuses sides that do not belong to the kind, and amounts of nothing', async (t) => {
    const { pool, refusal } = await start(t, 1000)
    const insert = `insert into ledger_entries (user_id, kind, ref, source, target, amount_kopecks)
      values ($1, 'capture', 'x', 'house', 'available', 5)`
    await assert.rejects(pool.query(insert, [USER]), { constraint: 'ledger_sides' })
    assert.match(await refusal('top_up', 'nothing', 0), /amount_kopecks/)
  })

  test('shows the newest entries first', async (t) => {
    const { db, book } = await start(t, 1000)
    await book('hold', 'job', 300)
    const kinds = (await readEntries(db, USER, 10)).map((e) => e.kind)
    assert.deepEqual(kinds, ['hold', 'top_up'])
  })

  test('notices a balance that its entries do not explain', async (t) => {
    const { db, pool } = await start(t, 1000)
    assert.deepEqual(await unbalancedAccounts(db), [])
    await pool.query('update accounts set available_kopecks = available_kopecks + 7')
    assert.deepEqual(await unbalancedAccounts(db), [{ user_id: USER }])
    assert.equal(await ledgerDiscrepancy(db), 7)
  })

  test('keeps every balance explained whatever happens in whatever order', async (t) => {
    const { db, refusal } = await start(t)
    let run = 0
    const move = fc.record({
      kind: fc.constantFrom<Movement['kind']>('top_up', 'hold', 'capture', 'remainder', 'release'),
      ref: fc.constantFrom('a', 'b', 'c'),
      amount: fc.integer({ min: 1, max: 400 }),
      together: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 12 }), async (moves) => {
        run += 1
        let open: Promise<unknown>[] = []
        for (const { kind, ref, amount, together } of moves) {
          open.push(refusal(kind, `${run}${ref}`, amount))
          if (together) continue
          await Promise.all(open)
          open = []
        }
        await Promise.all(open)
        const { available_kopecks: free, held_kopecks: held } = await readAccount(db, USER)
        assert.ok(free >= 0 && held >= 0)
        assert.equal(await ledgerDiscrepancy(db), 0)
        assert.deepEqual(await unbalancedAccounts(db), [])
      }),
      { numRuns: 40 },
    )
  })
})
