import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { EventObject } from 'xstate'
import type { Sequence } from '../../../src/http/console/contract.ts'
import { sequenceOf } from '../../../src/http/console/sequence.ts'
import type { SequenceRow } from '../../../src/store/console/sequence.ts'
import { createStage, FAILED } from './stage.ts'

const event = (type: string, more: object = {}) => ({ type, ...more }) as EventObject

/** Files handed over, a busy provider, a second try, and a failure that gives the money back. */
const LONG_WAY: EventObject[] = [
  event('inputs.uploaded', { uploads: { image_url: ['https://files.example/a.png'] } }),
  event('create.claimed', { attempt: 1 }),
  event('create.rejected', { code: 'kie.busy', retryAfterMs: 1_000 }),
  event('xstate.after.retryPause.job.retrying'),
  event('create.claimed', { attempt: 2 }),
  ...FAILED.slice(1),
]

describe('the sequence of an order', () => {
  test('has an arrow for each row of the journals, with upload, second try and refund', async (t) => {
    const stage = await createStage(t)
    const console_ = await stage.operator()
    await stage.say(10, event('command.start'))
    const actor = await stage.job('a', LONG_WAY, { mediaFields: ['image_url'] })
    await stage.job('other', FAILED)
    for (const [jobId, seq] of [
      ['a', 9],
      ['other', 4],
    ] as const) {
      const told = { jobId, modelId: 'z-image', error: 'kie.failed', refundKopecks: 314 }
      await stage.runtime.send({
        actor: 'conversation:700:10',
        key: `from:tell.failed:job:${jobId}#${seq}.0`,
        event: event('job.failed', told),
      })
    }

    const { status, body } = await console_.get<Sequence>('/jobs/a/sequence')
    assert.equal(status, 200)
    const { rows } = await stage.pool.query<{ actor: string; seq: number }>(
      `select actor_id as actor, seq from journal
       where actor_id = $1 or event->>'jobId' = 'a' order by actor_id desc, seq`,
      [actor],
    )
    assert.deepEqual(
      body.arrows.map((arrow) => ({ actor: arrow.actor, seq: arrow.seq })),
      rows,
    )
    assert.deepEqual(
      body.arrows.map(({ from, to, event: type }) => `${from} → ${to}: ${type}`),
      [
        'conversation → job: actor.begun',
        'provider → job: inputs.uploaded',
        'job → job: create.claimed',
        'provider → job: create.rejected',
        'job → job: xstate.after.retryPause.job.retrying',
        'job → job: create.claimed',
        'provider → job: create.accepted',
        'provider → job: task.reported',
        'job → conversation: job.failed',
      ],
    )
    const asked = body.arrows.flatMap(({ asks }) =>
      asks.map(({ effect, party }) => [effect, party]),
    )
    assert.deepEqual(asked.slice(0, 2), [
      ['ledger.hold', 'money'],
      ['kie.upload', 'provider'],
    ])
    assert.ok(asked.some(([effect]) => effect === 'ledger.release'))
    assert.deepEqual(body.parties.slice(0, 3), ['conversation', 'job', 'provider'])
    assert.equal((await console_.get('/jobs/nobody/sequence')).status, 404)
  })

  test('marks an answer that took too long, and never turns a journal round', () => {
    const row = (actor: string, seq: number, atMs: number, type: string, effects: string[] = []) =>
      ({
        ...{ actor_id: actor, seq, at: new Date(atMs), key: type, type, state: 's', effects },
      }) satisfies SequenceRow
    const { arrows } = sequenceOf(
      [
        row('job:a', 1, 1_000, 'actor.begun', ['kie.create']),
        row('job:a', 2, 2_000, 'create.claimed'),
        row('job:a', 3, 2_500, 'create.accepted'),
        row('job:a', 4, 400_000, 'task.reported', ['telegram.deliver']),
        // The clock was set back.
        row('job:a', 5, 399_000, 'result.delivered'),
      ],
      [row('conversation:1:2', 7, 400_500, 'job.delivered')],
    )
    assert.deepEqual(
      arrows.map(({ actor, seq, tookMs, slow }) => [`${actor}#${seq}`, tookMs, slow]),
      [
        ['job:a#1', null, false],
        ['job:a#2', 1_000, false],
        ['job:a#3', 500, false],
        ['job:a#4', 397_500, true],
        ['job:a#5', -1_000, false],
        ['conversation:1:2#7', 1_500, false],
      ],
    )
  })
})
