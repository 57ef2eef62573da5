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
    assert.equal(chat.state, 'browsing.nothing')
    assert.match(chat.screen.text, /абракадабра.*Модели с таким названием или умением нет/s)
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

  test('shows the price of every hit: a name that is clear alone leaves out what the model does', () => {
    const chat = createChat()
    chat.happen({ type: 'command.search', words: 'нано банана' })
    const label = chat.labels.find((one) => one.startsWith('Nano Banana Pro'))
    assert.match(label ?? '', /^Nano Banana Pro · .*₽$/)
    assert.ok([...(label ?? '')].length <= 34, label)
    // Two models share this name.
    assert.ok(chat.labels.some((one) => one.startsWith('Nano Banana — ')))
  })

  test('that finds nothing shows no old hits, and makes an order of the words', () => {
    const chat = createChat()
    chat.command('models')
    chat.press('Поиск')
    chat.text('kling')
    chat.press('Назад')
    chat.text('рыжик на крыше')
    assert.equal(chat.state, 'browsing.nothing')
    assert.ok(!chat.labels.some((label) => label.includes('Kling')))
    chat.press('Нарисовать')
    assert.equal(chat.state, 'offering.choosing')
    assert.equal(chat.context.wish?.words, 'рыжик на крыше')
    chat.happen({ type: 'command.search', words: 'абракадабра' })
    assert.equal(chat.state, 'browsing.nothing')
    chat.text('клинг')
    assert.equal(chat.state, 'browsing.list')
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
