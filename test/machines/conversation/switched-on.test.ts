import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { priceOrder } from '../../../src/machines/conversation/order/price.ts'
import { drawScreen } from '../../../src/machines/conversation/screens/draw.ts'
import { tapsOf } from '../../../src/machines/conversation/screens/screen.ts'
import { createChat, view } from './chat.ts'

const rates = { ...view.rates, switchedOn: new Set(['sora-2-text-to-video', 'sora-2-characters']) }
const order = {
  userId: 1,
  modelId: 'sora-2-text-to-video',
  answers: { prompt: 'кот', aspect_ratio: 'landscape', n_frames: '10' },
}

describe('a model that the operator has switched on', () => {
  test('can be begun from its card, and only where it is switched on', () => {
    const chat = createChat()
    chat.command('start', 'm_sora-2-text-to-video')
    const screen = drawScreen(chat.snapshot, { ...view, rates }) ?? assert.fail()
    const labels = tapsOf(screen.keyboard).map((b) => b.label)
    assert.ok(labels.includes('✅ Начать') && !screen.text.includes('🚫'))
    assert.ok(!chat.labels.includes('✅ Начать'))
    chat.text('кот')
    assert.ok(!chat.labels.some((label) => label.includes('Sora')), 'nor is it offered for words')
  })

  test('gets a price from the one checkout, and none where it is off', () => {
    assert.ok('priceKopecks' in priceOrder(order, rates))
    assert.deepEqual(priceOrder(order, view.rates), { refusal: 'not-sold' })
  })

  test('stays without a price where its facts have none', () => {
    const character = { userId: 1, modelId: 'sora-2-characters', answers: {} }
    assert.deepEqual(priceOrder(character, rates), { refusal: 'not-sold' })
  })
})
