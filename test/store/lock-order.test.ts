import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createWriters } from '../../src/store/database.ts'
import { createDb, type Db } from '../../src/store/db.ts'
import {
  addEffect,
  completeEffects,
  type EffectRef,
  releaseEffects,
} from '../../src/store/engine/effects.ts'
import { commitSteps, type Step } from '../../src/store/engine/steps.ts'
import { dropTimers } from '../../src/store/engine/timers.ts'
import { arrivePlainly } from '../../src/store/referrals.ts'
import { recordUsers } from '../../src/store/users.ts'
import { createDatabase } from '../support/database.ts'
import { waitFor } from '../support/wait.ts'

const OWNER = 7

const step = (actorId: string): Step => ({
  ...{ actorId, machine: 'm', machineVersion: 1, expected: 0, status: 'active', state: 'a' },
  ...{ snapshot: '{}', pendingTimers: '{}', timers: [], cancels: [] },
  entries: [
    { key: 'k', at: new Date(0), event: '{}', state: 'a', effects: '[]', checkpoint: null },
  ],
  effects: [{ key: 'e', type: 't', seq: 2, index: 0, renewed: 0, payload: '{}' }],
})

const ref = (actor: string): EffectRef => ({ actor, key: 'e', seq: 1 })
const user = (id: number) => ({ id, language: 'ru', blocked: false }) as const

async function start(t: TestContext) {
  const { url, pool } = await createDatabase(t)
  const writers = createWriters(url)
  const blocker = await pool.connect()
  t.after(async () => {
    blocker.release(true)
    await writers.end()
  })
  return { pool, blocker, writers, db: createDb(pool) }
}

type World = Awaited<ReturnType<typeof start>>

/** Each writes the rows of a, b and c, in the order that is worst. */
const WRITERS: Record<string, (world: World) => Promise<unknown>> = {
  'a commit': async ({ writers }) => {
    const client = await writers.connect()
    try {
      return await commitSteps(client, ['c', 'b', 'a'].map(step), OWNER)
    } finally {
      client.release()
    }
  },
  'effects that are done': ({ db }) => completeEffects(db, ['c', 'b', 'a'].map(ref)),
  'effects that are done, in another order': ({ db }) =>
    completeEffects(db, ['b', 'c', 'a'].map(ref)),
  'effects that are given up': ({ db }) => releaseEffects(db, OWNER),
}

const USERS: Record<string, (db: Db) => Promise<unknown>> = {
  'users of new conversations': (db) => recordUsers(db, [3, 2, 1].map(user)),
  'users who arrive': (db) =>
    arrivePlainly(
      db,
      [3, 2, 1].map((userId) => ({ userId, marks: [] })),
    ),
}

/** Lets `write` wait behind the first row, and tells which of the others it holds by then. */
async function heldMeanwhile(
  { pool, blocker }: World,
  first: string,
  others: string,
  write: () => Promise<unknown>,
): Promise<number> {
  await blocker.query(`begin; ${first} for update`)
  const written = write()
  const waits = `select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`
  await waitFor(async () => (await pool.query(waits)).rowCount, { what: 'the writer to wait' })
  const { rowCount: all } = await pool.query(others)
  const { rowCount: free } = await pool.query(`${others} for update skip locked`)
  await blocker.query('rollback')
  await written
  return Number(all) - Number(free)
}

describe('rows that several write at once', () => {
  for (const [name, write] of Object.entries(WRITERS)) {
    test(`are locked in one order by ${name}`, async (t) => {
      const world = await start(t)
      for (const actor of ['c', 'a', 'b']) {
        await addEffect(world.db, { actor, key: 'e', type: 't', seq: 1, at: 0, params: {} })
      }
      await world.pool.query('update effects set owner = $1', [OWNER])
      const [first, others] = ['=', '<>'].map(
        (is) => `select from effects where actor_id ${is} 'a'`,
      )
      assert.equal(
        await heldMeanwhile(world, first as string, others as string, () => write(world)),
        0,
      )
    })
  }

  for (const [name, write] of Object.entries(USERS)) {
    test(`are locked in one order by ${name}`, async (t) => {
      const world = await start(t)
      // Stored in an order that is not theirs.
      for (const id of [2, 3, 1]) await recordUsers(world.db, [user(id)])
      const [first, others] = ['=', '<>'].map((is) => `select from users where id ${is} 1`)
      assert.equal(
        await heldMeanwhile(world, first as string, others as string, () => write(world.db)),
        0,
      )
    })
  }

  test('are passed over by timers that caused no step', async (t) => {
    const { pool, blocker, db } = await start(t)
    await pool.query(`insert into timers (actor_id, id, seq, due_at, event)
      values ('a', 't', 1, now(), '{}'), ('b', 't', 1, now(), '{}')`)
    await blocker.query(`begin; select from timers where actor_id = 'a' for update`)
    await dropTimers(db, [
      { actor: 'b', id: 't', seq: 1 },
      { actor: 'a', id: 't', seq: 1 },
    ])
    const { rows } = await pool.query('select actor_id from timers')
    assert.deepEqual(rows, [{ actor_id: 'a' }])
  })
})
