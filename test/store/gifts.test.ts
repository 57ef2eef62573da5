import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { createWelcomeHandler, type GiftDeps } from '../../src/actors/effects/gifts.ts'
import { createPersonMarks } from '../../src/actors/person-mark.ts'
import { createDb, type Db } from '../../src/store/db.ts'
import { bookMovements, ledgerDiscrepancy, readAccount } from '../../src/store/ledger.ts'
import { createPromo, redeemPromo } from '../../src/store/promo.ts'
import {
  arrivePlainly,
  markSettled,
  noteEarned,
  readEarned,
  readFarmed,
  readInvites,
  rewardInvite,
  welcome,
} from '../../src/store/referrals.ts'
import { recordUsers } from '../../src/store/users.ts'
import { createDatabase } from '../support/database.ts'

const CAPS = { perDay: 3, ever: 5 }

async function start(t: TestContext, users = 3) {
  const { pool } = await createDatabase(t)
  const db = createDb(pool)
  await recordUsers(
    db,
    Array.from({ length: users }, (_, i) => ({ id: i + 1, language: 'ru', blocked: false })),
  )
  const arrive = (userId: number, invitedBy: number | null = null, kopecks = 0, free = 10) =>
    welcome(db, { userId, invitedBy, kopecks, free, caps: CAPS, marks: [String(userId)] })
  const left = async (userId: number) => (await readInvites(db, userId)).left
  return { pool, db, arrive, left }
}

describe('a first arrival', () => {
  test('by somebody’s link brings both sides free generations', async (t) => {
    const { db, arrive, left } = await start(t)
    await arrive(1)
    assert.deepEqual(await arrive(2, 1), { kopecks: 0, invitedBy: 1, free: 10 })
    assert.deepEqual([await left(1), await left(2)], [10, 10])
    assert.deepEqual(await readInvites(db, 1), { invited: 1, earned: 10, left: 10 })
  })

  test('is rewarded once, however many links and taps come at once', async (t) => {
    const { db, arrive, left } = await start(t)
    await Promise.all(Array.from({ length: 50 }, (_, i) => arrive(3, 1 + (i % 2), 500)))
    assert.equal((await left(1)) + (await left(2)), 10)
    assert.equal(await left(3), 10)
    assert.equal((await readAccount(db, 3)).bonus_kopecks, 500)
    assert.equal(await ledgerDiscrepancy(db), 0)
  })

  test('says the same again when it is asked again', async (t) => {
    const { arrive } = await start(t)
    const first = await arrive(2, 1, 500)
    assert.deepEqual(await arrive(2, 1, 500), first)
    assert.deepEqual(await arrive(2, 3, 900), first)
  })

  test('by one’s own link, a stranger’s, or after an arrival without one brings nothing', async (t) => {
    const { arrive, left } = await start(t)
    await arrive(1, 1)
    await arrive(2, 999)
    await arrive(3)
    await arrive(3, 1)
    assert.deepEqual([await left(1), await left(2), await left(3)], [0, 0, 0])
  })

  test('of several at once by themselves is dealt with together, but for who was here or was erased', async (t) => {
    const { pool, db, arrive, left } = await start(t, 4)
    await pool.query(
      `insert into erased_marks (mark, month, banned) values ('old-3', current_date, false)`,
    )
    await arrive(2)
    const all = [1, 2, 3].map((userId) => ({ userId, marks: [`new-${userId}`, `old-${userId}`] }))
    assert.deepEqual(await arrivePlainly(db, all), [true, false, false])
    assert.deepEqual(await arrivePlainly(db, all), [false, false, false])
    // A link that comes later brings nothing.
    await arrive(1, 4)
    assert.deepEqual([await left(1), await left(4)], [0, 0])
  })

  test('can’t lead in a circle', async (t) => {
    const { arrive, left } = await start(t)
    await arrive(1)
    await arrive(2, 1)
    await arrive(1, 2)
    assert.deepEqual([await left(1), await left(2)], [10, 10])
  })
})

describe('an invitation that is paid for what the friend does', () => {
  /** An order of the friend that is delivered and paid for. */
  async function order(db: Db, userId: number, kind: 'top_up' | 'bonus' = 'top_up') {
    const ref = `job of ${userId} by ${kind}`
    const money = { userId, ref, kopecks: 100 }
    await bookMovements(db, [{ ...money, kind }])
    await bookMovements(db, [{ ...money, kind: 'hold' }])
    await bookMovements(db, [{ ...money, kind: 'capture' }])
    await noteEarned(db, { userId, ref })
  }

  async function settle(db: Db) {
    const due = await readEarned(db, 100)
    for (const one of due) {
      await rewardInvite(db, { ...one, free: 10, caps: CAPS })
      await markSettled(db, one.referredId)
    }
    return due.length
  }

  test('brings nothing for sixty accounts that only press Start, and shows them to the admins', async (t) => {
    const { db, left } = await start(t, 61)
    const told: unknown[] = []
    const come = createWelcomeHandler({
      ...{ db, now: () => 0, log: pino({ level: 'silent' }) },
      runtime: { send: async (envelope: unknown) => told.push(envelope) },
      ...{ welcomeKopecks: 0, inviteFree: 10, inviteAfter: 'order', inviteCaps: CAPS },
      marks: createPersonMarks('key'),
    } as unknown as GiftDeps)
    const job = { seq: 1, index: 0, at: 0, attempt: 1, renewed: 0 }
    for (let friend = 2; friend <= 61; friend += 1) {
      const params = { userId: friend, invitedBy: 1 }
      await come({ ...job, actor: `conversation:1:${friend}`, params }, AbortSignal.timeout(9_000))
    }
    assert.equal(await settle(db), 0)
    assert.deepEqual([await left(1), await left(2)], [0, 0])
    assert.deepEqual(told, [])
    assert.deepEqual(await readFarmed(db), [{ userId: 1, invited: 60, earned: 0 }])
  })

  test('brings both sides theirs after the first order paid with own money, once', async (t) => {
    const { db, arrive, left } = await start(t)
    await arrive(2, 1, 0, 0)
    await order(db, 2, 'bonus')
    assert.equal(await settle(db), 0)
    await order(db, 2)
    assert.equal(await settle(db), 1)
    await noteEarned(db, { userId: 2, ref: 'job of 2 by top_up' })
    assert.equal(await settle(db), 0)
    assert.deepEqual([await left(1), await left(2)], [10, 10])
  })

  test('is booked once, by however many at once and however often', async (t) => {
    const { db, arrive, left } = await start(t)
    await arrive(2, 1, 0, 0)
    await order(db, 2)
    const reward = { referredId: 2, referrerId: 1, free: 10, caps: CAPS }
    const got = await Promise.all(Array.from({ length: 10 }, () => rewardInvite(db, reward)))
    assert.deepEqual(new Set(got.map((one) => JSON.stringify(one))).size, 1)
    assert.deepEqual([await left(1), await left(2)], [10, 10])
  })

  test('brings who invited no more than so many a day; the friend gets theirs', async (t) => {
    const { db, arrive, left } = await start(t, 6)
    for (const friend of [2, 3, 4, 5]) {
      await arrive(friend, 1, 0, 0)
      await order(db, friend)
    }
    await settle(db)
    assert.deepEqual([await left(1), await left(5)], [30, 10])
  })
})

describe('a promo code', () => {
  const SPRING = { code: 'SPRING', kopecks: 5_000, free: 0, expiresAt: null, madeBy: 1 }
  const now = new Date('2026-11-22')
  const redeem = (db: Parameters<typeof redeemPromo>[0], userId: number, ref = `${userId}`) =>
    redeemPromo(db, { code: 'SPRING', userId, ref, now })

  test('is redeemed as often as it allows, by fifty at once', async (t) => {
    const { db } = await start(t, 50)
    await createPromo(db, { ...SPRING, limit: 7 })
    const users = Array.from({ length: 50 }, (_, i) => i + 1)
    const outcomes = await Promise.all(users.map((userId) => redeem(db, userId)))
    const given = outcomes.filter((o) => 'kopecks' in o)
    assert.equal(given.length, 7)
    assert.ok(outcomes.every((o) => 'kopecks' in o || o.refused === 'usedUp'))
    const balances = await Promise.all(users.map((userId) => readAccount(db, userId)))
    assert.equal(
      balances.reduce((sum, a) => sum + a.bonus_kopecks, 0),
      7 * 5_000,
    )
  })

  test('is redeemed once by each, with fifty taps at once', async (t) => {
    const { db } = await start(t)
    await createPromo(db, { ...SPRING, limit: 100 })
    const taps = Array.from({ length: 50 }, (_, i) => redeem(db, 1, `tap ${i}`))
    const given = (await Promise.all(taps)).filter((o) => 'kopecks' in o)
    assert.equal(given.length, 1)
    assert.equal((await readAccount(db, 1)).bonus_kopecks, 5_000)
  })

  test('answers the same request as the first time', async (t) => {
    const { db } = await start(t)
    await createPromo(db, { ...SPRING, limit: 1 })
    const first = await redeem(db, 1)
    assert.deepEqual(await redeem(db, 1), first)
    assert.deepEqual(await redeem(db, 1, 'another tap'), { refused: 'yours' })
    assert.deepEqual(await redeem(db, 2), { refused: 'usedUp' })
  })

  test('may be for free generations, unknown, or out of time', async (t) => {
    const { db, left } = await start(t)
    assert.deepEqual(await redeem(db, 1), { refused: 'unknown' })
    await createPromo(db, { ...SPRING, kopecks: 0, free: 5, limit: 1 })
    assert.deepEqual(await redeem(db, 1), { kopecks: 0, free: 5 })
    assert.equal(await left(1), 5)
    assert.equal(await createPromo(db, { ...SPRING, limit: 9 }), false)
    await createPromo(db, { ...SPRING, code: 'OLD', limit: 9, expiresAt: now })
    const old = { code: 'OLD', userId: 1, ref: 'x', now }
    assert.deepEqual(await redeemPromo(db, old), { refused: 'expired' })
  })
})
