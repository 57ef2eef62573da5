import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type pg from 'pg'
import { createWriters } from '../../src/store/database.ts'
import { createDb } from '../../src/store/db.ts'
import { ledgerDiscrepancy, readAccount, sumOfAllAccounts } from '../../src/store/ledger.ts'
import { createDatabase } from '../support/database.ts'
import { topUp } from '../support/shopper.ts'
import { incarnate, orderOf, outside, PRICE } from './life.ts'
import { createWorkerOf, enqueue } from './queue.ts'
import { createTripwire, DATABASE_FAULTS, FAULTS, type Fault } from './tripwire.ts'

const MONEY = 1_000
const MOST_STEPS = 200
const AT_ONCE = 6
/** To the database alone; the others are files, upload, create call, question and delivery. */
const FEWEST_CALLS = 40
const OTHER_CALLS = 5

interface Pools {
  pool: pg.Pool
  writers: pg.Pool
}

let users = 100

/** A whole order with one call in it that goes wrong; how it ended. */
async function live(pools: Pools, fault: Fault, at: number) {
  const { pool } = pools
  users += 1
  const userId = users
  const jobId = `job${userId}`
  const actor = `job:${jobId}`
  await topUp(pool, userId, MONEY)
  const order = orderOf(userId, jobId)
  const world = outside()
  const wire = createTripwire(fault, at)
  let process = incarnate(pools, world, wire)
  const restart = () => {
    process = incarnate(pools, world, createTripwire('refused', 0))
  }
  void wire.died.then(restart)
  const worker = createWorkerOf(pool, { job: actor, conversation: order.actor })
  const workOff = async () => {
    let steps = 0
    while (await worker.step(world, process)) {
      steps += 1
      assert.ok(steps < MOST_STEPS, 'it goes on for ever')
    }
  }
  await enqueue(pool, 'job.start', order)
  await workOff()
  const end = { ...(await booksOf(pools, userId)), hit: wire.hit }
  restart()

  // A callback that comes when all is over may bring a present, and moves no money.
  const report = { taskId: null, phase: 'succeeded', stage: null, urls: [], text: 'a poem' }
  const event = { type: 'task.reported', report }
  await process.runtime.send({ actor, key: 'late', event })
  await workOff()
  const { entries, available, held } = await booksOf(pools, userId)
  const money = { entries: end.entries, available: end.available, held: end.held }
  assert.deepEqual({ entries, available, held }, money, 'the late result moved money')
  return { ...end, world }
}

async function booksOf({ pool }: Pools, userId: number) {
  const entries = await pool.query<{ kind: string; amount_kopecks: number }>(
    `select kind, amount_kopecks from ledger_entries
     where user_id = $1 and kind not in ('top_up', 'cost') order by id`,
    [userId],
  )
  const { available_kopecks, held_kopecks } = await readAccount(createDb(pool), userId)
  const jobs = await pool.query('select status from jobs where user_id = $1', [userId])
  assert.equal(jobs.rowCount, 1)
  return {
    available: available_kopecks,
    held: held_kopecks,
    entries: entries.rows.map(({ kind, amount_kopecks }) => [kind, amount_kopecks]),
    job: jobs.rows[0].status as string,
  }
}

/** Paid and delivered, or given back; nothing in between. */
function expectSettled({ entries, available, held, job, world }: Awaited<ReturnType<typeof live>>) {
  const delivered = job === 'delivered'
  const settlement = delivered ? 'capture' : 'release'
  assert.equal(delivered || job === 'failed', true, job)
  assert.deepEqual(entries, [
    ['hold', PRICE],
    [settlement, PRICE],
  ])
  assert.deepEqual([available, held], [delivered ? MONEY - PRICE : MONEY, 0])
  assert.ok(world.tasks <= 1, 'one create call')
  if (delivered) assert.ok(world.sent >= 1, 'paid, so delivered')
}

describe('a fault at any await of a paid order', { concurrency: 2 }, () => {
  let pools: Pools

  before(async () => {
    const { pool, url } = await createDatabase({})
    const writers = createWriters(url)
    pools = { pool, writers }
  })
  after(() => pools.writers.end())

  for (const fault of FAULTS) {
    test(`(${fault}) ends it paid and delivered, or given back`, async () => {
      const ends = new Set<string>()
      let places = 0
      let isThrough = false
      const one = async () => {
        while (!isThrough) {
          places += 1
          const at = places
          const life = await live(pools, fault, at)
          isThrough ||= life.hit === undefined
          try {
            expectSettled(life)
          } catch (cause) {
            throw new Error(`call ${at}, to the ${life.hit}`, { cause })
          }
          ends.add(life.job)
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, one))
      const least = DATABASE_FAULTS.has(fault) ? FEWEST_CALLS : OTHER_CALLS
      assert.ok(places > least, `only ${places} places`)
      // A create call that may have been made is never made again: there the money goes back.
      const mayFail = fault === 'refused' ? [] : ['failed']
      assert.deepEqual([...ends].sort(), ['delivered', ...mayFail])
      const db = createDb(pools.pool)
      assert.deepEqual([await ledgerDiscrepancy(db), await sumOfAllAccounts(db)], [0, 0])
    })
  }
})
