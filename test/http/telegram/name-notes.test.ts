import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Receipt } from '../../../src/actors/engine/envelope.ts'
import { createOnInput } from '../../../src/http/telegram/input-handlers.ts'
import { createNameNotes } from '../../../src/http/telegram/name-notes.ts'
import type { TelegramInput } from '../../../src/machines/conversation/input.ts'

const input = (firstName: string, updateId = 1): TelegramInput => ({
  ...{ kind: 'text', text: 'a cat', updateId, messageId: updateId, at: 0 },
  ...{ chatId: 7, userId: 7, languageCode: 'en', firstName },
})

function start(receipts: Receipt[]) {
  const noted: (string | null)[] = []
  const noteName = createNameNotes(async ({ firstName }) => void noted.push(firstName))
  const onInput = createOnInput({
    botId: 1,
    send: async () => receipts.shift() ?? { outcome: 'committed', seq: 9, state: 'menu' },
    deadLetter: async () => {},
    crashAt: () => {},
    noteName,
  })
  return { onInput, noted }
}

const began: Receipt = { outcome: 'committed', seq: 2, state: 'menu' }

describe('the name of a person', () => {
  test('is noted when it is new to the process, and not again', async () => {
    const { onInput, noted } = start([began])
    await onInput(input('Ann', 1))
    await onInput(input('Ann', 2))
    await onInput(input('Anna', 3))
    assert.deepEqual(noted, ['Ann', 'Anna'])
  })

  test('is noted again when the conversation begins anew: it may have been erased', async () => {
    const later: Receipt = { outcome: 'committed', seq: 5, state: 'menu' }
    const { onInput, noted } = start([later, began, later])
    for (const updateId of [1, 2, 3]) await onInput(input('Ann', updateId))
    assert.deepEqual(noted, ['Ann', 'Ann'])
  })

  test('that can’t be noted keeps the update from being confirmed', async () => {
    const onInput = createOnInput({
      botId: 1,
      send: async () => began,
      deadLetter: async () => {},
      crashAt: () => {},
      noteName: () => Promise.reject(new Error('no database')),
    })
    await assert.rejects(onInput(input('Ann')), /no database/)
  })
})
