import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { dialogue, VIEW } from '../../src/bench/dialogue.ts'
import { createNaiveEngine } from '../../src/bench/naive.ts'
import { median } from '../../src/bench/numbers.ts'
import { benchSteps } from '../../src/bench/steps.ts'
import { createConversationDefinition } from '../../src/machines/conversation/definition.ts'
import { createEngine } from '../actors/engine/stage.ts'
import { createDatabase } from '../support/database.ts'

const definition = createConversationDefinition(VIEW)

describe('the benchmark of steps', () => {
  test('compares engines that do the same', async (t) => {
    const { url, pool, another, jobs } = await createEngine(t)
    const runtime = another({}, [definition])
    const naive = await createNaiveEngine(url, definition, 2)
    t.after(() => naive.close())
    const actor = 'conversation:1:5'
    const count = async () => (await jobs()).map((job) => job.task).sort()
    const turns = dialogue(definition)
    for (const [i, event] of turns.entries()) await runtime.send({ actor, key: `k${i}`, event })
    const ours = await count()
    await pool.query('delete from graphile_worker._private_jobs')
    for (const round of [1, 2]) {
      for (const [i, event] of turns.entries()) await naive.take(actor, `k${i}`, event)
      assert.deepEqual(await count(), ours, `effects after round ${round}`)
    }
    const state = async (table: string) => {
      const sql = `select snapshot #- '{context,leftAt}' as snapshot from ${table}`
      return (await pool.query(sql)).rows
    }
    assert.deepEqual(await state('naive_actors'), await state('actors'))
    const { rows } = await pool.query('select count(*)::int as n from naive_journal')
    assert.equal(rows[0].n, turns.length)
  })

  test('gives rates, their ratio and what they were measured on', async (t) => {
    const { url } = await createDatabase(t)
    const report = await benchSteps(url, {
      concurrencies: [1, 8],
      rounds: 1,
      roundMs: 50,
      chats: 30,
    })
    assert.deepEqual(Object.keys(report.steps), ['1', '8'])
    for (const { tps, naive_tps, vs_naive, p50_ms } of Object.values(report.steps)) {
      assert.ok(tps > 0 && naive_tps > 0 && p50_ms > 0)
      assert.ok(Math.abs(vs_naive - tps / naive_tps) < 0.1)
    }
    assert.ok(report.load.snapshot_bytes > 100 && report.load.effects_per_step >= 1)
    assert.equal(report.server.synchronous_commit, 'on')
    assert.equal(report.server.fsync, 'on')
  })

  test('takes the median of what was measured', () => {
    assert.deepEqual([median([3, 1, 2]), median([4, 1, 3, 2]), median([])], [2, 2.5, 0])
  })
})
