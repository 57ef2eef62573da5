import { describe, test } from 'node:test'
import fc from 'fast-check'
import type pg from 'pg'
import { createDb, dbOf } from '../../src/store/db.ts'
import { bookMovements, type Movement } from '../../src/store/ledger.ts'
import { recordUsers } from '../../src/store/users.ts'
import { createDatabase } from '../support/database.ts'
import { expectBooksInOrder } from './books.ts'

const USERS = [1, 2]

const move = fc.record({
  userId: fc.constantFrom(...USERS),
  kind: fc.constantFrom<Movement['kind']>(
    'top_up',
    'bonus',
    'credit',
    'debit',
    'refund',
    'hold',
    'hold',
    'capture',
    'remainder',
    'release',
    'sale_undone',
    'sale_undone',
    'cost',
  ),
  ref: fc.constantFrom('a', 'b', 'c'),
  kopecks: fc.integer({ min: 1, max: 300 }),
  /** How it goes: alone, at the same time as the next, twice, or cut off before the commit. */
  how: fc.constantFrom('alone', 'together', 'again', 'cut'),
})

/** Books in a transaction whose process dies before it commits. */
async function bookAndDie(pool: pg.Pool, movement: Movement): Promise<void> {
  const client = await pool.connect()
  await client.query('begin')
  await bookMovements(dbOf(client), [movement]).catch(() => {})
  client.release(true)
}

describe('a random walk of money', () => {
  test('leaves every book in order after every step', async (t) => {
    const { pool } = await createDatabase(t)
    const db = createDb(pool)
    await recordUsers(
      db,
      USERS.map((id) => ({ id, language: 'ru', blocked: false })),
    )
    const book = (m: Movement) => bookMovements(db, [m]).catch(() => {})
    const inOrder = () => expectBooksInOrder(pool, USERS)
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 3, maxLength: 14 }), async (moves) => {
        run += 1
        let open: Promise<unknown>[] = []
        for (const { how, ref, ...rest } of moves) {
          const movement = { ...rest, ref: `${run}${ref}`, madeBy: 9, reason: 'walk' }
          open.push(how === 'cut' ? bookAndDie(pool, movement) : book(movement))
          if (how === 'again') open.push(book(movement))
          if (how === 'together') continue
          await Promise.all(open)
          open = []
          await inOrder()
        }
        await Promise.all(open)
        await inOrder()
      }),
      { numRuns: 30 },
    )
  })
})
