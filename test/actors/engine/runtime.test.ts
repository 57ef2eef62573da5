import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRegistry } from '../../../src/machines/engine/registry.ts'
import { loadActor } from '../../../src/store/engine/actors.ts'
import { listDeadLetters } from '../../../src/store/engine/dead-letters.ts'
import { readJournal } from '../../../src/store/engine/journal.ts'
import { waitFor } from '../../support/wait.ts'
import { lamp, purse } from './machines.ts'
import { createEngine, envelope, outcomeOf } from './stage.ts'

const outcomes = (receipts: readonly { outcome: string }[]) => receipts.map((r) => r.outcome)
const tally = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, names.filter((n) => n === name).length]))

describe('runtime', () => {
  test('makes an actor with its first event and journals both', async (t) => {
    const { runtime, db } = await createEngine(t, { now: () => 42, random: () => 'r' })
    const receipt = await runtime.send(envelope('lamp:7', 'toggle', { key: 'a' }))
    assert.deepEqual(receipt, { outcome: 'committed', seq: 2, state: 'on' })
    const row = await loadActor(db, 'lamp:7')
    assert.equal(row?.version, 2)
    assert.equal(row?.machine, 'lamp')
    assert.deepEqual(row?.snapshot, {
      value: 'on',
      context: { owner: 7, count: 1, last: null },
      status: 'active',
    })
    const journal = await readJournal(db, 'lamp:7')
    assert.deepEqual(
      journal.map(({ seq, key, event, state }) => ({ seq, key, event, state })),
      [
        { seq: 1, key: 'begun', event: { type: 'actor.begun', input: { owner: 7 } }, state: 'off' },
        { seq: 2, key: 'a', event: { type: 'toggle', at: 42, rnd: 'r' }, state: 'on' },
      ],
    )
    assert.equal(journal[0]?.at.getTime(), 42)
  })

  test('answers only when the step is in the database', async (t) => {
    const { runtime, db } = await createEngine(t)
    const sends = Array.from({ length: 30 }, async (_, i) => {
      const actor = `lamp:${i % 3}`
      const receipt = await runtime.send(envelope(actor, 'toggle'))
      const row = await loadActor(db, actor)
      assert.equal(receipt.outcome, 'committed')
      assert.ok((row?.version ?? 0) >= (receipt.outcome === 'committed' ? receipt.seq : Infinity))
    })
    await Promise.all(sends)
  })

  test('tells how far it has brought an actor when what is on its way is stored', async (t) => {
    const { runtime } = await createEngine(t)
    const sent = runtime.send(envelope('lamp:7', 'toggle'))
    await new Promise(setImmediate)
    assert.equal(runtime.peek('lamp:7'), undefined)
    assert.equal(await runtime.versionOf('lamp:7'), 2)
    assert.equal(await runtime.versionOf('lamp:8'), 0)
    await sent
  })

  test('lets a few wait for the writer that is busy, and gives many a second one', async (t) => {
    const sizes: number[] = []
    const { runtime } = await createEngine(t, { onStep: ({ actors }) => sizes.push(actors) })
    const send = (n: number) => runtime.send(envelope(`lamp:${n}`, 'toggle'))
    const turn = () => new Promise(setImmediate)
    const first = send(1)
    await turn()
    const few = [send(2)]
    await turn()
    few.push(send(3))
    await Promise.all([first, ...few])
    // A batch is reported after its receipts.
    const reported = (n: number) => waitFor(() => sizes.length === n, { what: 'the reports' })
    await reported(2)
    assert.deepEqual(sizes.splice(0), [1, 2])

    const alone = send(4)
    await turn()
    const many = Array.from({ length: 20 }, (_, n) => send(10 + n))
    await turn()
    const late = send(5)
    await Promise.all([alone, ...many, late])
    await reported(3)
    assert.deepEqual(
      sizes.sort((a, b) => a - b),
      [1, 1, 20],
    )
  })

  test('keeps the order of an actor, whatever else goes on', async (t) => {
    const { runtime, db } = await createEngine(t)
    const words = Array.from({ length: 60 }, (_, i) => `w${i}`)
    const sends = words.flatMap((text) => [
      runtime.send(envelope('lamp:1', 'say', { text })),
      runtime.send(envelope(`lamp:${text.slice(1)}0`, 'say', { text })),
    ])
    await Promise.all(sends)
    const journal = await readJournal(db, 'lamp:1', 2)
    assert.deepEqual(
      journal.map((entry) => (entry.event as { text: string }).text),
      words,
    )
    assert.deepEqual(
      journal.map((entry) => entry.seq),
      words.map((_, i) => i + 2),
    )
  })

  test('commits a flood in few transactions and a lone event at once', async (t) => {
    const batches: number[] = []
    const { runtime, pool } = await createEngine(t, { onStep: (b) => batches.push(b.actors) })
    const actors = Array.from({ length: 400 }, (_, i) => `lamp:${i}`)
    await Promise.all(actors.map((actor) => runtime.send(envelope(actor, 'toggle'))))
    const { rows } = await pool.query('select count(distinct xmin::text)::int as n from actors')
    assert.ok(rows[0].n <= 6, `${rows[0].n} transactions for 400 steps`)
    const total = () => batches.reduce((a, b) => a + b, 0)
    await waitFor(() => total() === 400, { what: 'all batches' })
    await runtime.send(envelope('lamp:1', 'toggle'))
    await waitFor(() => total() === 401 && batches.at(-1) === 1, { what: 'a batch of one' })
  })

  test('counts a key once: together, later, and in two processes at once', async (t) => {
    const { runtime, another, db } = await createEngine(t)
    const other = another()
    const once = envelope('lamp:1', 'toggle', { key: 'k' })
    const together = await Promise.all([runtime.send(once), runtime.send(once)])
    assert.deepEqual(outcomes(together), ['committed', 'duplicate'])
    assert.deepEqual(outcomes([await runtime.send(once), await other.send(once)]), [
      'duplicate',
      'duplicate',
    ])
    for (let round = 0; round < 10; round += 1) {
      const both = envelope('lamp:1', 'toggle')
      const receipts = await Promise.all([runtime.send(both), other.send(both)])
      assert.deepEqual(outcomes(receipts).sort(), ['committed', 'duplicate'])
    }
    assert.equal((await readJournal(db, 'lamp:1')).length, 12)
  })

  test('lets two processes share actors without losing or doubling a step', async (t) => {
    const { runtime, another, db, count } = await createEngine(t)
    const runtimes = [runtime, another()]
    const sends = Array.from({ length: 400 }, (_, i) => {
      // One goes up through the actors, the other down: orders of locks that would meet.
      const nth = Math.floor(i / 2) % 20
      const actor = `lamp:${i % 2 ? nth : 19 - nth}`
      return (runtimes[i % 2] ?? runtime).send(envelope(actor, 'say', { text: `${i}` }))
    })
    assert.deepEqual(tally(outcomes(await Promise.all(sends))), { committed: 400 })
    assert.equal(await count('journal'), 420)
    assert.equal(await count('effects'), 400)
    for (let i = 0; i < 20; i += 1) {
      const journal = await readJournal(db, `lamp:${i}`)
      assert.deepEqual(
        journal.map((entry) => entry.seq),
        journal.map((_, n) => n + 1),
      )
    }
  })

  test('does not judge by what it remembers when another process moved the actor', async (t) => {
    const { runtime, another, db } = await createEngine(t)
    const other = another()
    await runtime.send(envelope('lamp:1', 'say', { text: 'remembered as off' }))
    const on = await other.send(envelope('lamp:1', 'toggle'))
    assert.ok(on.outcome === 'committed')
    // Off, this event would throw; off, there is no such timer.
    const poked = await runtime.send(envelope('lamp:1', 'poke'))
    assert.equal(poked.outcome, 'committed')
    await other.send(envelope('lamp:1', 'touch'))
    const { timers } = (await loadActor(db, 'lamp:1')) as {
      timers: Record<string, { seq: number }>
    }
    const [id, timer] = Object.entries(timers)[0] as [string, { seq: number }]
    const fired = { key: `timer:${timer.seq}`, timer: { id, seq: timer.seq } }
    const receipt = await runtime.send(envelope('lamp:1', id, fired))
    assert.deepEqual(receipt.outcome === 'committed' && receipt.state, 'off')
  })

  test('buries an event on which the machine throws; the actor lives on', async (t) => {
    const poisoned: string[] = []
    const onPoison = (e: { key: string }, error: Error) =>
      poisoned.push(`${e.key}: ${error.message}`)
    const { runtime, db } = await createEngine(t, { onPoison })
    const receipts = await Promise.all([
      runtime.send(envelope('lamp:1', 'say', { text: 'before' })),
      runtime.send(envelope('lamp:1', 'poke', { key: 'bad' })),
      runtime.send(envelope('lamp:2', 'toggle')),
      runtime.send(envelope('lamp:1', 'say', { text: 'after' })),
    ])
    assert.deepEqual(outcomes(receipts), ['committed', 'poisoned', 'committed', 'committed'])
    assert.deepEqual(poisoned, ['bad: boom'])
    const letters = await listDeadLetters(db, 10)
    assert.equal(letters.length, 1)
    assert.equal(letters[0]?.subject, 'lamp:1')
    assert.match(letters[0]?.error ?? '', /boom/)
    assert.partialDeepStrictEqual(letters[0]?.payload, { key: 'bad', event: { type: 'poke' } })
    const journal = await readJournal(db, 'lamp:1', 2)
    assert.deepEqual(
      journal.map((entry) => entry.seq),
      [2, 3],
    )
    const again = await runtime.send(envelope('lamp:1', 'poke', { key: 'bad' }))
    assert.equal(again.outcome, 'poisoned')
    assert.equal((await listDeadLetters(db, 10)).length, 1)
  })

  test('makes no actor of an event on which the machine throws', async (t) => {
    const { runtime, db } = await createEngine(t)
    const receipt = await runtime.send(envelope('lamp:1', 'poke'))
    assert.equal(receipt.outcome, 'poisoned')
    assert.equal(await loadActor(db, 'lamp:1'), undefined)
  })

  test('knows a repeated event even where it would throw by now', async (t) => {
    const { runtime, db } = await createEngine(t)
    const poke = envelope('lamp:1', 'poke')
    await runtime.send(envelope('lamp:1', 'toggle'))
    assert.equal((await runtime.send(poke)).outcome, 'committed')
    await runtime.send(envelope('lamp:1', 'toggle'))
    assert.equal((await runtime.send(poke)).outcome, 'duplicate')
    assert.deepEqual(await listDeadLetters(db, 10), [])
  })

  test('answers for actors that do not exist, have ended, or are made twice', async (t) => {
    const { runtime } = await createEngine(t)
    assert.equal((await runtime.send(envelope('purse:1', 'pay'))).outcome, 'unknown-actor')
    const timer = { id: 'x', seq: 1 }
    assert.equal((await runtime.send(envelope('lamp:1', 'x', { timer }))).outcome, 'unknown-actor')
    for (const id of ['rose:1', 'lamp', '']) {
      assert.equal(await outcomeOf(runtime.send(envelope(id, 'toggle'))), 'actor.unknown')
    }
    await runtime.send(envelope('lamp:1', 'break'))
    assert.equal((await runtime.send(envelope('lamp:1', 'toggle'))).outcome, 'ended')
    const input = { owner: 3 }
    const twice = [1, 2].map(() => runtime.send(envelope('lamp:2', 'actor.begun', { input })))
    assert.deepEqual(outcomes(await Promise.all(twice)), ['committed', 'duplicate'])
  })

  test('keeps a bounded number of actors in memory and reads the others again', async (t) => {
    const { runtime } = await createEngine(t, { cacheSize: 3 })
    for (const round of [2, 3]) {
      const sends = Array.from({ length: 10 }, (_, i) => runtime.send(envelope(`lamp:${i}`, 'say')))
      const receipts = await Promise.all(sends)
      assert.ok(receipts.every((r) => r.outcome === 'committed' && r.seq === round))
    }
    await waitFor(() => runtime.stats().mailboxes === 0, { what: 'empty mailboxes' })
    assert.deepEqual(runtime.stats(), { mailboxes: 0, waiting: 0, cached: 3 })
  })

  test('refuses retryably what exceeds the bound of its memory', async (t) => {
    const { runtime } = await createEngine(t, { maxWaiting: 5 })
    const sends = Array.from({ length: 8 }, (_, i) =>
      outcomeOf(runtime.send(envelope(`lamp:${i}`, 'toggle'))),
    )
    assert.equal(runtime.stats().waiting, 5)
    assert.deepEqual(tally(await Promise.all(sends)), { committed: 5, 'runtime.overloaded': 3 })
    assert.equal(await outcomeOf(runtime.send(envelope('lamp:9', 'toggle'))), 'committed')
  })

  test('drains: nothing new, and an end when all that was taken is durable', async (t) => {
    const { runtime, count } = await createEngine(t)
    const sends = Array.from({ length: 40 }, (_, i) =>
      runtime.send(envelope(`lamp:${i % 7}`, 'say')),
    )
    const drained = runtime.drain()
    assert.equal(await outcomeOf(runtime.send(envelope('lamp:1', 'say'))), 'runtime.draining')
    await drained
    assert.equal(await count('journal'), 47)
    assert.deepEqual(tally(outcomes(await Promise.all(sends))), { committed: 40 })
    await runtime.drain()
  })

  test('reports each receipt once', async (t) => {
    const seen: string[] = []
    const { runtime } = await createEngine(t, { onReceipt: (m, o) => seen.push(`${m} ${o}`) })
    const once = envelope('lamp:1', 'toggle')
    await Promise.all([runtime.send(once), runtime.send(once)])
    await runtime.send(envelope('purse:1', 'pay'))
    assert.deepEqual(seen, ['lamp committed', 'lamp duplicate', 'purse unknown-actor'])
  })

  test('two machines of one name are refused', () => {
    assert.throws(() => createRegistry([lamp, purse, { ...purse, id: 'lamp' }]), /one name/)
  })
})
