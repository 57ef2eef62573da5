import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { conversationEvent } from '../../../src/http/telegram/conversation-event.ts'

const common = { updateId: 1, chatId: 2, userId: 2, languageCode: 'en' }

describe('conversation event', () => {
  test('of a command is what the command means', () => {
    const event = (name: string, payload = '') =>
      conversationEvent({ kind: 'command', ...common, name, payload }).type
    assert.equal(event('start', 'm_z-image'), 'command.start')
    assert.equal(event('cancel'), 'command.cancel')
    assert.equal(event('status'), 'command.jobs')
    assert.equal(event('constructor'), 'command.unknown')
  })

  test('of a tap names the message it was made on, if that is known', () => {
    const tap = { kind: 'tap', ...common, data: 'd', queryId: 'q' } as const
    const languageCode = 'en'
    assert.deepEqual(conversationEvent({ ...tap, messageId: 7 }), {
      ...{ type: 'button.tapped', data: 'd', queryId: 'q', messageId: 7 },
      languageCode,
    })
    const { messageId } = conversationEvent({ ...tap, messageId: null }) as { messageId?: number }
    assert.equal(messageId, undefined)
  })

  test('of a file keeps its caption and its album', () => {
    const media = { kind: 'photo', fileId: 'f', uniqueId: 'u' } as const
    assert.deepEqual(
      conversationEvent({ kind: 'media', ...common, media, caption: 'c', groupId: 'g' }),
      { type: 'media.received', media, caption: 'c', groupId: 'g', languageCode: 'en' },
    )
  })
})
