import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import type { PoolClient } from 'pg'
import { createWriters } from '../../../src/store/database.ts'
import { createDb, type Db } from '../../../src/store/db.ts'
import { addEffect, claimEffects, completeEffects } from '../../../src/store/engine/effects.ts'
import {
  commitSteps,
  type Entry,
  type NewEffect,
  type NewTimer,
  type Step,
} from '../../../src/store/engine/steps.ts'
import { claimTimers } from '../../../src/store/engine/timers.ts'
import { saveScreens } from '../../../src/store/screens.ts'
import { createDatabase } from '../../support/database.ts'

const AT = '2026-01-02T03:04:05.678Z'

const entry = (key: string, more: Partial<Entry> = {}): Entry => ({
  key,
  at: new Date(AT),
  event: '{"type":"x"}',
  state: 'a',
  effects: '[]',
  checkpoint: null,
  ...more,
})

const effect = (type: string, index = 0, more: Partial<NewEffect> = {}): NewEffect => ({
  key: `1.${index}`,
  type,
  seq: 1,
  index,
  renewed: 0,
  payload: '{}',
  ...more,
})

const timer = (id: string, dueAt: number, seq = 1): NewTimer => ({ id, seq, dueAt, event: '{}' })

const step = (
  actorId: string,
  expected: number,
  keys: string[],
  more: Partial<Step> = {},
): Step => ({
  actorId,
  machine: 'm',
  machineVersion: 1,
  expected,
  status: 'active',
  state: 'a',
  snapshot: '{"value":"a"}',
  pendingTimers: '{}',
  timers: [],
  entries: keys.map((key) => entry(key)),
  effects: [],
  cancels: [],
  ...more,
})

async function start(t: TestContext) {
  const { url, pool } = await createDatabase(t)
  const writers = createWriters(url)
  const client: PoolClient = await writers.connect()
  t.after(async () => {
    client.release()
    await writers.end()
  })
  const rows = async (sql: string) => (await pool.query(sql)).rows
  const commit = async (...steps: Step[]) => {
    const { accepted, known } = await commitSteps(client, steps, 7)
    return {
      accepted: [...accepted].sort(),
      known: Object.fromEntries([...known].map(([id, keys]) => [id, [...keys].sort()])),
    }
  }
  return { pool, client, rows, commit }
}

describe('committing steps', () => {
  test('makes actors and moves them, with everything that belongs to them', async (t) => {
    const { commit, rows } = await start(t)
    const entries = [
      entry('k1'),
      entry('k2', { checkpoint: '{"x":1}', effects: '[{"type":"e"}]', state: 'b' }),
    ]
    const effects = [effect('e', 0, { payload: '{"n":"ü\\u001f"}' }), effect('f', 1)]
    const made = step('a', 0, [], { entries, effects, state: 'b' })
    assert.deepEqual(await commit(made), { accepted: ['a'], known: {} })
    const ended: Partial<Step> = { status: 'done', state: 'z', snapshot: '{"value":"z"}' }
    await commit(step('a', 2, ['k3'], ended))

    assert.partialDeepStrictEqual(await rows('select * from actors'), [
      {
        ...{ id: 'a', machine: 'm', machine_version: 1, version: 3, status: 'done', state: 'z' },
        ...{ snapshot: { value: 'z' }, timers: {} },
      },
    ])
    const journal = await rows(
      'select seq, key, checkpoint, effects, state from journal order by seq',
    )
    assert.deepEqual(journal, [
      { seq: 1, key: 'k1', checkpoint: null, effects: [], state: 'a' },
      { seq: 2, key: 'k2', checkpoint: { x: 1 }, effects: [{ type: 'e' }], state: 'b' },
      { seq: 3, key: 'k3', checkpoint: null, effects: [], state: 'a' },
    ])
    const [{ at }] = (await rows('select at from journal limit 1')) as [{ at: Date }]
    assert.equal(at.toISOString(), AT)
    const kept = await rows('select key, type, payload, attempt, owner from effects order by key')
    assert.deepEqual(kept, [
      { key: '1.0', type: 'e', payload: { n: 'ü\u001f' }, attempt: 1, owner: 7 },
      { key: '1.1', type: 'f', payload: {}, attempt: 1, owner: 7 },
    ])
  })

  test('does with one step alone what it does with it beside others', async (t) => {
    const { commit, rows } = await start(t)
    const turns: ((id: string) => Step)[] = [
      (id) => step(id, 1, ['k2'], { state: 'b', snapshot: '{"value":"ü\\u001f"}' }),
      (id) =>
        step(id, 2, [], {
          entries: [
            entry('k3', { checkpoint: '{"x":1}', effects: '[{"type":"e"}]', state: 'c' }),
            entry('k"4\\', { event: '{"type":"y","text":"a,\\"b\\" {}"}', state: 'b' }),
          ],
          effects: [
            effect('e', 0, { key: 'e', seq: 3, renewed: 3, payload: '{"n":1}' }),
            effect('f', 1, { seq: 3 }),
          ],
          state: 'b',
        }),
      // Asked again, known, overtaken, ended.
      (id) => step(id, 4, ['k5'], { effects: [effect('e', 0, { key: 'e', seq: 5 })] }),
      (id) => step(id, 5, ['k6', 'k3'], { effects: [effect('g')] }),
      (id) => step(id, 3, ['k7'], { effects: [effect('g')] }),
      (id) => step(id, 5, ['k8'], { status: 'done', state: 'z', pendingTimers: '{"t":{}}' }),
    ]
    await commit(...['alone', 'beside', 'other'].map((id) => step(id, 0, ['k1'])))
    for (const [i, turn] of turns.entries()) {
      const { accepted, known } = await commit(turn('alone'))
      const other = step('other', i + 1, [`o${i}`])
      const both = await commit(turn('beside'), other)
      assert.deepEqual(
        both.accepted.filter((id) => id === 'beside'),
        accepted.map(() => 'beside'),
      )
      assert.deepEqual(both.known.beside, known.alone)
    }
    const left = async (id: string) => {
      const own = `where actor_id = '${id}'`
      return {
        actor: await rows(
          `select machine, version, status, state, snapshot, timers from actors where id = '${id}'`,
        ),
        journal: await rows(
          `select seq, key, at, event, state, effects, checkpoint from journal ${own} order by seq`,
        ),
        effects: await rows(
          `select key, type, seq, index, renewed, payload, owner, attempt, due_at from effects ${own}
           order by key collate "C"`,
        ),
      }
    }
    const alone = await left('alone')
    assert.deepEqual(alone, await left('beside'))
    assert.equal(alone.actor[0]?.version, 6)
    assert.equal(alone.effects.length, 2)
    const counts = `select state, sum(count)::int as n from state_counts group by state having sum(count) <> 0`
    const real = `select state, count(*)::int as n from actors group by state`
    assert.deepEqual(await rows(`${counts} order by state`), await rows(`${real} order by state`))
  })

  test('skips alone what is known, what was overtaken, and what exists by now', async (t) => {
    const { commit, rows } = await start(t)
    const effects = [effect('e')]
    await commit(...['a', 'b', 'c', 'd'].map((id) => step(id, 0, ['k1'])))
    const outcome = await commit(
      step('a', 1, ['k2'], { effects }),
      step('b', 1, ['k2', 'k1'], { effects }),
      step('c', 5, ['k2'], { effects }),
      step('d', 0, ['k2'], { effects }),
      step('e', 0, ['k1'], { effects }),
      step('f', 3, ['k1'], { effects }),
    )
    assert.deepEqual(outcome, { accepted: ['a', 'e'], known: { b: ['k1'] } })
    const versions = await rows('select id, version from actors order by id')
    assert.deepEqual(
      versions.map(({ id, version }) => `${id}${version}`),
      ['a2', 'b1', 'c1', 'd1', 'e1'],
    )
    assert.equal((await rows('select from journal')).length, 6)
    assert.equal((await rows('select from effects')).length, 2)
  })

  test('keeps of effects of which only the newest counts the newest, and what must not be forgotten', async (t) => {
    const { commit, rows } = await start(t)
    const latest = (seq: number, renewed: number) =>
      effect('r', 0, { key: 'r', seq, renewed, payload: `{"seq":${seq}}` })
    await commit(step('a', 0, ['k1'], { effects: [latest(1, 1)] }))
    await commit(step('a', 1, ['k2'], { effects: [latest(2, 0)] }))
    const kept = await rows('select key, seq, renewed, payload from effects')
    assert.deepEqual(kept, [{ key: 'r', seq: 2, renewed: 1, payload: { seq: 2 } }])
  })

  test('replaces and drops timers by their id', async (t) => {
    const { commit, rows } = await start(t)
    await commit(step('a', 0, ['k1'], { timers: [timer('x', 1e12), timer('y', 1e12 + 1)] }))
    await commit(step('a', 1, ['k2'], { timers: [timer('x', 2e12, 2)], cancels: ['y'] }))
    await commit(step('a', 1, ['k3'], { cancels: ['x'] }))
    const kept = await rows('select id, seq, due_at from timers')
    assert.deepEqual(kept, [{ id: 'x', seq: 2, due_at: new Date(2e12) }])
  })

  test('takes any text in ids and keys', async (t) => {
    const { commit, rows } = await start(t)
    const odd = [`q"uote`, 'back\\slash', `o'ne`, 'a,b', '{c}', 'null', '', ' ', '\x1f', '"', 'ü😀']
    const timers = [timer('"k\\', 1e12)]
    await commit(...odd.map((id) => step(id, 0, odd, id === '"' ? { timers } : {})))
    assert.deepEqual((await rows('select id from actors')).map(({ id }) => id).sort(), odd.sort())
    const keys = await rows(`select key from journal where actor_id = '\x1f'`)
    assert.deepEqual(keys.map(({ key }) => key).sort(), odd.sort())
    assert.deepEqual(await rows('select id from timers'), [{ id: '"k\\' }])
  })

  test('keeps what two processes commit at once apart', async (t) => {
    const { pool, commit } = await start(t)
    const other = await pool.connect()
    const both = async (round: number) => {
      const id = `actor${round % 3}`
      const { rows } = await pool.query('select version from actors where id = $1', [id])
      const mine = step(id, rows[0]?.version ?? 0, [`k${round}`])
      const outcomes = await Promise.all([commit(mine), commitSteps(other, [mine], 8)])
      return outcomes.reduce((n, { accepted }) => n + [...accepted].length, 0)
    }
    for (let round = 0; round < 20; round += 1) assert.equal(await both(round), 1)
    other.release()
    const { rows } = await pool.query('select count(*)::int as n from journal')
    assert.equal(rows[0].n, 20)
  })

  test('costs the same however long the history is: it scans no table', async (t) => {
    const { pool, client, commit } = await start(t)
    await pool.query(`insert into actors (id, machine, machine_version, version, status, state,
        snapshot)
      select 'a' || i, 'm', 1, 20, 'active', 'a', '{}' from generate_series(1, 500) i`)
    await pool.query(`insert into journal (actor_id, seq, key, at, event, state, effects)
      select 'a' || i, s, 'k' || s, now(), '{}', 'a', '[]'
      from generate_series(1, 500) i, generate_series(1, 20) s`)
    await pool.query(`insert into timers (actor_id, id, seq, due_at, event)
      select 'b' || i, 'j', 1, now(), '{}' from generate_series(1, 3000) i`)
    await pool.query(`insert into effects (actor_id, key, type, seq, index, payload)
      select 'b' || i, '1.0', 't', 1, 0, '{}' from generate_series(1, 3000) i`)
    await pool.query('analyze')
    // What runs is one plan for all batches; the plan of a server that may choose freely is no other.
    for (const settings of ['', 'enable_seqscan=on', 'plan_cache_mode=force_custom_plan']) {
      const [name, value] = settings.split('=')
      if (name) await client.query(`set ${name} = ${value}`)
      const plans: string[] = []
      const steps = Array.from({ length: 20 }, (_, i) =>
        step(`a${i + 1}`, 20, ['new'], {
          effects: [effect('t')],
          timers: [timer('x', 1e12)],
          cancels: [`j${i}`],
        }),
      )
      const explaining = {
        query: async ({ text, values }: { text: string; values: unknown[] }) => {
          const { rows } = await client.query(`explain ${text}`, values)
          plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
          return { rows: [{ accepted: [], known: [] }] }
        },
      } as unknown as PoolClient
      await commitSteps(explaining, steps, 7)
      const [plan = ''] = plans
      assert.match(plan, /Index (Only )?Scan using (journal_pkey|journal_actor_id_key_key)/)
      assert.match(plan, /Index Scan using actors_pkey/)
      assert.doesNotMatch(plan, /Seq Scan|Bitmap Heap/, plan)
    }
    assert.equal((await commit(step('a1', 20, ['new']))).accepted.length, 1)
  })
})

describe('what is only noted', () => {
  test('does not wait for the disk, and what comes after it does', async (t) => {
    const { pool } = await createDatabase(t)
    const db = createDb(pool)
    await pool.query(`insert into instances (id, lock_key) values ('me', 7)`)
    await addEffect(db, { actor: 'a:1', key: '1.0', type: 't', at: 0, params: {} })
    await pool.query(`insert into timers (actor_id, id, seq, due_at, event)
      values ('a:1', 'x', 1, 'epoch', '{"type": "x"}')`)
    const waits = async (work: (trx: Db) => Promise<unknown>) =>
      await db.transaction().execute(async (trx) => {
        await work(trx)
        const { rows } = await sql<{ on: string }>`
          select current_setting('synchronous_commit') as on`.execute(trx)
        return rows[0]?.on
      })
    const now = Date.now()
    const screen = {
      ...{ actor_id: 'a:1', chat_id: 1, message_id: 2, seq: 1, floor: 0, digest: '' },
      transient: false,
    }
    const noted: ((trx: Db) => Promise<unknown>)[] = [
      async (trx) => assert.equal((await claimEffects(trx, { owner: 7, now, limit: 9 })).length, 1),
      (trx) => completeEffects(trx, [{ actor: 'a:1', key: '1.0', seq: 1 }]),
      async (trx) =>
        assert.equal((await claimTimers(trx, { now, limit: 9, claimMs: 1_000 })).length, 1),
      (trx) => saveScreens(trx, [screen]),
    ]
    for (const note of noted) assert.equal(await waits(note), 'off')
    assert.equal(await waits(async () => {}), 'on')
    const left = `select (select count(*)::int from effects) as effects, message_id from screens`
    assert.deepEqual((await pool.query(left)).rows, [{ effects: 0, message_id: 2 }])
  })
})
