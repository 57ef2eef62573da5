import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Effect } from '../../../src/machines/engine/definition.ts'
import type { JobEvent } from '../../../src/machines/job/events.ts'
import { isJob } from '../../../src/machines/job/statuses.ts'
import { fc } from '../../support/properties.ts'
import { happenings, run, typesOf, ways } from './job-steps.ts'

const cancel: JobEvent = { type: 'user.cancel' }
const told = (effects: readonly Effect[]) =>
  effects
    .filter(({ type }) => type.startsWith('tell.'))
    .map(({ params }) => (params.event as { type: string }).type)

describe('a job that its user cancels', () => {
  test('ends with all the money back where the provider was not asked, and goes on elsewhere', () => {
    for (const [state, way] of Object.entries(ways)) {
      const { last, context, state: end } = run([...way, cancel])
      if (isJob(state, 'cancellable')) {
        assert.deepEqual([end, context.error], ['failed', 'user.cancelled'], state)
        assert.deepEqual(typesOf(last.effects), ['ledger.release', 'tell.failed'])
      } else {
        assert.equal(end, state)
        const isOver = isJob(state, 'ended') || state === 'closed'
        assert.deepEqual(typesOf(last.effects), isOver ? [] : ['tell.cancel_refused'], state)
      }
    }
  })

  test('never gets both a result and a refund without being told of both, whatever races', () => {
    const happening = fc.constantFrom(cancel, ...Object.values(happenings))
    const way = fc.constantFrom(...Object.values(ways))
    fc.assert(
      fc.property(way, fc.array(happening, { maxLength: 12 }), (begun, events) => {
        const all = [...begun, ...events]
        const at = all.indexOf(cancel)
        const { effects } = run(all)
        const types = typesOf(effects)
        const count = (type: string) => types.filter((t) => t === type).length
        // Money: one end of the hold at most.
        assert.ok(count('ledger.release') + count('ledger.capture') <= 1)
        const deliveries = effects.filter(({ type }) => type === 'telegram.deliver')
        if (count('ledger.release') === 1) {
          assert.ok(told(effects).includes('job.failed'), 'the refund is told')
          const since = types.indexOf('ledger.release')
          for (const delivery of deliveries) {
            if (effects.indexOf(delivery) < since) continue
            assert.equal(delivery.params.courtesy, true, 'the result says that it is a gift')
          }
        }
        // A wish is answered: by the refund, by the refusal, or by an end that was told before.
        if (at >= 0) {
          const answers = ['job.failed', 'cancel.refused', 'job.delivered']
          assert.ok(told(effects).some((type) => answers.includes(type)))
        }
      }),
      { numRuns: 1_000 },
    )
  })

  test('notes how long it took, once, and not when the money had gone back', () => {
    const delivered = run(ways.delivered ?? [])
    assert.equal(delivered.context.tookMs, 5)
    const again = happenings['operator redelivers'] as JobEvent
    assert.equal(run([...(ways.delivered ?? []), again]).context.tookMs, 5)
    const late = [cancel, happenings.succeeded, happenings.delivered] as JobEvent[]
    assert.equal(run(late).context.tookMs, null)
  })
})
