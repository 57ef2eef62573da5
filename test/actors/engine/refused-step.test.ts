import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createDefinitions } from '../../../src/machines/definitions.ts'
import type { JobInput } from '../../../src/machines/job/context.ts'
import { JOB_STATUSES } from '../../../src/machines/job/statuses.ts'
import { bookMovements } from '../../../src/store/ledger.ts'
import { reconcile, troubles } from '../../../src/store/reconcile.ts'
import { recordUsers } from '../../../src/store/users.ts'
import { VIEW } from '../effects/bench.ts'
import { createEngine } from './stage.ts'

const USER = 1
const PRICE = 314

const input: JobInput = {
  ...{ id: 'j', userId: USER, chatId: USER, conversation: `conversation:7:${USER}` },
  ...{ language: 'ru', modelId: 'google/imagen4-fast', output: 'image' },
  ...{ answers: { prompt: 'a cat' }, mediaFields: [], priceKopecks: PRICE, credits: 4 },
  ...{ callbacks: true, at: 0 },
}

describe('a capture that the database refuses', () => {
  test('leaves the job where it is, and a person hears of it', async (t) => {
    const { another, db } = await createEngine(t)
    const heard: string[] = []
    const runtime = another(
      { onRefused: ({ event }, constraint) => heard.push(`${event.type} ${constraint}`) },
      createDefinitions(VIEW),
    )
    await recordUsers(db, [{ id: USER, language: 'ru', blocked: false }])
    await bookMovements(db, [{ userId: USER, kind: 'top_up', ref: 'start', kopecks: PRICE }])
    const actor = 'job:j'
    const say = (type: string, more = {}) =>
      runtime.send({ actor, key: type, event: { type, ...more } as { type: string } })
    await runtime.send({ actor, key: 'begun', event: { type: 'actor.begun' }, input })
    await say('task.reported', {
      report: {
        ...{ taskId: null, phase: 'succeeded', stage: null, urls: [], text: 'a poem' },
        ...{ failCode: null, failMessage: null, creditsConsumed: null },
      },
    })
    assert.deepEqual(troubles(await reconcile(db, JOB_STATUSES)), [])

    // What must not happen: somebody gave the hold back behind the job's back.
    await bookMovements(db, [{ userId: USER, kind: 'release', ref: 'j', kopecks: PRICE }])
    const receipt = await say('result.delivered')
    assert.equal(receipt.outcome, 'refused')
    assert.deepEqual(heard, [
      `result.delivered ${receipt.outcome === 'refused' && receipt.constraint}`,
    ])
    assert.deepEqual(troubles(await reconcile(db, JOB_STATUSES)), [['refusedSteps', 1]])
    const job = await db.selectFrom('jobs').select('status').executeTakeFirst()
    assert.equal(job?.status, 'delivering')
    const letter = await db.selectFrom('dead_letters').selectAll().executeTakeFirst()
    assert.deepEqual(
      [letter?.kind, letter?.subject, letter?.key],
      ['event', actor, 'result.delivered'],
    )
  })

  test('is no matter for anybody when an order is refused before it begins', async (t) => {
    const { another, db } = await createEngine(t)
    const heard: string[] = []
    const runtime = another(
      { onRefused: ({ event }) => heard.push(event.type) },
      createDefinitions(VIEW),
    )
    await recordUsers(db, [{ id: USER, language: 'ru', blocked: false }])
    const event = { type: 'actor.begun' }
    const { outcome } = await runtime.send({ actor: 'job:j', key: 'begun', event, input })
    assert.deepEqual(
      [outcome, heard, troubles(await reconcile(db, JOB_STATUSES))],
      ['refused', [], []],
    )
  })
})
