import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createDb } from '../../src/store/db.ts'
import { setFavourite } from '../../src/store/favourites.ts'
import { listUserJobs } from '../../src/store/history.ts'
import { readKeptJob, recordJobs } from '../../src/store/jobs.ts'
import { recordUsers } from '../../src/store/users.ts'
import { createDatabase } from '../support/database.ts'

const job = (id: string, userId: number) => ({
  id,
  userId,
  chatId: userId,
  modelId: 'z-image',
  status: 'created',
  priceKopecks: 0,
  credits: 0.8,
  creditsConsumed: null,
  input: { prompt: 'x' },
  taskId: null,
  result: null,
  errorCode: null,
  courtesy: false,
})

/** Two people; the first has ordered `count` times, a minute apart, the second once. */
async function start(t: TestContext, count: number) {
  const { pool } = await createDatabase(t)
  const db = createDb(pool)
  const person = (id: number) => ({ id, language: 'ru' as const, blocked: false })
  await recordUsers(db, [person(1), person(2)])
  const ids = Array.from({ length: count }, (_, i) => `job${i}`)
  await recordJobs(db, [...ids.map((id) => job(id, 1)), job('other', 2)])
  await pool.query(
    `update jobs set created_at = now() + substring(id from 4)::int * interval '1 minute'
     where user_id = 1`,
  )
  const list = async (name: 'history' | 'favourites', offset = 0, userId = 1) => {
    const page = await listUserJobs(db, { userId, list: name, limit: 3, offset })
    return { ids: page.jobs.map(({ id }) => id), total: page.total }
  }
  const say = (jobId: string, saved: boolean, step: number, userId = 1) =>
    setFavourite(db, { userId, jobId, saved, step })
  const rows = async () =>
    Number((await pool.query('select count(*) from favourites')).rows[0].count)
  return { db, list, say, rows }
}

describe('history', () => {
  test('lists the jobs of one user, newest first, page by page', async (t) => {
    const { list } = await start(t, 7)
    assert.deepEqual(await list('history'), { ids: ['job6', 'job5', 'job4'], total: 7 })
    assert.deepEqual(await list('history', 6), { ids: ['job0'], total: 7 })
    assert.deepEqual(await list('history', 9), { ids: [], total: 7 })
    assert.deepEqual(await list('history', 0, 2), { ids: ['other'], total: 1 })
  })
})

describe('favourites', () => {
  test('are kept once however often it is said, and listed with the last one first', async (t) => {
    const { list, say, rows, db } = await start(t, 4)
    await say('job0', true, 1)
    await say('job3', true, 2)
    await say('job3', true, 2)
    await say('job1', true, 3)
    assert.equal(await rows(), 3)
    assert.deepEqual(await list('favourites'), { ids: ['job1', 'job3', 'job0'], total: 3 })
    assert.equal((await readKeptJob(db, 'job3'))?.saved, true)
    await say('job2', true, 4, 2)
    assert.equal((await readKeptJob(db, 'job2'))?.saved, false)
  })

  test('end as was said last, in whatever order it arrives', async (t) => {
    const { list, say, db } = await start(t, 1)
    await say('job0', true, 1)
    await say('job0', false, 4)
    await say('job0', true, 3)
    assert.equal((await readKeptJob(db, 'job0'))?.saved, false)
    assert.deepEqual(await list('favourites'), { ids: [], total: 0 })
    await say('job0', true, 5)
    assert.deepEqual(await list('favourites'), { ids: ['job0'], total: 1 })
  })

  test("never hold somebody else's job", async (t) => {
    const { list, say, rows } = await start(t, 1)
    await say('other', true, 1)
    await say('no-such-job', true, 1)
    assert.equal(await rows(), 0)
    assert.deepEqual(await list('favourites'), { ids: [], total: 0 })
  })
})
