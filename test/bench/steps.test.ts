import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import pg from 'pg'
import { cpuPer, createCpuMeter } from '../../src/bench/cpu.ts'
import { dialogue, VIEW } from '../../src/bench/dialogue.ts'
import { createNaiveEngine } from '../../src/bench/naive.ts'
import { median } from '../../src/bench/numbers.ts'
import { startStatementCounter } from '../../src/bench/statement-counter.ts'
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
    const naively = async () =>
      (await pool.query('select type from naive_effects')).rows.map(({ type }) => type).sort()
    for (const round of [1, 2]) {
      for (const [i, event] of turns.entries()) await naive.take(actor, `k${i}`, event)
      assert.deepEqual(await naively(), ours, `effects after round ${round}`)
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
      assert.equal(vs_naive, Number((tps / naive_tps).toFixed(1)))
    }
    assert.ok(report.load.snapshot_bytes > 100 && report.load.effects_per_step >= 1)
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    t.after(() => client.end())
    for (const name of ['synchronous_commit', 'fsync'] as const) {
      const { rows } = await client.query(`show ${name}`)
      assert.equal(report.server[name], rows[0][name])
    }
  })

  test('counts what passes on the way to PostgreSQL, and the CPU that it takes', async (t) => {
    const { url } = await createDatabase(t)
    const counter = await startStatementCounter(url)
    t.after(() => counter.close())
    const client = new pg.Client({ connectionString: counter.url })
    await client.connect()
    t.after(() => client.end())
    const before = counter.counts()
    const since = () => ({
      statements: counter.counts().statements - before.statements,
      transactions: counter.counts().transactions - before.transactions,
    })
    await client.query('select 1')
    assert.deepEqual(since(), { statements: 1, transactions: 1 })
    await client.query('begin')
    // Longer than one piece of the stream, in both directions.
    await client.query('select $1::text', ['x'.repeat(300_000)])
    await client.query({ name: 'n', text: 'select $1::int', values: [1] })
    await client.query({ name: 'n', text: 'select $1::int', values: [2] })
    await client.query('commit')
    assert.deepEqual(since(), { statements: 6, transactions: 2 })

    const read = await createCpuMeter(url)
    const first = await read(process)
    await client.query('select count(*) from generate_series(1, 2000000)')
    const { bot, pg: database } = cpuPer(first, await read(process), 1)
    assert.ok(bot >= 0)
    assert.ok(database !== null && database >= 50, `${database} ms of PostgreSQL`)
  })

  test('takes the median of what was measured', () => {
    assert.deepEqual([median([3, 1, 2]), median([4, 1, 3, 2]), median([])], [2, 2.5, 0])
  })
})
