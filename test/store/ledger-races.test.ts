import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { refusedBy } from '../../src/store/database.ts'
import { createDb } from '../../src/store/db.ts'
import {
  bookMovements,
  type Movement,
  readAccount,
  unbalancedAccounts,
} from '../../src/store/ledger.ts'
import { recordUsers } from '../../src/store/users.ts'
import { createDatabase } from '../support/database.ts'

type Kind = Movement['kind']

async function start(t: TestContext, users: readonly number[]) {
  const { pool } = await createDatabase(t)
  const db = createDb(pool)
  await recordUsers(
    db,
    users.map((id) => ({ id, language: 'ru', blocked: false })),
  )
  /** Which constraint refuses the movements, if one does. */
  const book = (...movements: Movement[]) =>
    bookMovements(db, movements).then(
      () => 'booked',
      (error) => refusedBy(error) ?? String(error),
    )
  return { pool, db, book }
}

describe('money that moves at the same time', () => {
  test('never settles more than a hold, even where other holds would cover it', async (t) => {
    const { db, book } = await start(t, [1])
    const move = (kind: Kind, ref: string, kopecks: number) =>
      book({ userId: 1, kind, ref, kopecks })
    await move('top_up', 'start', 100_000)
    await move('hold', 'cover', 10_000)
    for (let i = 0; i < 30; i += 1) {
      await move('hold', `job${i}`, 100)
      const outcomes = await Promise.all([
        move('capture', `job${i}`, 60),
        move('remainder', `job${i}`, 60),
      ])
      assert.deepEqual(outcomes.sort(), ['booked', 'ledger_within_hold'])
    }
    assert.ok((await readAccount(db, 1)).held_kopecks >= 10_000)
    assert.deepEqual(await unbalancedAccounts(db), [])
  })

  test('does not deadlock, whatever order the accounts come in', async (t) => {
    const users = [1, 2, 3, 4, 5]
    const { db, book } = await start(t, users)
    const batches = Array.from({ length: 40 }, (_, i) =>
      (i % 2 ? users : users.toReversed()).map(
        (userId): Movement => ({ userId, kind: 'top_up', ref: `${i}/${userId}`, kopecks: 1 }),
      ),
    )
    const outcomes = await Promise.all(batches.map((batch) => book(...batch)))
    assert.deepEqual([...new Set(outcomes)], ['booked'])
    for (const user of users) assert.equal((await readAccount(db, user)).available_kopecks, 40)
  })

  test('keeps every invariant in any interleaving of users, jobs and repeats', async (t) => {
    const { pool, db, book } = await start(t, [1, 2])
    const movement = fc.record({
      userId: fc.constantFrom(1, 2),
      kind: fc.constantFrom<Kind>('top_up', 'hold', 'hold', 'capture', 'release', 'remainder'),
      ref: fc.constantFrom('a', 'b'),
      kopecks: fc.constantFrom(50, 100, 150),
    })
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(movement, { minLength: 2, maxLength: 14 }), async (moves) => {
        run += 1
        await book({ userId: 1, kind: 'top_up', ref: `start${run}`, kopecks: 200 })
        await Promise.all(moves.map((m) => book({ ...m, ref: `${run}${m.ref}` })))
        assert.deepEqual(await unbalancedAccounts(db), [])
        const { rows } = await pool.query(
          `select ref, user_id,
             count(*) filter (where kind = 'hold') as holds,
             count(*) filter (where kind in ('capture', 'release')) as settlements,
             coalesce(sum(amount_kopecks) filter (where kind = 'hold'), 0)
               - coalesce(sum(amount_kopecks) filter (where source = 'held'), 0) as open
           from ledger_entries where kind <> 'top_up' group by ref, user_id`,
        )
        for (const { ref, holds, settlements, open } of rows) {
          assert.ok(holds <= 1 && settlements <= 1 && open >= 0, ref)
          if (settlements > 0) assert.equal(holds, 1, ref)
        }
        for (const user of [1, 2]) {
          const { available_kopecks, held_kopecks } = await readAccount(db, user)
          assert.ok(available_kopecks >= 0 && held_kopecks >= 0)
        }
      }),
      { numRuns: 40 },
    )
  })
})
