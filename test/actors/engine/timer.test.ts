import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { JobHelpers } from 'graphile-worker'
import type { Envelope } from '../../../src/actors/engine/envelope.ts'
import type { Runtime } from '../../../src/actors/engine/runtime.ts'
import { createTimerTask } from '../../../src/actors/engine/timer.ts'
import { RetryableError } from '../../../src/errors.ts'

const TIMER = { actor: 'job:1', id: 'after.limit', seq: 3, event: { type: 'after.limit' } }

function start(failures: number, error: Error) {
  const sent: Envelope[] = []
  const send = async (envelope: Envelope) => {
    sent.push(envelope)
    if (sent.length <= failures) throw error
    return { outcome: 'committed', seq: 4, state: 'failed' } as const
  }
  const task = createTimerTask({ send } as unknown as Runtime)
  return { sent, fire: async () => void (await task(TIMER, {} as JobHelpers)) }
}

describe('durable timer', () => {
  test('tells its actor, by the step that asked for it', async () => {
    const { sent, fire } = start(0, new Error())
    await fire()
    assert.deepEqual(sent, [
      {
        actor: 'job:1',
        key: 'timer:after.limit:3',
        event: { type: 'after.limit' },
        timer: { id: 'after.limit', seq: 3 },
      },
    ])
  })

  test('goes on while the database is away: the queue would wait ever longer', async () => {
    const { sent, fire } = start(2, new RetryableError('database.unavailable'))
    await fire()
    assert.equal(sent.length, 3)
  })

  test('leaves what is not about to pass to the queue', async () => {
    const { fire } = start(1, new Error('a bug'))
    await assert.rejects(fire(), /a bug/)
  })
})
