import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createAnswerHandler } from '../../../src/actors/effects/answer.ts'
import { createWebhookReplies } from '../../../src/actors/telegram/webhook-replies.ts'
import { RetryableError, TerminalError, UnknownOutcomeError } from '../../../src/errors.ts'
import { createStubApi, jobOf, never } from './bench.ts'

function start(error?: Error) {
  const stub = createStubApi(() => error)
  const replies = createWebhookReplies()
  const handler = createAnswerHandler({ api: stub.api, replies })
  const run = (attempt = 1, text: string | null = null) =>
    handler(jobOf({ queryId: 'q', text }, { attempt }), never)
  return { stub, run, replies }
}

describe('answer to a tap', () => {
  test('ends the spinner, with words if there are any', async () => {
    const { stub, run } = start()
    await run()
    await run(1, 'an old button')
    assert.deepEqual(
      stub.calls.map(({ payload }) => payload),
      [{ callback_query_id: 'q' }, { callback_query_id: 'q', text: 'an old button' }],
    )
  })

  test('leaves with the reply to the webhook while that is open, once', async () => {
    const { stub, run, replies } = start()
    const reply = await replies.during('q', async () => {
      await run(1, 'an old button')
      await replies.during('q', () => run())
    })
    const method = 'answerCallbackQuery'
    assert.deepEqual(reply, { method, callback_query_id: 'q', text: 'an old button' })
    assert.equal(stub.calls.length, 1, 'the second by a call')
    await run()
    assert.equal(stub.calls.length, 2, 'what comes too late as well')
    assert.equal(await replies.during('other', () => run()), undefined)
  })

  test('does not keep the webhook open after work that failed', async () => {
    const { stub, run, replies } = start()
    const failed = replies.during('q', async () => {
      throw new RetryableError('database.unavailable')
    })
    await assert.rejects(failed)
    await run()
    assert.equal(stub.calls.length, 1)
  })

  for (const error of [
    new TerminalError('telegram.refused', { detail: 'query is too old and response timeout' }),
    new UnknownOutcomeError('telegram.unknown'),
  ]) {
    test(`is over when it is of no use any more: ${error.code}`, async () => {
      const { run } = start(error)
      await run()
    })
  }

  test('is tried once, and forgotten then: the app gives up by itself', async () => {
    const { run } = start(new RetryableError('telegram.unavailable'))
    await run(1)
  })

  test('that Telegram refuses for another reason is a failure', async () => {
    const { run } = start(new TerminalError('telegram.refused', { detail: 'MESSAGE_TOO_LONG' }))
    await assert.rejects(run(), { code: 'telegram.refused' })
  })
})
