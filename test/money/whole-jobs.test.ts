import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createWriters } from '../../src/store/database.ts'
import { createDb } from '../../src/store/db.ts'
import { bookMovements, type Movement } from '../../src/store/ledger.ts'
import { recordUsers } from '../../src/store/users.ts'
import { expectBooksInOrder } from '../store/books.ts'
import { createDatabase } from '../support/database.ts'
import { type Incarnation, incarnate, type Outside, orderOf, outside, PRICE } from './life.ts'
import { createWorkerOf, enqueue } from './queue.ts'
import { createTripwire, FAULTS } from './tripwire.ts'

const USERS = [1, 2]
const JOBS = 3
const RUNS = 8

const which = { job: fc.nat(JOBS - 1), by: fc.nat(1) }

/** What happens next, and in which of two processes. */
const happening = fc.oneof(
  { weight: 2, arbitrary: fc.record({ type: fc.constant('order' as const), ...which }) },
  {
    weight: 8,
    arbitrary: fc.record({ type: fc.constant('work' as const), ...which, again: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('report' as const),
      ...which,
      phase: fc.constantFrom('succeeded', 'failed'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('operator' as const), ...which }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('begin' as const),
      by: fc.nat(1),
      fault: fc.constantFrom(...FAULTS),
      at: fc.integer({ min: 1, max: 12 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('book' as const),
      userId: fc.constantFrom(...USERS),
      kind: fc.constantFrom<Movement['kind']>('top_up', 'bonus', 'credit', 'debit', 'refund'),
      ref: fc.constantFrom('a', 'b'),
      kopecks: fc.integer({ min: 1, max: 2 * PRICE }),
    }),
  },
)
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never

interface Order {
  job: string
  world: Outside
  processes: Incarnation[]
  worker: ReturnType<typeof createWorkerOf>
  row: ReturnType<typeof orderOf>
}

describe('whole orders in a random order of events', () => {
  test('leave every book in order after every step, and every hold settled', async (t) => {
    const { pool, url } = await createDatabase(t)
    const writers = createWriters(url)
    t.after(() => writers.end())
    const pools = { pool, writers }
    const db = createDb(pool)
    await recordUsers(
      db,
      USERS.map((id) => ({ id, language: 'ru', blocked: false })),
    )
    const inOrder = () => expectBooksInOrder(pool, USERS)
    const ends: string[] = []
    let run = 0

    const workerOf = (job: string, conversation: string) =>
      createWorkerOf(pool, { job, conversation })
    const open = (index: number): Order => {
      const id = `r${run}j${index}`
      const row = orderOf(USERS[index % USERS.length] as number, id)
      const world = outside()
      const processes = [0, 1].map(() => incarnate(pools, world, createTripwire('refused', 0)))
      const job = `job:${id}`
      return { job, world, processes, row, worker: workerOf(job, row.actor) }
    }
    const send = (order: Order, by: number, key: string, event: { type: string }) => {
      const { runtime, wire } = order.processes[by] as Incarnation
      const sent = runtime.send({ actor: order.job, key, event }).catch(() => {})
      return Promise.race([sent, wire.died])
    }

    async function happen(orders: Order[], what: Happening): Promise<void> {
      if (what.type === 'book') {
        const { type: _type, ref, ...movement } = what
        const by = { madeBy: 9, reason: 'walk' }
        await bookMovements(db, [{ ...movement, ...by, ref: `${run}${ref}${what.userId}` }]).catch(
          () => {},
        )
        return
      }
      if (what.type === 'begin') {
        // A process that begins anew, and one of whose calls will go wrong for every order.
        for (const { processes, world } of orders) {
          processes[what.by] = incarnate(pools, world, createTripwire(what.fault, what.at))
        }
        return
      }
      const order = orders[what.job] as Order
      const process = order.processes[what.by] as Incarnation
      if (what.type === 'order') await enqueue(pool, 'job.start', order.row)
      else if (what.type === 'work') {
        const turns = [order.worker.step(order.world, process)]
        // The other process works on the same order at the same time.
        const other = order.processes[1 - what.by] as Incarnation
        if (what.again) turns.push(order.worker.step(order.world, other))
        await Promise.all(turns)
      } else if (what.type === 'report') {
        const report = {
          ...{ taskId: null, phase: what.phase, stage: null, urls: [], text: 'a poem' },
          ...{ failCode: null, failMessage: null, creditsConsumed: null },
        }
        const event = { type: 'task.reported', report }
        await send(order, what.by, `kie:${what.phase}`, event)
      } else {
        const event = { type: 'operator.refund', by: 'test', why: 'walk' }
        await send(order, what.by, 'refund', event)
      }
    }

    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 20, maxLength: 45 }), async (events) => {
        run += 1
        for (const userId of USERS) {
          await bookMovements(db, [
            { userId, kind: 'top_up', ref: `${run}u${userId}`, kopecks: PRICE },
          ])
        }
        const orders = Array.from({ length: JOBS }, (_, i) => open(i))
        for (const order of orders) await enqueue(pool, 'job.start', order.row)
        for (const event of events) {
          await happen(orders, event)
          await inOrder()
        }
        for (const order of orders) {
          const last = incarnate(pools, order.world, createTripwire('refused', 0))
          while (await order.worker.step(order.world, last));
          assert.ok(order.world.tasks <= 1, 'one create call')
        }
        await inOrder()
        await allSettled()
      }),
      { numRuns: RUNS },
    )
    assert.deepEqual([...new Set(ends)].sort(), ['capture', 'release'], 'both ends were reached')

    /** Invariant 1 at the end: nothing is held, and every job explains how its hold ended. */
    async function allSettled(): Promise<void> {
      const { rows: held } = await pool.query('select from accounts where held_kopecks <> 0')
      assert.equal(held.length, 0, 'nothing is held')
      const { rows } = await pool.query<{ status: string; courtesy: boolean; kinds: string[] }>(`
        select j.status, j.courtesy, array(
          select kind from ledger_entries e where e.ref = j.id and kind <> 'cost' order by id
        ) as kinds from jobs j`)
      for (const { status, courtesy, kinds } of rows) {
        const [hold, settlement = '', ...rest] = kinds
        assert.equal(hold, 'hold')
        const isPaid = status === 'delivered' && !courtesy
        assert.equal(settlement, isPaid ? 'capture' : 'release', status)
        assert.ok(rest.length === 0 || (isPaid && rest.join() === 'sale_undone'), rest.join())
        ends.push(settlement)
      }
    }
  })
})
