import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createWebhookReplies } from '../../../src/actors/telegram/webhook-replies.ts'

const CALL = { method: 'editMessageReplyMarkup', chat_id: 7, message_id: 1 }

describe('replies to webhook requests', () => {
  test('carry one call, the first that is left', async () => {
    const replies = createWebhookReplies()
    const reply = await replies.during(7, async () => {
      assert.equal(replies.leave(7, CALL), true)
      assert.equal(replies.leave(7, { ...CALL, message_id: 2 }), false)
      assert.equal(replies.leave(8, CALL), false, 'of another chat')
    })
    assert.deepEqual(reply, CALL)
    assert.equal(replies.leave(7, CALL), false, 'too late')
  })

  test('leave a second message of the chat its work, and the first the reply', async () => {
    const replies = createWebhookReplies()
    const second = Promise.withResolvers<void>()
    const first = replies.during(7, () => second.promise)
    let isDone = false
    const reply = await replies.during(7, async () => {
      isDone = true
    })
    assert.deepEqual([isDone, reply], [true, undefined])
    assert.equal(replies.leave(7, CALL), true)
    second.resolve()
    assert.deepEqual(await first, CALL)
  })
})
