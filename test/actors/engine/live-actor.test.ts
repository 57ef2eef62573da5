import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createMachine } from 'xstate'
import type { Definition, StoredSnapshot } from '../../../src/machines/engine/definition.ts'
import { loadActor } from '../../../src/store/engine/actors.ts'
import { listDeadLetters } from '../../../src/store/engine/dead-letters.ts'
import { registerInstance, removeInstance } from '../../../src/store/engine/instances.ts'
import { readJournal } from '../../../src/store/engine/journal.ts'
import { lamp, purse } from './machines.ts'
import { createEngine, envelope, outcomeOf } from './stage.ts'

/** The next version of the lamp: `count` is called `times`. */
const migrating: Definition = {
  ...lamp,
  version: 2,
  migrate: (stored: StoredSnapshot) => {
    const context = stored.context as { count: number; last: string | null }
    if (context.last === 'unmigratable') return undefined
    if (context.last === 'stumble') throw new Error('the migration stumbles')
    return { ...stored, context: { ...context, count: context.count + 100 } }
  },
}

const renamed = createMachine({ initial: 'dark', states: { dark: {}, bright: {} } })

/** An actor left by one version of the program, and a process of another version. */
async function upgrade(t: TestContext, definitions: readonly Definition[], last = '') {
  const engine = await createEngine(t)
  await engine.runtime.send(envelope('lamp:1', 'toggle'))
  await engine.runtime.send(envelope('lamp:1', 'say', { text: last, key: 'said' }))
  const runtime = engine.another({}, definitions)
  const row = async () => {
    const stored = await loadActor(engine.db, 'lamp:1')
    assert.ok(stored)
    return { ...stored, snapshot: stored.snapshot as StoredSnapshot }
  }
  return { ...engine, runtime, old: engine.runtime, row }
}

describe('a stored snapshot', () => {
  test('is lifted to the version of its machine and stored as such', async (t) => {
    const { runtime, row } = await upgrade(t, [migrating])
    await runtime.send(envelope('lamp:1', 'toggle'))
    const { machine_version, version, snapshot } = await row()
    assert.deepEqual([machine_version, version], [2, 4])
    assert.partialDeepStrictEqual(snapshot, { value: 'off', context: { count: 102, owner: 1 } })
  })

  for (const [name, last, definition] of [
    ['that no migration takes', 'unmigratable', migrating],
    ['over which a migration stumbles', 'stumble', migrating],
    ['without a migration', '', { ...lamp, version: 2 }],
    ['whose state is gone', '', { ...lamp, machine: renamed }],
  ] as const) {
    test(`${name} gives way to a new beginning and is kept`, async (t) => {
      const { runtime, row, db, jobs } = await upgrade(t, [definition], last)
      const before = await row()
      const receipt = await runtime.send(envelope('lamp:1', 'idle', { key: 'next' }))
      assert.partialDeepStrictEqual(receipt, { outcome: 'committed', seq: 5 })
      const after = await row()
      assert.equal(after.version, 5)
      assert.notDeepEqual(after.snapshot.value, before.snapshot.value)
      const [letter, ...more] = await listDeadLetters(db, 10)
      assert.deepEqual(more, [])
      assert.deepEqual([letter?.kind, letter?.subject], ['snapshot', 'lamp:1'])
      assert.partialDeepStrictEqual(letter?.payload, {
        machineVersion: 1,
        version: 3,
        snapshot: before.snapshot,
      })
      const journal = await readJournal(db, 'lamp:1', 4)
      assert.deepEqual(
        journal.map((e) => [e.key, e.checkpoint === null]),
        [
          ['begun:3', false],
          ['next', true],
        ],
      )
      const timers = (await jobs()).filter((job) => job.task === 'timer')
      assert.deepEqual(timers, [], 'the timers of the old life are gone')
      assert.deepEqual(after.timers, {})
    })
  }

  test('begins anew only once, and still knows its keys', async (t) => {
    const { runtime, row, db } = await upgrade(t, [{ ...lamp, version: 2 }])
    assert.equal(
      await outcomeOf(runtime.send(envelope('lamp:1', 'say', { key: 'said' }))),
      'duplicate',
    )
    const sends = Array.from({ length: 5 }, () => runtime.send(envelope('lamp:1', 'toggle')))
    await Promise.all(sends)
    assert.equal((await row()).version, 3 + 1 + 5)
    assert.equal((await listDeadLetters(db, 10)).length, 1)
  })

  test('is not woken by a timer of its old life', async (t) => {
    const { runtime, row } = await upgrade(t, [{ ...lamp, version: 2 }])
    const timer = { id: 'xstate.after.dim.lamp.on', seq: 2 }
    assert.equal(await outcomeOf(runtime.send(envelope('lamp:1', 'x', { timer }))), 'duplicate')
    assert.equal((await row()).version, 3)
  })

  test('of a newer program is left to it while it lives, and begins anew when it is gone', async (t) => {
    const { runtime, old, db, row } = await upgrade(t, [migrating])
    const versions = { lamp: migrating.version }
    await registerInstance(db, { id: 'newer', lockKey: 77, versions })
    await runtime.send(envelope('lamp:1', 'toggle'))
    const before = await row()
    assert.equal(await outcomeOf(old.send(envelope('lamp:1', 'toggle'))), 'actor.newer')
    assert.deepEqual(await row(), before)
    assert.deepEqual(await listDeadLetters(db, 10), [])
    // Others in the same batch go on.
    const [left, done] = await Promise.all([
      outcomeOf(old.send(envelope('lamp:1', 'toggle'))),
      outcomeOf(old.send(envelope('lamp:2', 'toggle'))),
    ])
    assert.deepEqual([left, done], ['actor.newer', 'committed'])
    await removeInstance(db, 'newer')
    assert.equal(await outcomeOf(old.send(envelope('lamp:1', 'toggle'))), 'committed')
    assert.equal((await listDeadLetters(db, 10)).length, 1)
  })

  test('of a newer program that is only made explicitly waits for it, also when it is gone', async (t) => {
    const { another, pool, db } = await createEngine(t)
    await pool.query(`insert into users (id, language) values (1, 'ru');
      insert into accounts (user_id, available_kopecks) values (1, 100)`)
    const input = { userId: 1, ref: 'r', kopecks: 10 }
    const newer = another({}, [{ ...purse, version: 2 }])
    await newer.send(envelope('purse:1', 'actor.begun', { key: 'begun', input }))
    const before = await loadActor(db, 'purse:1')
    assert.equal(await outcomeOf(another().send(envelope('purse:1', 'pay'))), 'actor.newer')
    assert.deepEqual(await loadActor(db, 'purse:1'), before)
    assert.deepEqual(await listDeadLetters(db, 10), [])
    assert.equal(await outcomeOf(newer.send(envelope('purse:1', 'pay'))), 'committed')
  })

  test('of a newer program fits no older one', async (t) => {
    const { runtime, old, db } = await upgrade(t, [migrating])
    await runtime.send(envelope('lamp:1', 'toggle'))
    await old.send(envelope('lamp:1', 'toggle'))
    const letters = await listDeadLetters(db, 10)
    assert.deepEqual(
      letters.map((l) => (l.payload as { machineVersion: number }).machineVersion),
      [2],
    )
  })

  test('of an actor that is only made explicitly is never replaced', async (t) => {
    const { runtime: _, another, pool, db } = await createEngine(t)
    await pool.query(`insert into users (id, language) values (1, 'ru');
      insert into accounts (user_id, available_kopecks) values (1, 100)`)
    const input = { userId: 1, ref: 'r', kopecks: 10 }
    await another().send(envelope('purse:1', 'actor.begun', { key: 'begun', input }))
    const before = await loadActor(db, 'purse:1')
    const newer = another({}, [{ ...purse, version: 2 }])
    const receipt = await newer.send(envelope('purse:1', 'pay', { key: 'p' }))
    assert.ok(receipt.outcome === 'poisoned')
    assert.match(receipt.error.message, /No version of the machine fits/)
    assert.deepEqual(await loadActor(db, 'purse:1'), before)
    const [letter] = await listDeadLetters(db, 10)
    assert.partialDeepStrictEqual(letter, { kind: 'event', subject: 'purse:1', key: 'p' })
    // With the program put right, the actor goes on where it was.
    const paid = await another().send(envelope('purse:1', 'pay', { key: 'p' }))
    assert.equal(paid.outcome, 'committed')
  })

  test('that does not fit is replaced only when it could be kept', async (t) => {
    const { runtime, pool, row } = await upgrade(t, [{ ...lamp, version: 2 }])
    await pool.query('alter table dead_letters rename to moved')
    assert.match(await outcomeOf(runtime.send(envelope('lamp:1', 'toggle'))), /42P01/)
    assert.equal((await row()).version, 3)
    await pool.query('alter table moved rename to dead_letters')
    assert.equal(await outcomeOf(runtime.send(envelope('lamp:1', 'toggle'))), 'committed')
  })
})
