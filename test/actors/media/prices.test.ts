import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { measuresOf } from '../../../src/machines/catalogue/answer-files.ts'
import { modelById } from '../../../src/machines/catalogue/catalogue.ts'
import { quotePrice } from '../../../src/machines/catalogue/pricing.ts'
import { fixture, measure } from './bytes.ts'

const RATES = { usdRubRate: 78.57, markup: 2, switchedOn: new Set<string>() }

/** The price of an order with this file, in roubles. */
async function priceOf(modelId: string, field: string, name: string): Promise<number> {
  const model = modelById(modelId)
  assert.ok(model)
  const { kind, durationMs = 0 } = await measure(fixture(name))
  const answers = { upscale_factor: '2', [field]: { kind, duration: durationMs / 1_000 } }
  const quote = quotePrice(model, answers, RATES, measuresOf(answers))
  assert.ok('kopecks' in quote)
  return quote.kopecks / 100
}

describe('prices by length', () => {
  for (const name of [
    'plain-30s.mp4',
    'hybrid-30s.mp4',
    'fragmented-30s.mp4',
    'unknown-length.mp4',
  ]) {
    test(`follow the true length of ${name}`, async () => {
      assert.equal(await priceOf('topaz/video-upscale', 'video_url', name), 188.57)
    })
  }

  test('follow the whole of a joined sound', async () => {
    const price = await priceOf('elevenlabs/audio-isolation', 'audio_url', 'joined-62s.mp3')
    assert.equal(price, 9.9) // 63 started seconds of 0.2 credits
  })
})
