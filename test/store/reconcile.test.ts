import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { JOB_STATUSES } from '../../src/machines/job/statuses.ts'
import { createDb } from '../../src/store/db.ts'
import { type JobRecord, recordJobs } from '../../src/store/jobs.ts'
import { bookMovements, type Movement } from '../../src/store/ledger.ts'
import { reconcile, troubles } from '../../src/store/reconcile.ts'
import { recordUsers } from '../../src/store/users.ts'
import { createDatabase } from '../support/database.ts'

async function start(t: TestContext) {
  const { pool } = await createDatabase(t)
  const db = createDb(pool)
  await recordUsers(db, [{ id: 1, language: 'ru', blocked: false }])
  const book = (kind: Movement['kind'], ref: string, kopecks: number) =>
    bookMovements(db, [{ userId: 1, kind, ref, kopecks }])
  await book('top_up', 'start', 10_000)
  const job = (id: string, status: string, more: Partial<JobRecord> = {}): JobRecord => ({
    id,
    userId: 1,
    chatId: 1,
    modelId: 'z-image',
    status,
    priceKopecks: 0,
    credits: 1,
    creditsConsumed: null,
    input: {},
    taskId: null,
    result: null,
    errorCode: status === 'failed' ? 'kie.failed' : null,
    courtesy: false,
    ...more,
  })
  const found = async () => Object.fromEntries(troubles(await reconcile(db, JOB_STATUSES)))
  return { pool, db, book, job, found }
}

describe('looking through the books', () => {
  test('finds nothing where all is well', async (t) => {
    const { db, book, job, found } = await start(t)
    await db.transaction().execute(async (tx) => {
      await recordJobs(tx, [job('live', 'pending', { priceKopecks: 100 })])
      await bookMovements(tx, [{ userId: 1, kind: 'hold', ref: 'live', kopecks: 100 }])
    })
    await book('bonus', 'gift', 100)
    assert.deepEqual(await found(), {})
  })

  test('finds balances that nothing explains', async (t) => {
    const { pool, found } = await start(t)
    await pool.query('update accounts set bonus_kopecks = 3')
    assert.deepEqual(await found(), { balances: 3, sum: 3 })
  })

  test('finds a hold that belongs to no living job', async (t) => {
    const { book, found } = await start(t)
    await book('hold', 'nobody', 100)
    assert.deepEqual(await found(), { strayHolds: 1 })
  })

  test('finds a job that cost more than was confirmed', async (t) => {
    const { db, book, job, found } = await start(t)
    await book('hold', 'dear', 150)
    await book('capture', 'dear', 150)
    await recordJobs(db, [job('dear', 'delivered', { priceKopecks: 0 })])
    assert.deepEqual(await found(), { overcharged: 1 })
  })

  test('finds a job that nobody finishes', async (t) => {
    const { pool, db, job, found } = await start(t)
    await recordJobs(db, [job('old', 'created')])
    await pool.query(`update jobs set created_at = now() - interval '25 hours'`)
    assert.deepEqual(await found(), { stuckJobs: 1 })
  })

  test('finds models for which the provider takes more than we think', async (t) => {
    const { db, job, found } = await start(t)
    const dear = (id: string) => job(id, 'delivered', { credits: 10, creditsConsumed: 13 })
    await recordJobs(db, [dear('a'), dear('b')])
    assert.deepEqual(await found(), {})
    await recordJobs(db, [dear('c')])
    assert.deepEqual(await found(), { dearModels: 1 })
  })
})
