import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { refusedBy } from '../../src/store/database.ts'
import { createDb, type Db } from '../../src/store/db.ts'
import {
  findJobByTask,
  type JobRecord,
  readJob,
  readOrderPace,
  recordJobs,
} from '../../src/store/jobs.ts'
import { bookMovements, type Movement } from '../../src/store/ledger.ts'
import { setLimit } from '../../src/store/persons.ts'
import { recordUsers } from '../../src/store/users.ts'
import { createDatabase } from '../support/database.ts'

const job = (facts: Partial<JobRecord> = {}): JobRecord => ({
  id: 'j',
  userId: 1,
  chatId: 1,
  modelId: 'z-image',
  status: 'pending',
  priceKopecks: 100,
  credits: 0.8,
  creditsConsumed: null,
  input: { prompt: 'x' },
  taskId: null,
  result: null,
  errorCode: null,
  courtesy: false,
  ...facts,
})

async function start(t: TestContext) {
  const { pool } = await createDatabase(t)
  const db = createDb(pool)
  await recordUsers(db, [{ id: 1, language: 'en', blocked: false }])
  await bookMovements(db, [{ userId: 1, kind: 'top_up', ref: 'start', kopecks: 1000 }])
  /** Everything in one transaction, as a step does it. */
  const together = (record: JobRecord, ...kinds: Movement['kind'][]) =>
    db.transaction().execute(async (trx: Db) => {
      await recordJobs(trx, [record])
      const { id: ref, userId, priceKopecks: kopecks } = record
      await bookMovements(
        trx,
        kinds.map((kind) => ({ userId, kind, ref, kopecks })),
      )
    })
  return { db, together }
}

const unexplained = (error: unknown) => refusedBy(error) === 'job_money_explained'

describe('jobs', () => {
  test('takes a paid job with its hold', async (t) => {
    const { db, together } = await start(t)
    await together(job(), 'hold')
    assert.equal((await readJob(db, 'j'))?.status, 'pending')
  })

  test('refuses a paid job without a hold', async (t) => {
    const { db, together } = await start(t)
    await assert.rejects(together(job()), unexplained)
    assert.equal(await readJob(db, 'j'), undefined)
  })

  test('refuses a delivered job without a capture and a failed one without a release', async (t) => {
    const { together } = await start(t)
    await together(job(), 'hold')
    await assert.rejects(together(job({ status: 'delivered' })), unexplained)
    const failed = job({ status: 'failed', errorCode: 'kie.failed' })
    await assert.rejects(together(failed, 'capture'), unexplained)
    await together(failed, 'release')
  })

  test('lets a refunded job be delivered as a present, without a capture', async (t) => {
    const { together } = await start(t)
    await together(job(), 'hold')
    await together(job({ status: 'failed', errorCode: 'kie.expired' }), 'release')
    await together(job({ status: 'delivered', errorCode: 'kie.expired', courtesy: true }))
  })

  test('needs no money for a free job', async (t) => {
    const { together } = await start(t)
    await together(job({ priceKopecks: 0 }))
    await together(job({ priceKopecks: 0, status: 'delivered' }))
  })

  test('refuses a failure without a reason, and a status nobody knows', async (t) => {
    const { together } = await start(t)
    await together(job({ priceKopecks: 0 }))
    await assert.rejects(together(job({ priceKopecks: 0, status: 'failed' })), /check/)
    await assert.rejects(together(job({ priceKopecks: 0, status: 'lost' })), /check/)
  })

  test('finds a job by its task, which no other job may have', async (t) => {
    const { db, together } = await start(t)
    await together(job({ priceKopecks: 0, taskId: 'T' }))
    assert.equal((await findJobByTask(db, 'T'))?.id, 'j')
    await assert.rejects(together(job({ id: 'k', priceKopecks: 0, taskId: 'T' })), /task_id/)
  })

  test('tells how fast a user orders, and what their own limit is', async (t) => {
    const { db, together } = await start(t)
    await together(job({ priceKopecks: 0 }))
    const paceAt = (userId: number, ms: number) => readOrderPace(db, userId, Date.now() + ms)
    assert.deepEqual(await paceAt(1, 0), { lastMinute: 1, lastHour: 1, perHour: null })
    assert.deepEqual(await paceAt(1, 120_000), { lastMinute: 0, lastHour: 1, perHour: null })
    assert.deepEqual(await paceAt(1, 7_200_000), { lastMinute: 0, lastHour: 0, perHour: null })
    await setLimit(db, { userId: 2, by: 1, jobsPerHour: 7 })
    assert.deepEqual(await paceAt(2, 0), { lastMinute: 0, lastHour: 0, perHour: 7 })
  })
})
