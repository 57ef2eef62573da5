import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { countStates, recountStates } from '../../../src/store/engine/state-counts.ts'
import { createEngine, type Engine, envelope } from '../../actors/engine/stage.ts'

const kept = async ({ db }: Engine) => sorted(await countStates(db))
const real = async ({ pool }: Engine) =>
  sorted((await pool.query('select machine, state, count(*) from actors group by 1, 2')).rows)

const sorted = (rows: { machine: string; state: string; count: number }[]) =>
  rows.map(({ machine, state, count }) => `${machine} ${state} ${count}`).sort()

describe('the counts of states', () => {
  test('follow every step of every process, and nothing that was not applied', async (t) => {
    const engine = await createEngine(t)
    const other = engine.another()
    const sent: Promise<unknown>[] = []
    for (let i = 0; i < 200; i += 1) {
      const event = envelope(`lamp:${i % 40}`, i % 3 ? 'toggle' : 'blink')
      // Both want the same actors: conflicts and repeats are part of it.
      sent.push(engine.runtime.send(event), other.send(i % 5 ? event : { ...event, key: `k${i}` }))
    }
    await Promise.allSettled(sent)
    const counts = await kept(engine)
    assert.ok(counts.length > 0)
    assert.deepEqual(counts, await real(engine))
  })

  test('are right again after a recount, also while steps go on', async (t) => {
    const engine = await createEngine(t)
    const send = (i: number) => engine.runtime.send(envelope(`lamp:${i}`, 'toggle'))
    await Promise.all(Array.from({ length: 20 }, (_, i) => send(i)))
    await engine.pool.query('update state_counts set count = count + 7')
    assert.notDeepEqual(await kept(engine), await real(engine))
    await Promise.all([
      ...Array.from({ length: 60 }, (_, i) => send(i)),
      recountStates(engine.db),
      ...Array.from({ length: 60 }, (_, i) => send(i)),
    ])
    assert.deepEqual(await kept(engine), await real(engine))
  })
})
