import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import pg from 'pg'
import type { JobInput } from '../../../src/machines/job/context.ts'
import { bookMovements } from '../../../src/store/ledger.ts'
import { recordUsers } from '../../../src/store/users.ts'
import { CHAT, CONVERSATION, createBench } from '../effects/bench.ts'

const job: JobInput = {
  id: 'none',
  userId: CHAT,
  chatId: CHAT,
  conversation: CONVERSATION,
  language: 'ru',
  modelId: 'google/imagen4-fast',
  output: 'image',
  answers: { prompt: 'a cat' },
  mediaFields: [],
  priceKopecks: 0,
  credits: 4,
  callbacks: true,
  at: 0,
}

describe('the price of money in round trips', () => {
  test('is one more statement than the same start without money', async (t) => {
    const { deps } = await createBench(t)
    await recordUsers(deps.db, [{ id: CHAT, language: 'ru', blocked: false }])
    await bookMovements(deps.db, [{ userId: CHAT, kind: 'top_up', ref: 'start', kopecks: 1_000 }])
    const asked = t.mock.method(pg.Client.prototype, 'query')
    const start = async (id: string, more: Partial<JobInput>) => {
      const before = asked.mock.callCount()
      const receipt = await deps.runtime.send({
        actor: `job:${id}`,
        key: 'begun',
        event: { type: 'actor.begun' },
        input: { ...job, id, ...more },
      })
      assert.equal(receipt.outcome, 'committed')
      return asked.mock.callCount() - before
    }
    await start('warm', {})
    const plain = await start('plain', {})
    assert.equal(await start('paid', { priceKopecks: 300 }), plain + 1)
    const free = { daily: 5, hourly: 5, budgetCredits: 100 }
    assert.equal(await start('free', { free }), plain + 1)
  })
})
