import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createChat } from './chat.ts'

describe('searching', () => {
  test('leads from typed words to a model and back to the words', () => {
    const chat = createChat()
    chat.command('models')
    chat.press('Поиск')
    assert.equal(chat.state, 'browsing.searching')
    chat.text('абракадабра')
    assert.equal(chat.state, 'browsing.searching')
    assert.match(chat.screen.text, /Ничего не нашлось/)
    chat.text('видео')
    assert.equal(chat.state, 'browsing.list')
    assert.match(chat.screen.text, /<b>видео<\/b>\nНайдено: \d\d.*Страница 1/s)
    chat.press('➡️')
    assert.match(chat.screen.text, /Страница 2/)
    chat.text('remove background')
    assert.equal(chat.context.place.page, 0)
    chat.press('Recraft')
    assert.equal(chat.context.place.modelId, 'recraft/remove-background')
    chat.press('Назад')
    assert.equal(chat.state, 'browsing.list')
    chat.press('Назад')
    assert.equal(chat.state, 'browsing.searching')
    chat.press('Назад')
    assert.equal(chat.state, 'browsing.groups')
  })

  test('takes the words behind its command', () => {
    const chat = createChat()
    chat.happen({ type: 'command.search', words: 'озвучка' })
    assert.equal(chat.state, 'browsing.list')
    assert.ok(chat.button('ElevenLabs'))
    chat.happen({ type: 'command.search', words: '' })
    assert.equal(chat.state, 'browsing.searching')
  })

  test('shows what was typed as text, and not more than fits', () => {
    const chat = createChat()
    chat.command('models')
    chat.press('Поиск')
    chat.text(`kling ${'&'.repeat(3_000)}`)
    assert.equal(chat.context.place.search?.length, 80)
    assert.equal(chat.state, 'browsing.list')
    chat.text('<kling>')
    assert.equal(chat.state, 'browsing.list')
    assert.match(chat.screen.text, /<b>&lt;kling&gt;<\/b>/)
  })
})
