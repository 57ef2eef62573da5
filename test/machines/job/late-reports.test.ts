import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Effect } from '../../../src/machines/engine/definition.ts'
import { begin, stateName, step } from '../../../src/machines/engine/transition.ts'
import type { JobInput } from '../../../src/machines/job/context.ts'
import { jobDefinition } from '../../../src/machines/job/definition.ts'
import type { JobEvent, TaskReport } from '../../../src/machines/job/events.ts'

const input: JobInput = {
  id: 'j',
  userId: 1,
  chatId: 1,
  conversation: 'conversation:7:1',
  language: 'ru',
  modelId: 'z-image',
  output: 'image',
  answers: {},
  mediaFields: [],
  priceKopecks: 100,
  credits: 1,
  callbacks: true,
  at: 0,
}

const report = (phase: TaskReport['phase']): JobEvent => ({
  type: 'task.reported',
  report: {
    taskId: 'task',
    phase,
    stage: phase,
    urls: phase === 'succeeded' ? ['https://example.com/1.png'] : [],
    text: null,
    failCode: phase === 'failed' ? '501' : null,
    failMessage: null,
    creditsConsumed: null,
  },
})
const claim = (attempt = 1): JobEvent => ({ type: 'create.claimed', attempt })
const busy: JobEvent = { type: 'create.rejected', code: 'kie.busy', retryAfterMs: null }
const accepted: JobEvent = { type: 'create.accepted', taskId: 'task' }
const refused = (code: string): JobEvent => ({ type: 'create.refused', code })
const undeliverable: JobEvent = { type: 'result.undeliverable', code: 'media.unavailable' }

/** Where these events lead, and the effects of the last one. */
function after(...events: JobEvent[]): { state: string; effects: Effect[]; types: string[] } {
  let { snapshot, effects } = begin(jobDefinition, input)
  for (const event of events) {
    const next = step(jobDefinition, snapshot, { ...event, at: 0, rnd: 'r' })
    snapshot = next.snapshot
    effects = next.effects
  }
  return { state: stateName(snapshot.value), effects, types: effects.map(({ type }) => type) }
}

describe('a report that the job does not expect', () => {
  test('is not lost when news of progress comes after it', () => {
    const events = [claim(), report('succeeded'), report('running'), accepted]
    assert.deepEqual(after(...events).types, ['telegram.deliver'])
  })

  test('of a failure is not lost either', () => {
    const { state } = after(claim(), report('failed'), report('waiting'), accepted)
    assert.equal(state, 'failed')
  })

  test('of success proves that a call turned down was not', () => {
    for (const events of [
      [claim(), report('succeeded'), busy],
      [claim(), busy, report('succeeded')],
      [report('succeeded')],
    ]) {
      const { state, types } = after(...events)
      assert.deepEqual([state, types], ['delivering', ['telegram.deliver']])
    }
  })
})

describe('the end of a job', () => {
  test('wakes the operator when the account may not order', () => {
    for (const code of ['kie.credits', 'kie.unauthorized', 'kie.limited']) {
      const { state, effects } = after(claim(), refused(code))
      assert.equal(state, 'failed')
      const alert = effects.find(({ type }) => type === 'operator.alert')
      assert.deepEqual(alert?.params, { topic: 'job', jobId: 'j', code })
    }
  })

  test('lets the operator sleep when only this order was refused', () => {
    const { types } = after(claim(), refused('kie.refused'))
    assert.deepEqual(types, ['ledger.release', 'tell.failed'])
  })

  test('reports the refund once: a free delivery that fails is not mentioned', () => {
    const failed = [claim(), refused('kie.unknown')]
    assert.ok(after(...failed).types.includes('tell.failed'))
    const { state, types } = after(...failed, report('succeeded'), undeliverable)
    assert.deepEqual([state, types], ['failed', []])
  })
})
