import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import pg from 'pg'
import { createDb } from '../../../src/store/db.ts'
import {
  freeLostJobs,
  reapInstances,
  registerInstance,
  removeInstance,
  silentInstances,
} from '../../../src/store/engine/instances.ts'
import { createDatabase } from '../../support/database.ts'

async function start(t: TestContext) {
  const { url, pool } = await createDatabase(t)
  const db = createDb(pool)
  /** An instance whose process lives until it is ended. */
  const live = async (id: string, lockKey: number, workerIds: string[]) => {
    const session = new pg.Client(url)
    await session.connect()
    await session.query('select pg_advisory_lock($1)', [lockKey])
    await registerInstance(db, { id, lockKey, workerIds })
    let ended: Promise<void> | undefined
    const end = () => {
      ended ??= session.end()
      return ended
    }
    t.after(end)
    return end
  }
  /** Jobs as workers have locked them. */
  const lock = async (worker: string, seconds = 60) => {
    const { rows } = await pool.query(`select (graphile_worker.add_job('t', '{}')).id`)
    await pool.query(
      `update graphile_worker._private_jobs set locked_by = $1,
         locked_at = now() - $2 * interval '1 s' where id = $3`,
      [worker, seconds, rows[0].id],
    )
    return String(rows[0].id)
  }
  const locked = async () =>
    (
      await pool.query(`select locked_by from graphile_worker.jobs
        where locked_by is not null order by id`)
    ).rows.map((row) => row.locked_by)
  return { pool, db, live, lock, locked }
}

describe('instances', () => {
  test('that are dead lose their jobs and are forgotten; living ones and oneself are not', async (t) => {
    const { db, live, lock, locked } = await start(t)
    const die = await live('dead', 1, ['d1', 'd2'])
    await live('alive', 2, ['a1'])
    const leave = await live('me', 3, ['m1'])
    for (const worker of ['d1', 'd2', 'a1', 'm1']) await lock(worker)
    assert.deepEqual(await silentInstances(db, 'me'), [])
    await die()
    await leave()
    assert.deepEqual(await silentInstances(db, 'me'), ['dead'])
    assert.deepEqual(await reapInstances(db, ['dead', 'alive', 'unheard of']), ['dead'])
    assert.deepEqual(await locked(), ['a1', 'm1'])
    assert.deepEqual(await reapInstances(db, ['dead']), [])
  })

  test('that are dead are reaped once, however many look', async (t) => {
    const { db, live } = await start(t)
    const ends = await Promise.all([1, 2, 3].map((n) => live(`i${n}`, n, [`w${n}`])))
    for (const end of ends) await end()
    const reaped = await Promise.all(
      Array.from({ length: 5 }, () => reapInstances(db, ['i1', 'i2', 'i3'])),
    )
    assert.deepEqual(reaped.flat().sort(), ['i1', 'i2', 'i3'])
  })

  test('keep the newest list of their workers, and may leave', async (t) => {
    const { db, pool } = await start(t)
    await registerInstance(db, { id: 'a', lockKey: 1, workerIds: ['w1'] })
    await registerInstance(db, { id: 'a', lockKey: 1, workerIds: ['w2', 'w3'] })
    const { rows } = await pool.query('select worker_ids from instances')
    assert.deepEqual(rows, [{ worker_ids: ['w2', 'w3'] }])
    await removeInstance(db, 'a')
    assert.deepEqual(await silentInstances(db, 'b'), [])
  })
})

describe('lost jobs', () => {
  test('are those locked here that do not run here, and not since a moment ago', async (t) => {
    const { db, lock, locked } = await start(t)
    const runs = await lock('mine')
    await lock('mine')
    await lock('mine too', 1)
    await lock('of others')
    assert.equal(await freeLostJobs(db, ['mine', 'mine too'], [runs]), 1)
    assert.deepEqual(await locked(), ['mine', 'mine too', 'of others'])
    assert.equal(await freeLostJobs(db, ['mine'], []), 1)
  })
})
