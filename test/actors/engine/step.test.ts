import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AnyMachineSnapshot } from 'xstate'
import type { Envelope } from '../../../src/actors/engine/envelope.ts'
import type { Timer } from '../../../src/actors/engine/live-actor.ts'
import type { Runtime } from '../../../src/actors/engine/runtime.ts'
import { CHECKPOINT_EVERY } from '../../../src/actors/engine/step.ts'
import type { Stamped, StoredSnapshot } from '../../../src/machines/engine/definition.ts'
import { begin, fromStored, step, toStored } from '../../../src/machines/engine/transition.ts'
import { loadActor } from '../../../src/store/engine/actors.ts'
import { readJournal, type StoredEntry, trimJournal } from '../../../src/store/engine/journal.ts'
import { anyCharacter, fc } from '../../support/properties.ts'
import { lamp } from './machines.ts'
import { createEngine, type Engine, envelope, type QueuedJob } from './stage.ts'

const DIM = 'xstate.after.dim.lamp.on'
const BLINK = 'xstate.after.blink.lamp.blinking'
const BLINK_DIM = 'xstate.after.dim.lamp.blinking'

/** What the timer's job sends when it is due. */
const fire = ({ payload }: QueuedJob): Envelope => {
  const { actor, id, seq, event } = payload as {
    actor: string
    id: string
    seq: number
    event: { type: string }
  }
  return { actor, key: `timer:${id}:${seq}`, event, timer: { id, seq } }
}

/** Fires a timer as it stands in the database. */
const run = (runtime: Runtime, job: QueuedJob) => runtime.send(fire(job))

const timerJobs = async ({ jobs }: Engine) => (await jobs()).filter((j) => j.task === 'timer')
const timersOf = async ({ db }: Engine, id: string) =>
  (await loadActor(db, id))?.timers as Record<string, Timer>

describe('effects of a step', () => {
  test('are kept with their place and their time', async (t) => {
    const { runtime, jobs } = await createEngine(t)
    await runtime.send(envelope('lamp:1', 'toggle', { at: 5_000 }))
    const [glow, shown, timer] = await jobs()
    const common = { actor: 'lamp:1', seq: 2, at: 5_000, attempt: 1 }
    assert.deepEqual(glow?.payload, { ...common, index: 0, params: { count: 1 } })
    assert.deepEqual(shown?.payload, { ...common, index: 1, params: { on: 'on' } })
    assert.deepEqual([glow?.task, shown?.task], ['lamp.glow', 'lamp.shown'])
    assert.equal(timer?.task, 'timer')
  })

  test('are left out when their parameters are null', async (t) => {
    const { runtime, jobs } = await createEngine(t)
    await runtime.send(envelope('lamp:1', 'say', { text: 'psst' }))
    assert.deepEqual(await jobs(), [])
  })

  test('are kept if and only if the step is committed', async (t) => {
    const { runtime, another, jobs, pool } = await createEngine(t)
    const other = another()
    const once = Array.from({ length: 20 }, (_, i) =>
      envelope(`lamp:${i % 4}`, 'say', { text: 'x' }),
    )
    await Promise.all(once.flatMap((e) => [runtime.send(e), other.send(e), runtime.send(e)]))
    await runtime.send(envelope('lamp:1', 'poke'))
    const effects = (await jobs()).map(({ payload }) => `${payload.actor} ${payload.seq}`)
    const said = `select actor_id || ' ' || seq as id from journal where effects <> '[]'`
    const steps = (await pool.query<{ id: string }>(said)).rows.map((row) => row.id)
    assert.equal(effects.length, 20)
    assert.deepEqual(effects.sort(), steps.sort())
  })
})

describe('durable timers', () => {
  test('are kept until they are due, and go when the state is left', async (t) => {
    const engine = await createEngine(t)
    const { runtime } = engine
    await runtime.send(envelope('lamp:1', 'toggle', { at: 1_000_000 }))
    const [job, ...more] = await timerJobs(engine)
    assert.deepEqual(more, [])
    assert.equal(job?.key, `timer:lamp:1:${DIM}`)
    assert.equal(job?.run_at.getTime(), 1_060_000)
    assert.deepEqual(await timersOf(engine, 'lamp:1'), { [DIM]: { seq: 2, dueAt: 1_060_000 } })
    await runtime.send(envelope('lamp:1', 'toggle'))
    assert.deepEqual(await timerJobs(engine), [])
    assert.deepEqual(await timersOf(engine, 'lamp:1'), {})
  })

  test('are put off when the state is entered again, and the old ones count no more', async (t) => {
    const engine = await createEngine(t)
    const { runtime } = engine
    await runtime.send(envelope('lamp:1', 'toggle', { at: 1_000_000 }))
    const [first] = await timerJobs(engine)
    await runtime.send(envelope('lamp:1', 'touch', { at: 2_000_000 }))
    const [second, ...more] = await timerJobs(engine)
    assert.deepEqual(more, [])
    assert.equal(second?.run_at.getTime(), 2_060_000)
    assert.equal((await runtime.send(fire(first as QueuedJob))).outcome, 'duplicate')
    const fired = await runtime.send(fire(second as QueuedJob))
    assert.deepEqual(fired, { outcome: 'committed', seq: 4, state: 'off' })
    assert.equal((await runtime.send(fire(second as QueuedJob))).outcome, 'duplicate')
  })

  test('never reach the database when they are cancelled within the same step', async (t) => {
    const engine = await createEngine(t)
    const { runtime } = engine
    const types = ['toggle', 'touch', 'toggle', 'toggle', 'blink', 'toggle']
    await Promise.all(types.map((type) => runtime.send(envelope('lamp:1', type))))
    assert.deepEqual(await timerJobs(engine), [])
    assert.deepEqual(await timersOf(engine, 'lamp:1'), {})
  })

  test('that fire without leaving the state are over; the others of the state stay', async (t) => {
    const engine = await createEngine(t)
    const { runtime } = engine
    await runtime.send(envelope('lamp:1', 'blink'))
    const jobs = await timerJobs(engine)
    assert.deepEqual(Object.keys(await timersOf(engine, 'lamp:1')).sort(), [BLINK, BLINK_DIM])
    const blink = jobs.find((job) => job.payload.id === BLINK) as QueuedJob
    assert.equal((await runtime.send(fire(blink))).outcome, 'committed')
    assert.deepEqual(Object.keys(await timersOf(engine, 'lamp:1')), [BLINK_DIM])
    assert.equal((await runtime.send(fire(blink))).outcome, 'duplicate')
  })

  test('go with the step that they cause', async (t) => {
    const engine = await createEngine(t)
    const { runtime } = engine
    await runtime.send(envelope('lamp:1', 'toggle'))
    const [due] = await timerJobs(engine)
    assert.equal((await runtime.send(fire(due as QueuedJob))).outcome, 'committed')
    assert.deepEqual(await timerJobs(engine), [])
  })

  test('may be set again while they are being delivered', async (t) => {
    const engine = await createEngine(t)
    const { runtime, pool } = engine
    await runtime.send(envelope('lamp:1', 'toggle'))
    const [running] = await timerJobs(engine)
    await pool.query(`update timers set claimed_until = now() + interval '30 s'`)
    await runtime.send(envelope('lamp:1', 'touch'))
    assert.equal((await runtime.send(fire(running as QueuedJob))).outcome, 'duplicate')
    const { rows } = await pool.query('select seq, claimed_until from timers')
    assert.deepEqual(rows, [{ seq: 3, claimed_until: null }])
  })
})

/** An actor as its journal tells it: the events from the first checkpoint on, folded. */
function replay(journal: readonly StoredEntry[]): AnyMachineSnapshot[] {
  const snapshots: AnyMachineSnapshot[] = []
  for (const { event, checkpoint } of journal) {
    const last = snapshots.at(-1)
    if (last !== undefined) snapshots.push(step(lamp, last, event as Stamped).snapshot)
    else if ((event as Stamped).type === 'actor.begun') {
      snapshots.push(begin(lamp, (event as { input?: unknown }).input).snapshot)
    } else {
      const { snapshot } = checkpoint as { snapshot: StoredSnapshot }
      snapshots.push(fromStored(lamp, snapshot))
    }
  }
  return snapshots
}

const plain = (value: unknown) => JSON.parse(JSON.stringify(value))

async function assertReplays(engine: Engine, id: string) {
  const row = await loadActor(engine.db, id)
  const journal = await readJournal(engine.db, id)
  const snapshots = replay(journal)
  assert.deepEqual(plain(toStored(snapshots.at(-1) as AnyMachineSnapshot)), row?.snapshot)
  assert.equal(journal.at(-1)?.seq, row?.version)
  for (const [i, { checkpoint }] of journal.entries()) {
    if (checkpoint === null) continue
    const { snapshot } = checkpoint as { snapshot: StoredSnapshot }
    assert.deepEqual(plain(toStored(snapshots[i] as AnyMachineSnapshot)), snapshot)
  }
}

describe('the journal', () => {
  test('replays to the stored snapshot, whatever happened, timers included', async (t) => {
    const engine = await createEngine(t)
    const { another } = engine
    const runtimes = [engine.runtime, another({ cacheSize: 1 })]
    const event = fc.record({
      type: fc.constantFrom('toggle', 'touch', 'blink', 'say', 'poke', 'timer', 'cut'),
      text: fc.string({ unit: anyCharacter, maxLength: 4 }),
      by: fc.nat(1),
      together: fc.boolean(),
    })
    let actors = 0
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 25 }), async (events) => {
        actors += 1
        const id = `lamp:${actors}`
        let open: Promise<unknown>[] = []
        for (const { type, text, by, together } of events) {
          const runtime = runtimes[by] ?? engine.runtime
          if (!together) await Promise.all(open.splice(0))
          if (type !== 'timer') open.push(runtime.send(envelope(id, type, { text })))
          else {
            const due = (await timerJobs(engine)).filter((job) => job.payload.actor === id)
            open.push(...due.slice(0, 1).map((job) => run(runtime, job)))
          }
        }
        await Promise.all(open)
        open = []
        if ((await loadActor(engine.db, id)) === undefined) return
        await assertReplays(engine, id)
        const timers = Object.entries((await timersOf(engine, id)) ?? {})
        const queued = (await timerJobs(engine)).filter((job) => job.payload.actor === id)
        assert.deepEqual(
          queued.map(({ payload }) => `${payload.id} ${payload.seq}`).sort(),
          timers.map(([timer, { seq }]) => `${timer} ${seq}`).sort(),
        )
      }),
      { numRuns: 40 },
    )
  })

  test('keeps a checkpoint now and then, and replays from one when it was trimmed', async (t) => {
    const engine = await createEngine(t)
    const { runtime, db } = engine
    const events = CHECKPOINT_EVERY * 2 + 10
    for (const id of ['lamp:1', 'lamp:2']) {
      const sends = Array.from({ length: events }, (_, i) =>
        runtime.send(envelope(id, i % 3 ? 'touch' : 'toggle', { at: i * 1_000 })),
      )
      await Promise.all(sends)
    }
    const kept = (await readJournal(db, 'lamp:1')).filter((entry) => entry.checkpoint !== null)
    assert.deepEqual(
      kept.map((entry) => entry.seq),
      [1, CHECKPOINT_EVERY + 1, CHECKPOINT_EVERY * 2 + 1],
    )
    // The second checkpoint was made at second 63, the third at second 127.
    assert.equal(await trimJournal(db, new Date(100_000), 1), CHECKPOINT_EVERY * 2)
    assert.equal(await trimJournal(db, new Date(100_000)), 0)
    for (const id of ['lamp:1', 'lamp:2']) {
      assert.equal((await readJournal(db, id))[0]?.seq, CHECKPOINT_EVERY + 1)
      await assertReplays(engine, id)
    }
    assert.equal((await runtime.send(envelope('lamp:1', 'toggle'))).outcome, 'committed')
  })

  test('is never changed', async (t) => {
    const { runtime, pool } = await createEngine(t)
    await runtime.send(envelope('lamp:1', 'toggle'))
    await assert.rejects(pool.query(`update journal set state = 'on'`), /append-only/)
  })
})
