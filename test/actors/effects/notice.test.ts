import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createNoticeHandler } from '../../../src/actors/effects/notice.ts'
import { RetryableError, TerminalError, UnknownOutcomeError } from '../../../src/errors.ts'
import { CHAT, createBench, createStubApi, jobOf, never, openGate } from './bench.ts'

async function start(t: TestContext, answer?: Parameters<typeof createStubApi>[0]) {
  const { deps } = await createBench(t)
  const stub = createStubApi(answer)
  const run = createNoticeHandler({ ...deps, api: stub.api, flood: openGate() })
  const job = jobOf({ chatId: CHAT, text: 'The money is back.' })
  return { stub, again: (more = {}) => run({ ...job, ...more }, never) }
}

describe('notice', () => {
  test('is sent once, however often its effect runs', async (t) => {
    const { stub, again } = await start(t)
    await Promise.all(Array.from({ length: 10 }, () => again()))
    await again({ attempt: 2 })
    assert.deepEqual(
      stub.calls.map(({ method, payload }) => [method, payload.chat_id, payload.text]),
      [['sendMessage', CHAT, 'The money is back.']],
    )
  })

  test('is another one when another step asked for it', async (t) => {
    const { stub, again } = await start(t)
    await again()
    await again({ seq: 2 })
    assert.equal(stub.calls.length, 2)
  })

  test('that may have arrived is not sent again', async (t) => {
    const { stub, again } = await start(t, () => new UnknownOutcomeError('telegram.unknown'))
    await again()
    await again({ attempt: 2 })
    assert.equal(stub.calls.length, 1)
  })

  test('that certainly did not arrive is sent again', async (t) => {
    const flooded = new RetryableError('telegram.flooded', { retryAfterMs: 1_000 })
    const { stub, again } = await start(t, (_call, earlier) => (earlier < 2 ? flooded : undefined))
    await assert.rejects(again(), { code: 'telegram.flooded' })
    await assert.rejects(again({ attempt: 2 }), { code: 'telegram.flooded' })
    await again({ attempt: 3 })
    await again({ attempt: 4 })
    assert.equal(stub.calls.length, 3)
  })

  test('to somebody who blocked the bot is over', async (t) => {
    const { stub, again } = await start(t, () => new TerminalError('telegram.blocked'))
    await again()
    await again({ attempt: 2 })
    assert.equal(stub.calls.length, 1)
  })
})
