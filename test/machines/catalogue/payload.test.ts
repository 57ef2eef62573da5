import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { filesOf, measuresOf } from '../../../src/machines/catalogue/answer-files.ts'
import type { AnswerValue } from '../../../src/machines/catalogue/answers.ts'
import { isSold, type Model, modelById } from '../../../src/machines/catalogue/catalogue.ts'
import {
  buildInput,
  buildRequest,
  isMediaField,
  sentDefaults,
} from '../../../src/machines/catalogue/payload.ts'
import { quoteCredits } from '../../../src/machines/catalogue/pricing.ts'
import examples from '../../fixtures/kie-examples.json' with { type: 'json' }
import { models } from '../../support/founding.ts'
import { fc } from '../../support/properties.ts'
import { walk } from '../../support/wizard.ts'

const ajv = new Ajv2020({ strict: false, allErrors: true })
formats.default(ajv)
const validators = new Map(models.map((m) => [m.id, ajv.compile(m.input)]))

const model = (id: string): Model => modelById(id) ?? assert.fail(`no model ${id}`)

function assertValid(m: Model, input: unknown): void {
  const validate = validators.get(m.id) ?? assert.fail(m.id)
  assert.ok(validate(input), `${m.id}: ${ajv.errorsText(validate.errors)} ${JSON.stringify(input)}`)
}

const seedOf = (m: Model) => (m.id === 'grok-imagine/upscale' ? { task_id: 'task_1' } : {})

describe('buildInput', () => {
  for (const [id, example] of Object.entries(examples as Record<string, Record<string, unknown>>)) {
    test(`passes the documented example of ${id} on unharmed`, () => {
      const m = model(id)
      const fields = Object.entries(example)
      const answers = fields.filter(([f]) => !isMediaField(m, f))
      const uploads = fields.filter(([f]) => isMediaField(m, f)).map(([f, v]) => [f, [v].flat()])
      const input = buildInput(
        m,
        Object.fromEntries(answers) as Record<string, AnswerValue>,
        Object.fromEntries(uploads) as Record<string, string[]>,
      )
      assertValid(m, input)
      assert.deepEqual(input, { ...sentDefaults(m), ...example })
    })
  }

  test('knows an example for every model', () => {
    assert.deepEqual(Object.keys(examples).sort(), models.map((m) => m.id).sort())
  })

  for (const m of models) {
    test(`makes a valid, priced order of whatever the wizard of ${m.id} allows`, () => {
      fc.assert(
        fc.property(fc.infiniteStream(fc.nat(1_000_000)), (stream) => {
          const draw = (n: number) => Math.floor((stream.next().value ?? 0) % Math.max(1, n))
          const answers = walk(m, draw, seedOf(m))
          const uploads = Object.fromEntries(
            Object.entries(answers).map(([field, value]) => [
              field,
              filesOf(value).map((_, i) => `https://files.example/${field}-${i}`),
            ]),
          )
          const input = buildInput(m, answers, uploads)
          assertValid(m, input)
          if (!isSold(m)) return
          const measures = { ...measuresOf(answers), sourceResolution: '480p' }
          const quote = quoteCredits(m, answers, measures)
          assert.ok('credits' in quote, `${m.id}: ${JSON.stringify({ answers, quote })}`)
          assert.deepEqual(quote, quoteCredits(m, input, measures), 'the order changes the price')
        }),
        { numRuns: 40 },
      )
    })
  }

  test('sends defaults only where price or docs need them, never a required one', () => {
    assert.deepEqual(buildInput(model('google/nano-banana'), { prompt: 'x' }), { prompt: 'x' })
    assert.deepEqual(sentDefaults(model('kling-2.6/text-to-video')), {})
    assert.deepEqual(sentDefaults(model('nano-banana-pro')), { resolution: '1K' })
    assert.deepEqual(sentDefaults(model('grok-imagine/text-to-video')), {
      resolution: '480p',
      duration: 6,
    })
    assert.equal(sentDefaults(model('grok-imagine/image-to-video')).duration, '6')
    assert.equal(sentDefaults(model('veo3_fast')).enableTranslation, true)
  })

  test('never sends deprecated or unknown fields', () => {
    const nano = model('google/nano-banana')
    const answers = { prompt: 'x', image_size: '16:9', callBackUrl: 'y', aspect_ratio: '1:1' }
    assert.deepEqual(buildInput(nano, answers), { prompt: 'x', aspect_ratio: '1:1' })
    const veo = buildInput(model('veo3_fast'), { prompt: 'x', enableFallback: true })
    assert.ok(!('enableFallback' in veo))
  })

  test('puts files in as a list or as one address, as the model wants', () => {
    const urls = ['https://files.example/a', 'https://files.example/b']
    const of = (id: string, field: string) => buildInput(model(id), {}, { [field]: urls })[field]
    assert.deepEqual(of('google/nano-banana-edit', 'image_urls'), urls)
    assert.equal(of('qwen/image-edit', 'image_url'), urls[0])
    assert.ok(!('image_url' in buildInput(model('qwen/image-edit'), {}, { image_url: [] })))
  })

  test('takes a link that is the input itself from the answers', () => {
    const video_url = 'https://sora.chatgpt.com/p/s_1'
    const input = buildInput(model('sora-watermark-remover'), { video_url })
    assert.deepEqual(input, { video_url })
  })
})

describe('buildRequest', () => {
  const input = { prompt: 'x' }

  test('nests the input for market models', () => {
    assert.deepEqual(buildRequest(model('z-image'), input, 'https://bot.example/cb'), {
      endpoint: '/api/v1/jobs/createTask',
      body: { model: 'z-image', callBackUrl: 'https://bot.example/cb', input },
    })
  })

  test('sends the name that the provider knows', () => {
    const { body } = buildRequest(model('kling/ai-avatar-v1-pro'), input)
    assert.deepEqual(body, { model: 'kling/ai-avatar-pro', input })
  })

  test('puts the fields next to the model for flat bodies', () => {
    assert.deepEqual(buildRequest(model('veo3_fast'), input, 'https://bot.example/cb'), {
      endpoint: '/api/v1/veo/generate',
      body: { prompt: 'x', model: 'veo3_fast', callBackUrl: 'https://bot.example/cb' },
    })
  })
})
