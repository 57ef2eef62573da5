import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createAnswerHandler } from '../../../src/actors/effects/answer.ts'
import { RetryableError, TerminalError, UnknownOutcomeError } from '../../../src/errors.ts'
import { createStubApi, jobOf, never } from './bench.ts'

function start(error?: Error) {
  const stub = createStubApi(() => error)
  const handler = createAnswerHandler({ api: stub.api })
  const run = (attempt = 1, text: string | null = null) =>
    handler(jobOf({ queryId: 'q', text }, { attempt }), never)
  return { stub, run }
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
