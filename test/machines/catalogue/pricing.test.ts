import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { filesOf, measuresOf } from '../../../src/machines/catalogue/answer-files.ts'
import {
  allModels,
  type Category,
  isSold,
  type Model,
  modelById,
} from '../../../src/machines/catalogue/catalogue.ts'
import type { Answers } from '../../../src/machines/catalogue/payload.ts'
import {
  formatPrice,
  formatRub,
  fromPrice,
  type ModelTerms,
  optionPrices,
  priceKopecks,
  quoteCredits,
  quotePrice,
  type Rates,
} from '../../../src/machines/catalogue/pricing.ts'
import {
  type Measures,
  measuredMedia,
  priceFields,
} from '../../../src/machines/catalogue/pricing-measure.ts'
import { questionsOf } from '../../../src/machines/catalogue/questions.ts'
import type { Scalar } from '../../../src/machines/catalogue/schema.ts'
import { canBeBegun } from '../../../src/machines/conversation/order/offer.ts'
import { priceOrder } from '../../../src/machines/conversation/order/price.ts'
import { models } from '../../support/founding.ts'
import { createDraw, fc } from '../../support/properties.ts'
import { walk } from '../../support/wizard.ts'

const rates = { usdRubRate: 78.57, markup: 2 }

const model = (id: string): Model => modelById(id) ?? assert.fail(`no model ${id}`)

const credits = (id: string, input: Record<string, unknown>, measures?: Measures) => {
  const quote = quoteCredits(model(id), input, measures)
  return 'unpriced' in quote ? quote.unpriced : quote.credits
}

const lengthOf = (field: string, duration: number): Measures => ({
  media: { [field]: [{ duration }] },
})

/** Every value that a field of the price can take, the advanced ones too. */
function values(m: Model, field: string): readonly Scalar[] {
  const schema = m.input.properties[field]
  if (schema?.enum) return schema.enum
  if (schema?.type === 'boolean') return [true, false]
  if (field === 'duration') return schema?.type === 'string' ? ['6', '7', '30'] : [6, 7, 30]
  return [schema?.minimum, schema?.maximum].filter((v) => v !== undefined)
}

/** All orders of a model that differ in price, with a text and files of known length. */
function orders(m: Model): readonly Record<string, Scalar>[] {
  return priceFields(m).reduce<readonly Record<string, Scalar>[]>(
    (all, field) => all.flatMap((o) => values(m, field).map((v) => ({ ...o, [field]: v }))),
    [{ text: 'x'.repeat(1000) }],
  )
}

const measured: Measures = {
  media: Object.fromEntries(
    ['audio_url', 'video_url', 'image_url'].map((f) => [
      f,
      [{ duration: 1, width: 900, height: 600 }],
    ]),
  ),
  sourceResolution: '480p',
}

describe('quoteCredits', () => {
  test('takes a flat price', () => {
    assert.equal(credits('google/imagen4', {}), 8)
    assert.equal(credits('recraft/crisp-upscale', {}), 0.5)
  })

  test('finds the rule that fits the answers', () => {
    const input = { sound: true, duration: '5' }
    assert.equal(credits('kling-2.6/text-to-video', input), 110)
    assert.equal(credits('kling-2.6/text-to-video', { ...input, sound: false }), 55)
    assert.equal(credits('wan/2-6-text-to-video', { resolution: '1080p', duration: '5' }), 104.5)
  })

  test('takes documented defaults of optional fields only', () => {
    assert.equal(credits('nano-banana-pro', {}), 18)
    assert.equal(credits('hailuo/02-image-to-video-standard', {}), 50)
    assert.equal(credits('flux-2/pro-text-to-image', {}), 'incomplete')
    assert.equal(credits('flux-2/pro-text-to-image', { resolution: '2K' }), 7)
    assert.equal(credits('kling-2.6/text-to-video', { duration: '5' }), 'incomplete')
  })

  test('does not take a value of another type for the same value', () => {
    assert.equal(credits('veo3_fast', { resolution: '1080P' }), 'no-rule')
    assert.equal(credits('kling/v2-1-pro', { duration: 5 }), 'no-rule')
  })

  test('quotes no combination that has no price', () => {
    const input = { resolution: '1080P', duration: '10' }
    assert.equal(credits('hailuo/2-3-image-to-video-pro', input), 'no-rule')
  })

  test('quotes nothing that is not sold', () => {
    for (const m of models.filter((m) => !isSold(m)))
      assert.equal(credits(m.id, { n_frames: '10', size: 'high' }), 'not-sold', m.id)
  })

  test('quotes what the operator has switched on like the rest', () => {
    const delisted = model('sora-2-text-to-video')
    const input = { prompt: 'x', n_frames: '10' }
    const on = { ...rates, switchedOn: new Set([delisted.id]) }
    assert.deepEqual(quotePrice(delisted, input, rates), { unpriced: 'not-sold' })
    const price = quotePrice(delisted, input, on)
    assert.ok('kopecks' in price && price.kopecks > 0)
    const from = fromPrice(delisted, on)
    assert.ok('kopecks' in from && from.kopecks <= price.kopecks)
    assert.ok(optionPrices(delisted, 'n_frames', {}, on).length > 1)
    const unpriced = { ...rates, switchedOn: new Set(['sora-2-characters']) }
    assert.ok('unpriced' in fromPrice(model('sora-2-characters'), unpriced))
  })

  test('multiplies by pictures, also when the number is text', () => {
    const input = { rendering_speed: 'TURBO', num_images: '3' }
    assert.equal(credits('ideogram/character', input), 36)
    assert.equal(credits('bytedance/seedream-v4-edit', { max_images: 4 }), 20)
  })

  test('counts started seconds of the file, at most the documented length', () => {
    const m = 'infinitalk/from-audio'
    assert.equal(credits(m, {}), 'unmeasured')
    assert.equal(credits(m, {}, lengthOf('image_url', 10)), 'unmeasured')
    assert.equal(credits(m, {}, lengthOf('audio_url', 4.2)), 15)
    assert.equal(credits(m, { resolution: '720p' }, lengthOf('audio_url', 300)), 180)
    assert.equal(credits('topaz/video-upscale', {}, lengthOf('video_url', 61)), 488)
    assert.equal(credits('elevenlabs/audio-isolation', {}, lengthOf('audio_url', 0.1)), 0.2)
  })

  test('counts seconds of a clip length given as number or as text', () => {
    assert.equal(credits('grok-imagine/text-to-video', { resolution: '720p', duration: 7 }), 31.5)
    assert.equal(credits('grok-imagine/image-to-video', { duration: '10' }), 24)
    assert.equal(credits('grok-imagine/image-to-video', {}), 14.4)
  })

  test('counts characters as people do, without float drift', () => {
    const m = 'elevenlabs/text-to-speech-turbo-2-5'
    assert.equal(credits(m, {}), 'incomplete')
    assert.equal(credits(m, { text: 'я'.repeat(333) }), 1.998)
    assert.equal(credits(m, { text: '🙂'.repeat(10) }), 0.06)
  })

  test('derives the clip length from its frames', () => {
    const m = 'wan/2-2-a14b-speech-to-video-turbo'
    assert.equal(credits(m, {}), 60)
    assert.equal(credits(m, { num_frames: 120, frames_per_second: 16 }), 96)
  })

  test('sizes an enlarged picture, or estimates', () => {
    const image = (width: number, height: number): Measures => ({
      media: { image_url: [{ width, height }] },
    })
    const m = 'topaz/image-upscale'
    assert.equal(credits(m, { upscale_factor: '2' }), 20)
    assert.equal(credits(m, { upscale_factor: '2' }, image(1000, 700)), 10)
    assert.equal(credits(m, { upscale_factor: '4' }, image(1000, 700)), 20)
    assert.equal(credits(m, { upscale_factor: '4' }, image(700, 1280)), 40)
  })

  test('asks for the resolution of the earlier result where it matters', () => {
    const m = 'grok-imagine/upscale'
    assert.equal(credits(m, { resolution: '1080p' }), 'unmeasured')
    assert.equal(credits(m, { resolution: '1080p' }, { sourceResolution: '720p' }), 20)
    assert.equal(credits(m, { resolution: '720p' }, { sourceResolution: '720p' }), 'no-rule')
  })

  test('gives free models away but knows what they cost the house', () => {
    const cost = (id: string, input = {}) => quoteCredits(model(id), input)
    const free = { credits: 0, basis: 'exact' }
    assert.deepEqual(cost('z-image', { aspect_ratio: '1:1' }), { ...free, houseCredits: 0.8 })
    assert.deepEqual(cost('qwen/text-to-image'), { ...free, houseCredits: 4 })
    assert.deepEqual(cost('qwen/image-edit', { num_images: '3' }), { ...free, houseCredits: 18 })
    assert.equal(models.filter((m) => m.free && isSold(m)).length, 4)
  })

  test('says when the provider may count differently', () => {
    const basis = (id: string, input = {}) => {
      const quote = quoteCredits(model(id), input)
      return 'basis' in quote ? quote.basis : quote.unpriced
    }
    assert.equal(basis('google/imagen4'), 'exact')
    assert.equal(basis('bytedance/seedream-v4-edit', { max_images: 1 }), 'exact')
    assert.equal(basis('bytedance/seedream-v4-edit', { max_images: 2 }), 'estimate')
    assert.equal(basis('topaz/image-upscale', { upscale_factor: '1' }), 'estimate')
  })
})

describe('priceKopecks', () => {
  test('is exact: equal to the fraction rounded half up, and at least a kopeck', () => {
    const thousandths = fc.integer({ min: 0, max: 10_000_000 })
    const hundredths = fc.integer({ min: 1, max: 100_000 })
    fc.assert(
      fc.property(thousandths, hundredths, hundredths, (milli, rate, markup) => {
        // kopecks = milli/1000 × 0.005 × rate/100 × markup/100 × 100
        const numerator = BigInt(milli) * BigInt(rate) * BigInt(markup)
        const denominator = 20_000_000n
        const twice = (2n * numerator + denominator) / (2n * denominator)
        const usdRubRate = Number(
          `${Math.floor(rate / 100)}.${String(rate % 100).padStart(2, '0')}`,
        )
        const actual = priceKopecks(milli / 1000, { usdRubRate, markup: markup / 100 })
        assert.equal(actual, milli > 0 ? Math.max(1, Number(twice)) : 0)
      }),
    )
  })

  test('rounds half a kopeck up where floats would not', () => {
    assert.equal(priceKopecks(1, { usdRubRate: 2.01, markup: 1 }), 1)
    assert.equal(priceKopecks(0.7, { usdRubRate: 90, markup: 1 }), 32)
    assert.equal(priceKopecks(201, { usdRubRate: 0.01, markup: 1 }), 1)
    assert.equal(priceKopecks(3, { usdRubRate: 1e-7, markup: 1e8 }), 15)
  })

  test('gives the predecessor the same figures', () => {
    for (const [amount, kopecks] of [
      [0.8, 63],
      [18, 1414],
      [4, 314],
      [104.5, 8211],
      [55, 4321],
    ] as const)
      assert.equal(priceKopecks(amount, rates), kopecks)
  })

  test('refuses what is no amount', () => {
    assert.throws(() => priceKopecks(-1, rates), RangeError)
    assert.throws(() => priceKopecks(Number.NaN, rates), RangeError)
    assert.throws(() => priceKopecks(1, { usdRubRate: Number.POSITIVE_INFINITY, markup: 1 }))
    assert.throws(() => priceKopecks(1e15, { usdRubRate: 1e6, markup: 2 }), RangeError)
  })
})

describe('prices of list, card, buttons and preview', () => {
  for (const m of models.filter(isSold)) {
    test(`agree for ${m.id}`, () => {
      const quotes = orders(m).map((o) => ({ o, price: quotePrice(m, o, rates, measured) }))
      const priced = quotes.flatMap((q) => ('kopecks' in q.price ? [q.price.kopecks] : []))
      assert.ok(priced.length > 0, 'nothing can be ordered')

      const list = fromPrice(m, rates)
      if (m.id === 'grok-imagine/upscale') assert.deepEqual(list, { unpriced: 'unmeasured' })
      else {
        assert.ok('kopecks' in list)
        const assumed = ['topaz/image-upscale', 'wan/2-2-a14b-speech-to-video-turbo']
        if (!assumed.includes(m.id)) assert.equal(list.kopecks, Math.min(...priced))
        if (new Set(priced).size === 1) assert.equal(list.varies, false)
      }

      for (const { o, price } of quotes) {
        const { credits = 0 } = 'credits' in price ? price : {}
        if ('kopecks' in price) assert.equal(price.kopecks, priceKopecks(credits, rates))
        for (const field of priceFields(m)) {
          if (m.price.derived || measuredMedia(m).length > 0) continue
          const button = optionPrices(m, field, o, rates).find((p) => p.value === o[field])
          if (button && 'kopecks' in price) assert.equal(button.kopecks, price.kopecks)
          if (button) assert.ok('kopecks' in price, `${field} has a price but the order has none`)
        }
      }
    })
  }

  test('stay within what such a thing may cost', () => {
    const bands: Partial<Record<Category, readonly [number, number]>> = {
      image: [0.5, 100],
      'image-edit': [3, 110],
      enhance: [0.5, 50],
      video: [2, 600],
      avatar: [2, 720],
      audio: [0.1, 10],
    }
    for (const m of models.filter(isSold)) {
      const [least, most] = bands[m.category] ?? assert.fail(m.category)
      for (const order of orders(m)) {
        const quote = quoteCredits(m, order, measured)
        if ('unpriced' in quote) continue
        const { houseCredits } = quote
        assert.ok(houseCredits >= least && houseCredits <= most, `${m.id}: ${houseCredits}`)
      }
    }
  })
})

describe('optionPrices', () => {
  test('prices each value next to the other answers', () => {
    const at = (input: Record<string, unknown>) =>
      optionPrices(model('bytedance/v1-pro-text-to-video'), 'duration', input, rates).map((p) => [
        p.value,
        p.kopecks,
      ])
    assert.deepEqual(at({}), [
      ['5', 2357],
      ['10', 4714],
    ])
    assert.deepEqual(at({ resolution: '1080p' }), [
      ['5', 5500],
      ['10', 11000],
    ])
  })

  test('starts from the cheapest while a required answer is open', () => {
    const prices = optionPrices(model('kling-2.6/text-to-video'), 'duration', {}, rates)
    assert.deepEqual(prices[0], { value: '5', kopecks: 4321, per: 'run', varies: true })
  })

  test('leaves out values that have no price', () => {
    const m = model('hailuo/2-3-image-to-video-pro')
    assert.deepEqual(optionPrices(m, 'duration', { resolution: '1080P' }, rates), [])
  })

  test('is empty for fields that do not move the price', () => {
    assert.deepEqual(optionPrices(model('z-image'), 'aspect_ratio', {}, rates), [])
    assert.deepEqual(optionPrices(model('nano-banana-pro'), 'aspect_ratio', {}, rates), [])
  })

  test('prices a second where the file decides the length', () => {
    const [low, high] = optionPrices(model('infinitalk/from-audio'), 'resolution', {}, rates)
    assert.deepEqual(low, { value: '480p', kopecks: 236, per: 'second', varies: false })
    assert.equal(high?.kopecks, 943)
  })
})

describe('formatRub', () => {
  test('writes amounts as the language does', () => {
    assert.equal(formatRub(1234, 'ru'), '12,34\u00a0₽')
    assert.equal(formatRub(123_456_789, 'ru'), '1\u00a0234\u00a0567,89\u00a0₽')
    assert.equal(formatRub(123_405, 'en'), '1,234.05\u00a0₽')
    assert.equal(formatRub(-5, 'ru'), '−0,05\u00a0₽')
    assert.equal(formatRub(0, 'ru'), '0,00\u00a0₽')
  })

  test('calls a price of nothing free', () => {
    assert.equal(formatPrice(0, 'ru'), 'бесплатно')
    assert.equal(formatPrice(0, 'en'), 'free')
    assert.equal(formatPrice(100, 'en'), '1.00\u00a0₽')
  })
})

describe('the price of whatever can be ordered', () => {
  const sold = allModels.filter((m) => canBeBegun(m, rates))
  const priced = (m: Model, answers: Answers) => {
    const quote = quotePrice(m, answers, rates, measuresOf(answers))
    return 'unpriced' in quote ? assert.fail(`${m.id}: ${quote.unpriced}`) : quote
  }

  test('is there for every answer that is taken, and never below cost', () => {
    for (const m of sold) {
      for (let n = 0; n < 12; n += 1) {
        const { kopecks, houseCredits } = priced(m, walk(m, createDraw(n)) as Answers)
        if (m.free) assert.equal(kopecks, 0, m.id)
        else assert.ok(kopecks > 0, m.id)
        assert.ok(houseCredits > 0, m.id)
        const cost = houseCredits * 0.005 * rates.usdRubRate * 100
        assert.ok(m.free || kopecks >= cost, `${m.id}: ${kopecks} kopecks, its cost is ${cost}`)
      }
    }
  })

  test('does not fall when a result, a clip or a sound plays longer', () => {
    for (const m of sold) {
      for (let n = 0; n < 6; n += 1) {
        const answers = walk(m, createDraw(n)) as Answers
        const atLength = (seconds: number): Answers =>
          Object.fromEntries(
            Object.entries(answers).map(([field, value]) => {
              const files = filesOf(value).map((file) => ({ ...file, duration: seconds }))
              if (files.length === 0) return [field, value]
              return [field, Array.isArray(value) ? files : (files[0] as (typeof files)[number])]
            }),
          )
        const byFiles = [2.5, 3, 7.2, 15].map((seconds) => priced(m, atLength(seconds)).kopecks)
        assert.deepEqual(
          byFiles,
          byFiles.toSorted((a, b) => a - b),
          m.id,
        )
        const { duration } = Object.fromEntries(questionsOf(m, answers).map((q) => [q.field, q]))
        const lengths = (duration?.options ?? []).map(({ value }) => value)
        const rising = lengths.toSorted((a, b) => Number(a) - Number(b))
        const byLength = rising.flatMap((value) => {
          const quote = quotePrice(m, { ...answers, duration: value }, rates, measuresOf(answers))
          return 'unpriced' in quote ? [] : [quote.kopecks]
        })
        assert.deepEqual(
          byLength,
          byLength.toSorted((a, b) => a - b),
          `${m.id} by its length`,
        )
      }
    }
  })

  describe('of a model with terms of its own', () => {
    const m = model('google/nano-banana')
    const order = { prompt: 'A cat', output_format: 'png', image_size: '1:1' }
    const at = (terms: ModelTerms, more: Partial<Rates> = {}) => {
      const own = { ...rates, ...more, terms: new Map([[m.id, terms]]) }
      const [quote, list] = [quotePrice(m, order, own), fromPrice(m, own)]
      assert.ok('kopecks' in quote && 'kopecks' in list)
      return { order: quote.kopecks, full: quote.fullKopecks, list: list.kopecks }
    }

    test('follows its markup in orders and in lists alike, and no other model’s price moves', () => {
      const usual = at({})
      const dearer = at({ markup: 4 })
      assert.ok(Math.abs(dearer.order - 2 * usual.order) <= 1)
      assert.equal(dearer.list, dearer.order)
      const terms = new Map([[m.id, { markup: 4 }]])
      for (const other of allModels.filter((one) => one !== m)) {
        assert.deepEqual(fromPrice(other, { ...rates, terms }), fromPrice(other, rates))
      }
    })

    test('is never below cost, whatever was decided and however the rates have moved since', () => {
      const cost = priceKopecks(credits(m.id, order) as number, { ...rates, markup: 1 })
      assert.equal(at({ markup: 0.2 }).order, cost)
      assert.equal(at({ markup: 1 }, { leastMarkup: 1.5 }).order, Math.round(cost * 1.5))
    })

    test('is nothing while it is free, and the full price is still known', () => {
      const { order: now, full, list } = at({ isFree: true })
      assert.deepEqual([now, list, full], [0, 0, at({}).order])
    })

    test('stays while it is paused: only orders are refused', () => {
      const paused = { ...rates, terms: new Map([[m.id, { isPaused: true }]]) }
      assert.equal(at({ isPaused: true }).order, at({}).order)
      assert.ok(!canBeBegun(m, paused) && canBeBegun(m, rates))
      const refused = priceOrder({ modelId: m.id, answers: order }, paused)
      assert.deepEqual(refused, { refusal: 'model-paused' })
    })
  })

  /** What others paid for real orders, or what the provider's page works out as an example. */
  const paid: readonly [string, Record<string, unknown>, number, Measures?][] = [
    ['bytedance/seedance-2-5', { resolution: '480p', duration: 4 }, 112],
    ['google/gemini-omni-flash-1-1', { resolution: '720p', duration: '4' }, 63],
    [
      'kling-3.0-omni/text-to-video',
      { duration: 5, resolution: '720p', generate_audio: false },
      70,
    ],
    ['kling-3.0-omni/transformation', { resolution: '720p' }, 100, lengthOf('video_urls', 5)],
    ['nano-banana-2-lite', {}, 4],
    ['gpt-image-2-5-flare-text-to-image', { resolution: '1K' }, 6],
    ['wan/3-0-video', { resolution: '480P', duration: 2 }, 16],
    [
      'wan/3-0-video',
      { resolution: '480P', duration: 2, reference_video_urls: [{ kind: 'video', duration: 3 }] },
      40,
      lengthOf('reference_video_urls', 3),
    ],
    ['ai-music-api/generate', {}, 12],
    ['ai-music-api/generate-lyrics', {}, 0.4],
  ]
  for (const [id, answers, expected, measures] of paid) {
    test(`is what was paid: ${id} ${JSON.stringify(answers)}`, () => {
      assert.equal(credits(id, answers, measures), expected)
    })
  }
})
