import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { refusedBy } from '../../src/store/database.ts'
import { createDb } from '../../src/store/db.ts'
import {
  type FreeLeft,
  type FreeLimits,
  readFree,
  reserveFree,
  returnFree,
} from '../../src/store/free.ts'
import { type JobRecord, recordJobs } from '../../src/store/jobs.ts'
import { recordUsers } from '../../src/store/users.ts'
import { createDatabase } from '../support/database.ts'

const LIMITS: FreeLimits = { daily: 5, hourly: 2, budgetCredits: 100 }
/** Noon in Moscow. */
const NOON = Date.parse('2026-11-22T12:00:00+03:00')
const HOUR = 3_600_000

async function start(t: TestContext, limits = LIMITS) {
  const { pool } = await createDatabase(t)
  const db = createDb(pool)
  const people = [1, 2].map((id) => ({ id, language: 'ru' as const, blocked: false }))
  await recordUsers(db, people)
  let n = 0
  /** Starts a free job; the constraint that refuses it, or its id. */
  async function take(
    at = NOON,
    { userId = 1, credits = 1, free = limits as FreeLimits | null } = {},
  ) {
    n += 1
    const jobId = `job${n}`
    const job: JobRecord = {
      id: jobId,
      userId,
      chatId: userId,
      modelId: 'z-image',
      status: 'pending',
      priceKopecks: 0,
      credits,
      creditsConsumed: null,
      input: {},
      taskId: null,
      result: null,
      errorCode: null,
      courtesy: false,
    }
    return db
      .transaction()
      .execute(async (tx) => {
        await recordJobs(tx, [job])
        await reserveFree(tx, [{ jobId, userId, at, credits, limits: free }])
        return jobId
      })
      .catch((error) => refusedBy(error) ?? String(error))
  }
  const left = (at = NOON, userId = 1) =>
    readFree(db, [{ userId, at }], limits).then(([one]) => one as FreeLeft)
  const grant = (amount: number) =>
    db
      .insertInto('free_grants')
      .values({ user_id: 1, kind: 'promo', ref: `${amount}`, amount })
      .execute()
  return { pool, db, take, left, grant }
}

describe('free generations', () => {
  test('are so many an hour and so many a day', async (t) => {
    const { take, left } = await start(t)
    await take()
    await take()
    assert.equal(await take(), 'free_hourly_limit')
    await take(NOON + HOUR)
    await take(NOON + HOUR)
    await take(NOON + 2 * HOUR)
    assert.equal(await take(NOON + 3 * HOUR), 'free_daily_limit')
    const { today, thisHour, hourEndsAt, dayEndsAt } = await left(NOON + 3 * HOUR)
    assert.deepEqual([today, thisHour], [0, 2])
    assert.equal(hourEndsAt, NOON + 4 * HOUR)
    assert.equal(dayEndsAt, NOON + 12 * HOUR)
  })

  test('begin anew with the day of Moscow', async (t) => {
    const { take, left } = await start(t)
    const evening = NOON + 11.5 * HOUR
    await take(evening)
    await take(evening)
    assert.equal((await left(evening)).today, 3)
    assert.deepEqual([(await left(evening + HOUR)).today], [5])
    assert.match(await take(evening + HOUR), /^job/)
  })

  test('come back when the job fails, once', async (t) => {
    const { db, take, left } = await start(t)
    const job = await take(NOON, { credits: 7 })
    await returnFree(db, [job])
    await returnFree(db, [job, 'a paid job'])
    const { today, thisHour, budgetCredits } = await left()
    assert.deepEqual([today, thisHour, budgetCredits], [5, 2, 100])
  })

  test('of the day go before bonus ones, which the limits do not hold back', async (t) => {
    const { db, take, left, grant } = await start(t)
    await grant(2)
    const jobs = [await take(), await take(), await take(), await take()]
    assert.equal(await take(), 'free_hourly_limit')
    const now = await left()
    assert.deepEqual([now.today, now.bonus], [3, 0])
    await returnFree(db, [jobs[3] as string])
    assert.equal((await left()).bonus, 1)
  })

  test('stop for everybody when the budget of the day is spent', async (t) => {
    const { take } = await start(t, { ...LIMITS, budgetCredits: 10 })
    await take(NOON, { credits: 6 })
    assert.equal(await take(NOON, { credits: 6, userId: 2 }), 'free_budget_spent')
    assert.match(await take(NOON, { credits: 4, userId: 2 }), /^job/)
    assert.match(await take(NOON + 24 * HOUR, { credits: 6 }), /^job/)
  })

  test('have no limits for those without', async (t) => {
    const { take, left } = await start(t)
    for (let i = 0; i < 8; i += 1)
      assert.match(await take(NOON, { free: null, credits: 90 }), /^job/)
    assert.equal((await left()).today, 5)
  })

  test('are counted exactly however many are asked for at once', async (t) => {
    const { pool, take, left } = await start(t, { ...LIMITS, hourly: 5 })
    const outcomes = await Promise.all(Array.from({ length: 25 }, () => take()))
    assert.equal(outcomes.filter((o) => o.startsWith('job')).length, 5)
    assert.equal(outcomes.filter((o) => o === 'free_daily_limit').length, 20)
    assert.equal((await left()).today, 0)
    const { rows } = await pool.query('select count(*) from free_uses')
    assert.deepEqual(rows, [{ count: 5 }])
  })

  test('that are lowered by the operator refuse more, and give back without harm', async (t) => {
    const { db, take, left } = await start(t)
    const job = await take()
    await take()
    const fewer = { ...LIMITS, daily: 1 }
    assert.equal(await take(NOON + HOUR, { free: fewer }), 'free_daily_limit')
    await returnFree(db, [job])
    assert.equal((await left()).today, 4)
  })
})
