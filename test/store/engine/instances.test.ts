import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import pg from 'pg'
import { createDb } from '../../../src/store/db.ts'
import { freeOrphanedEffects } from '../../../src/store/engine/effects.ts'
import {
  isRegistered,
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
  const live = async (id: string, lockKey: number) => {
    const session = new pg.Client(url)
    await session.connect()
    await session.query('select pg_advisory_lock($1)', [lockKey])
    await registerInstance(db, { id, lockKey })
    let ended: Promise<void> | undefined
    const end = () => {
      ended ??= session.end()
      return ended
    }
    t.after(end)
    return end
  }
  /** An effect in the hands of an instance. */
  const give = (owner: number) =>
    pool.query(
      `insert into effects (actor_id, key, type, seq, index, payload, owner)
       values ('a', $1::text, 'e', 1, 0, '{}', $1::bigint)`,
      [owner],
    )
  const owners = async () =>
    (await pool.query('select owner from effects where owner is not null order by owner')).rows.map(
      (row) => row.owner,
    )
  return { pool, db, live, give, owners }
}

describe('instances', () => {
  test('that are dead lose their effects and are forgotten; living ones and oneself are not', async (t) => {
    const { db, live, give, owners } = await start(t)
    const die = await live('dead', 1)
    await live('alive', 2)
    const leave = await live('me', 3)
    for (const owner of [1, 2, 3]) await give(owner)
    assert.deepEqual(await silentInstances(db, 'me'), [])
    await die()
    await leave()
    assert.deepEqual(await silentInstances(db, 'me'), ['dead'])
    assert.deepEqual(await reapInstances(db, ['dead', 'alive', 'unheard of']), ['dead'])
    assert.deepEqual(await owners(), [2, 3])
    assert.deepEqual(await reapInstances(db, ['dead']), [])
  })

  test('that are dead are reaped once, however many look', async (t) => {
    const { db, live } = await start(t)
    const ends = await Promise.all([1, 2, 3].map((n) => live(`i${n}`, n)))
    for (const end of ends) await end()
    const reaped = await Promise.all(
      Array.from({ length: 5 }, () => reapInstances(db, ['i1', 'i2', 'i3'])),
    )
    assert.deepEqual(reaped.flat().sort(), ['i1', 'i2', 'i3'])
  })

  test('know whether they are on the list, and may leave it', async (t) => {
    const { db } = await start(t)
    assert.equal(await isRegistered(db, 'a'), false)
    await registerInstance(db, { id: 'a', lockKey: 1 })
    await registerInstance(db, { id: 'a', lockKey: 1 })
    assert.equal(await isRegistered(db, 'a'), true)
    await removeInstance(db, 'a')
    assert.equal(await isRegistered(db, 'a'), false)
  })

  test('that nobody knows any more lose their effects too', async (t) => {
    const { db, live, give, owners } = await start(t)
    await live('alive', 2)
    for (const owner of [1, 2]) await give(owner)
    assert.equal(await freeOrphanedEffects(db), 1)
    assert.deepEqual(await owners(), [2])
  })
})
