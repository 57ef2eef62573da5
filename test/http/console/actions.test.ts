import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type {
  ActionRecord,
  ActionResult,
  LetterDetail,
  Page,
} from '../../../src/http/console/contract.ts'
import { JOB_STATUSES } from '../../../src/machines/job/statuses.ts'
import { writeDeadLetter } from '../../../src/store/engine/dead-letters.ts'
import { bookMovements, readAccount } from '../../../src/store/ledger.ts'
import { reconcile, troubles } from '../../../src/store/reconcile.ts'
import { CREATED, createStage, DELIVERED, FAILED, SECRET, type Stage } from './stage.ts'

const ALL = 'job.redeliver,job.reconcile,job.refund,letter.replay,user.reveal'
const may = (actions: string) => ({ env: { CONSOLE_ACTIONS: actions } })

const journalOf = async ({ pool }: Stage, actor: string) =>
  (
    await pool.query(
      `select seq, key, event, state, effects from journal where actor_id = $1 order by seq`,
      [actor],
    )
  ).rows
const moneyOf = async ({ pool }: Stage, ref: string): Promise<[string, number][]> =>
  (
    await pool.query(`select kind, amount_kopecks from ledger_entries where ref = $1 order by id`, [
      ref,
    ])
  ).rows.map(({ kind, amount_kopecks }) => [kind, amount_kopecks])
const typesOf = (effects: { type: string }[]) => effects.map(({ type }) => type)

describe('actions of the console', () => {
  test('are all denied unless CONSOLE_ACTIONS lists them', async (t) => {
    const stage = await createStage(t)
    const job = await stage.job('a', DELIVERED)
    const before = await journalOf(stage, job)
    const ann = await stage.operator()
    for (const name of ALL.split(',')) {
      const { status, body } = await ann.post('/actions', { name, target: job, why: 'a reason' })
      assert.equal(status, 403, name)
      assert.deepEqual((body as { error: string }).error, 'console.denied')
    }
    assert.deepEqual(await journalOf(stage, job), before)
    const { rows } = await stage.pool.query('select * from operator_actions')
    assert.deepEqual(rows, [])
    const { body } = await ann.get<{ actions: string[] }>(`/actors/${encodeURIComponent(job)}`)
    assert.deepEqual(body.actions, [])
  })

  test('are allowed one by one', async (t) => {
    const stage = await createStage(t, may('job.redeliver'))
    const job = await stage.job('a', DELIVERED)
    const ann = await stage.operator()
    const refund = { name: 'job.refund', target: job, why: 'a reason' }
    assert.equal((await ann.post('/actions', refund)).status, 403)
    assert.equal((await ann.post('/actions', { ...refund, name: 'job.redeliver' })).status, 200)
    assert.equal((await ann.post('/actions', { ...refund, why: ' ' })).status, 400, 'say why')
  })

  test('send a result once more, as a step of the job that says who and why', async (t) => {
    const stage = await createStage(t, may(ALL))
    const job = await stage.job('a', DELIVERED)
    const ann = await stage.operator('ann')
    const order = { name: 'job.redeliver', target: job, why: 'deleted by mistake' }
    const { body } = await ann.post<ActionResult>('/actions', order)
    assert.equal(body.outcome, 'done')
    const last = (await journalOf(stage, job)).at(-1)
    assert.equal(last.seq, body.seq)
    assert.equal(last.key, `operator:${body.id}`)
    const { type, by, why } = last.event
    assert.deepEqual([type, by, why], ['operator.redeliver', 'ann', 'deleted by mistake'])
    assert.deepEqual([last.state, typesOf(last.effects)], ['delivered', ['telegram.deliver']])
    assert.equal(last.effects[0].params.round, 1)
    assert.deepEqual(
      (await moneyOf(stage, 'a')).map(([kind]) => kind),
      ['hold', 'capture'],
    )
    const { body: list } = await ann.get<Page<ActionRecord>>('/actions')
    const { name, target, who, outcome } = list.items[0] as ActionRecord
    assert.deepEqual([name, target, who, outcome], ['job.redeliver', job, 'ann', 'done'])
  })

  test('ask the provider once more, also about a job that was given up', async (t) => {
    const stage = await createStage(t, may(ALL))
    const ann = await stage.operator()
    for (const [id, way] of [
      ['a', CREATED],
      ['b', FAILED],
    ] as const) {
      const job = await stage.job(id, way)
      const order = { name: 'job.reconcile', target: job, why: 'where is it' }
      assert.equal((await ann.post('/actions', order)).status, 200)
      assert.deepEqual(typesOf((await journalOf(stage, job)).at(-1).effects), ['kie.poll'])
    }
    const young = await stage.job('c', [])
    const order = { name: 'job.reconcile', target: young, why: 'where is it' }
    const { status, body } = await ann.post('/actions', order)
    assert.deepEqual([status, (body as { error: string }).error], [409, 'console.refused'])
  })

  test('give the money back while it is on hold, and once after it was paid', async (t) => {
    const stage = await createStage(t, may(ALL))
    const ann = await stage.operator()
    const refund = (target: string) =>
      ann.post('/actions', { name: 'job.refund', target, why: 'not what was asked for' })
    const [held, paid] = [await stage.job('held', CREATED), await stage.job('paid', DELIVERED)]

    assert.equal((await refund(held)).status, 200)
    assert.deepEqual(await moneyOf(stage, 'held'), [
      ['hold', 314],
      ['release', 314],
    ])
    assert.equal((await journalOf(stage, held)).at(-1).state, 'failed')
    assert.equal((await refund(held)).status, 409, 'only once')

    const outcomes = await Promise.all([refund(paid), refund(paid), refund(paid)])
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), [200, 409, 409])
    assert.deepEqual(await moneyOf(stage, 'paid'), [
      ['hold', 314],
      ['capture', 314],
      ['sale_undone', 314],
    ])
    const steps = await journalOf(stage, paid)
    const told = steps
      .flatMap(({ effects }) => effects)
      .find(({ type }) => type === 'tell.refunded')
    assert.deepEqual(told.params.event.refundKopecks, 314)
    const { body } = await ann.get<{ ok: boolean; discrepancyKopecks: number }>('/ledger')
    assert.deepEqual([body.ok, body.discrepancyKopecks], [true, 0])
  })

  test('give given money back as given money', async (t) => {
    const stage = await createStage(t, may(ALL))
    const ann = await stage.operator()
    const job = await stage.job('a', [])
    await bookMovements(stage.db, [{ userId: 10, kind: 'bonus', ref: 'gift', kopecks: 200 }])
    const paid = await stage.job('b', DELIVERED)
    const before = await readAccount(stage.db, 10)
    assert.equal(before.bonus_kopecks, 0)
    const order = { name: 'job.refund', target: paid, why: 'not what was asked for' }
    assert.equal((await ann.post('/actions', order)).status, 200)
    const after = await readAccount(stage.db, 10)
    assert.equal(after.bonus_kopecks, 200)
    assert.equal(after.available_kopecks - before.available_kopecks, 114)
    assert.equal((await ann.post('/actions', order)).status, 409)
    assert.equal((await ann.post('/actions', { ...order, target: job })).status, 200)
    assert.deepEqual(await reconcile(stage.db, JOB_STATUSES).then(troubles), [])
  })

  test('refuse a refund of what cost nothing, was returned or does not exist', async (t) => {
    const stage = await createStage(t, may(ALL))
    const ann = await stage.operator()
    const free = await stage.job('free', DELIVERED, { priceKopecks: 0 })
    const failed = await stage.job('failed', FAILED)
    for (const target of [free, failed, 'job:nobody', `conversation:700:10`, 'letter:1']) {
      const order = { name: 'job.refund', target, why: 'a reason' }
      assert.equal((await ann.post('/actions', order)).status, 409, target)
    }
    const { rows } = await stage.pool.query('select outcome from operator_actions')
    assert.deepEqual(rows, Array(5).fill({ outcome: 'refused' }))
  })

  test('hand a dead letter to the running bot', async (t) => {
    const stage = await createStage(t, may(ALL))
    const ann = await stage.operator()
    const payload = JSON.stringify({ raw: SECRET })
    await writeDeadLetter(stage.db, {
      ...{ kind: 'update', subject: 'telegram', key: 'tg:1', payload, error: 'unreadable' },
    })
    const order = { name: 'letter.replay', target: 'letter:1', why: 'mended' }
    assert.equal((await ann.post('/actions', order)).status, 200)
    const { rows } = await stage.pool.query(
      `select key from effects where type = 'dead-letter.replay'`,
    )
    assert.equal(rows.length, 1)
    assert.equal((await ann.post('/actions', { ...order, target: 'letter:9' })).status, 409)
  })

  test('hand all dead letters of a kind to the running bot', async (t) => {
    const stage = await createStage(t, may(ALL))
    const ann = await stage.operator()
    for (const [kind, key] of [
      ['callback', 'a'],
      ['callback', 'b'],
      ['update', 'c'],
    ] as const) {
      const payload = JSON.stringify({ raw: '{}' })
      await writeDeadLetter(stage.db, { kind, key, subject: 'x', payload, error: 'unreadable' })
    }
    const order = { name: 'letter.replay', target: 'letters:callback', why: 'mended' }
    const { body } = await ann.post('/actions', order)
    assert.match(JSON.stringify(body), /2 go to the running bot/)
    const { rows } = await stage.pool.query(
      `select actor_id from effects where type = 'dead-letter.replay' order by actor_id`,
    )
    assert.deepEqual(rows, [{ actor_id: 'dead-letter:1' }, { actor_id: 'dead-letter:2' }])
    for (const target of ['letters:effect', 'letters:snapshot', 'letters:any']) {
      assert.equal((await ann.post('/actions', { ...order, target })).status, 409, target)
    }
  })

  test('reveal what people wrote to this session only, for a while, and on the record', async (t) => {
    let nowMs = Date.now()
    const stage = await createStage(t, { ...may(ALL), now: () => nowMs })
    await stage.say(10, { type: 'text.received', text: SECRET } as never)
    const [ann, bob] = [await stage.operator('ann'), await stage.operator('bob')]
    const actor = 'conversation:700:10'
    const path = `/actors/${encodeURIComponent(actor)}`
    const texts = async (who: typeof ann) => JSON.stringify((await who.get(`${path}/steps`)).body)

    assert.ok(!(await texts(ann)).includes(SECRET))
    assert.equal((await ann.get(`${path}/history.json`)).status, 403)
    const order = { name: 'user.reveal', target: actor, why: 'asked for help' }
    assert.equal((await ann.post('/actions', order)).status, 200)
    assert.ok((await texts(ann)).includes(SECRET))
    assert.equal((await ann.get(`${path}/history.json`)).status, 200)
    assert.ok(!(await texts(bob)).includes(SECRET))
    const { rows } = await stage.pool.query('select who, why, name, target from operator_actions')
    assert.deepEqual(rows, [{ ...order, who: 'ann' }])
    nowMs += 16 * 60_000
    assert.ok(!(await texts(ann)).includes(SECRET), 'it ends by itself')
  })

  test('reveal a dead letter', async (t) => {
    const stage = await createStage(t, may(ALL))
    const ann = await stage.operator()
    const payload = JSON.stringify({ raw: SECRET })
    await writeDeadLetter(stage.db, {
      ...{ kind: 'callback', subject: 'a', key: 'k', payload, error: 'nobody knows it' },
    })
    const look = async () => (await ann.get<LetterDetail>('/letters/1')).body
    assert.deepEqual((await look()).payload, { raw: { hidden: 'text', length: SECRET.length } })
    await ann.post('/actions', { name: 'user.reveal', target: 'letter:1', why: 'what is it' })
    assert.deepEqual([(await look()).payload, (await look()).revealed], [{ raw: SECRET }, true])
  })
})
