import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import fc from 'fast-check'
import { filesOf } from '../../../src/machines/catalogue/answer-files.ts'
import {
  categories,
  extraFacts,
  extraModels,
  facts,
  hasPrice,
  isSold,
  type Model,
  modelById,
  modelBySlug,
  models,
  needsEarlierResult,
  successorOf,
} from '../../../src/machines/catalogue/catalogue.ts'
import { buildInput } from '../../../src/machines/catalogue/payload.ts'
import { quotePrice } from '../../../src/machines/catalogue/pricing.ts'
import { validateCatalogue } from '../../../src/machines/catalogue/validation.ts'
import { walk } from '../../support/wizard.ts'

const count = (values: readonly string[]) =>
  Object.fromEntries([...new Set(values)].map((v) => [v, values.filter((w) => w === v).length]))

const ajv = new Ajv2020({ strict: false })
formats.default(ajv)

/** Those that an order can begin with. */
const startable = (all: readonly Model[]) => all.filter((m) => isSold(m) && !needsEarlierResult(m))

describe('extra models', () => {
  const model = (id: string) => modelById(id) ?? assert.fail(`no model ${id}`)
  const fits = (id: string, input: object) => ajv.compile(model(id).input)(input)
  const music = { custom_mode: false, instrumental: false, model: 'V6', prompt: 'rain' }

  test('are counted apart from the 72 and found like them', () => {
    assert.deepEqual(
      extraModels.map((m) => m.id),
      ['veo-3-1', 'ai-music-api/generate'],
    )
    assert.ok(extraModels.every((m) => m.extra) && models.every((m) => !m.extra))
    const ids = [...models, ...extraModels].map((m) => m.id)
    const slugs = [...models, ...extraModels].map((m) => m.slug)
    assert.deepEqual([new Set(ids).size, new Set(slugs).size], [74, 74])
    assert.equal(modelBySlug('ai-music-api-generate')?.id, 'ai-music-api/generate')
    assert.deepEqual(startable(extraModels), extraModels)
  })

  test('succeed models of the 72', () => {
    const of = (id: string) => successorOf(model(id))?.id
    assert.equal(of('V4'), 'ai-music-api/generate')
    assert.equal(of('veo3_fast'), 'veo-3-1')
    assert.equal(of('z-image'), undefined)
  })

  test('have a price only where one is known: the tier of veo-3-1 cannot be chosen', () => {
    const rates = { usdRubRate: 80, markup: 2 }
    assert.equal(hasPrice(model('veo-3-1')), false)
    assert.deepEqual(quotePrice(model('veo-3-1'), { prompt: 'x' }, rates), { unpriced: 'no-price' })
    const song = quotePrice(model('ai-music-api/generate'), music, rates)
    assert.ok('credits' in song && song.credits === 12 && song.kopecks === 960)
  })

  test('take a song by idea or by lyrics, and never a mixture', () => {
    const own = { custom_mode: true, instrumental: false, model: 'V6', style: 'folk', title: 'R' }
    const lyrics = 'la la'
    const id = 'ai-music-api/generate'
    const good = [music, { ...own, lyrics, duration: 60 }, { ...own, instrumental: true }]
    const bad = [
      { ...music, lyrics },
      { ...music, duration: 60 },
      { ...music, model: 'V4' },
      own,
      { ...own, lyrics, prompt: 'x' },
      { ...own, lyrics, duration: 5 },
      { ...own, lyrics, instrumental: true },
      { ...own, lyrics, title: undefined },
    ]
    for (const input of good) assert.ok(fits(id, input), JSON.stringify(input))
    for (const input of bad)
      assert.ok(!fits(id, JSON.parse(JSON.stringify(input))), JSON.stringify(input))
  })

  for (const m of extraModels)
    test(`make a valid order of whatever the wizard of ${m.id} allows`, () => {
      const valid = ajv.compile(m.input)
      fc.assert(
        fc.property(fc.infiniteStream(fc.nat(1_000_000)), (stream) => {
          const draw = (n: number) => Math.floor((stream.next().value ?? 0) % Math.max(1, n))
          const answers = walk(m, draw)
          const uploads = Object.fromEntries(
            Object.entries(answers).map(([field, value]) => [
              field,
              filesOf(value).map((_, i) => `https://files.example/${field}-${i}`),
            ]),
          )
          const input = buildInput(m, answers, uploads)
          assert.ok(valid(input), `${ajv.errorsText(valid.errors)} ${JSON.stringify(input)}`)
        }),
        { numRuns: 60 },
      )
    })
})

describe('catalogue', () => {
  test('is sound', () => {
    assert.deepEqual(validateCatalogue(), [])
  })

  test('names the model and the key that break the rules', () => {
    const [line] = validateCatalogue([{ ...models[0], id: 'broken/one', free: 'yes' }])
    assert.match(line ?? '', /^broken\/one: /)
    const first = validateCatalogue([{ id: 'x' }])
    assert.ok(first.some((l) => l.startsWith('x: price')))
    const [known, added] = [facts[0], extraFacts[0]]
    assert.match(validateCatalogue([{ ...known, extra: true }])[0] ?? '', /legacy_provider/)
    assert.match(validateCatalogue([{ ...added, extra: undefined }])[0] ?? '', /legacy_provider/)
  })

  test('has 72 models with unique ids and slugs', () => {
    assert.equal(models.length, 72)
    assert.equal(new Set(models.map((m) => m.id)).size, 72)
    assert.equal(new Set(models.map((m) => m.slug)).size, 72)
    for (const m of models) assert.match(m.slug, /^[a-z0-9-]{1,60}$/)
  })

  test('has 18 legacy providers and the founding seven categories', () => {
    assert.equal(new Set(models.map((m) => m.legacyProvider)).size, 18)
    assert.deepEqual(count(models.map((m) => String(m.legacyCategory))), {
      image: 27,
      video: 23,
      other: 8,
      enhance: 6,
      audio: 4,
      avatar: 2,
      music: 2,
    })
    assert.deepEqual(new Set(models.map((m) => m.category)), new Set(categories))
    assert.equal(categories.length, 8)
  })

  test('gives exactly four models away', () => {
    assert.deepEqual(
      models
        .filter((m) => m.free)
        .map((m) => m.id)
        .sort(),
      ['qwen/image-edit', 'qwen/image-to-image', 'qwen/text-to-image', 'z-image'],
    )
  })

  test('sells 61 and never a delisted or discontinued one', () => {
    assert.equal(models.filter(isSold).length, 61)
    assert.equal(
      models.find((m) => m.id === 'V4' && isSold(m)),
      undefined,
    )
    assert.ok(models.filter((m) => m.brand === 'Sora 2').every((m) => !isSold(m)))
    for (const id of ['veo3_fast', 'kling/ai-avatar-v1-pro', 'elevenlabs/audio-isolation'])
      assert.ok(isSold(modelById(id) as (typeof models)[0]), id)
  })

  test('keeps models that continue an earlier result out of the menus', () => {
    assert.deepEqual(
      models.filter(needsEarlierResult).map((m) => m.id),
      ['grok-imagine/upscale'],
    )
    assert.equal(startable(models).length, 60)
  })

  test('finds a model by id and by deep link slug', () => {
    assert.equal(modelById('kling/v2-1-pro')?.slug, 'kling-v2-1-pro')
    assert.equal(modelBySlug('veo3-fast')?.id, 'veo3_fast')
    assert.equal(modelBySlug('v4')?.id, 'V4')
    assert.equal(modelBySlug('sora-2-pro-storyboard-index')?.apiModel, 'sora-2-pro-storyboard')
    assert.equal(modelBySlug('nothing'), undefined)
    assert.equal(modelById('__proto__'), undefined)
  })

  for (const m of [...models, ...extraModels]) {
    test(`${m.id} states its docs page, price source and sound fields`, () => {
      assert.match(m.docsUrl, /^https:\/\/docs\.kie\.ai\//)
      assert.ok(m.price.source.length > 10)
      const { properties, required } = m.input
      for (const name of required) assert.ok(properties[name], `${name} is required but unknown`)
      for (const [name, field] of Object.entries(properties)) {
        if (field.default !== undefined && field.enum)
          assert.ok(field.enum.includes(field.default), `${name}: default is not an option`)
        if (field.deprecated) assert.ok(!required.includes(name))
      }
    })
  }

  test('names only real fields and options in price rules', () => {
    for (const m of [...models, ...extraModels]) {
      const { credits, derived, quantity } = m.price
      for (const rule of Array.isArray(credits) ? credits : []) {
        for (const [key, value] of Object.entries(rule.when)) {
          if (key.startsWith('@')) assert.ok(derived?.[key], `${m.id}: ${key}`)
          else {
            const field = m.input.properties[key]
            assert.ok(field, `${m.id}: ${key}`)
            if (field.enum) assert.ok(field.enum.includes(value), `${m.id}: ${key}=${value}`)
            else assert.equal(typeof value, field.type, `${m.id}: ${key}`)
          }
        }
      }
      for (const key of ['field', 'mediaField', 'timesField', 'maxField'] as const) {
        const name = quantity?.[key]
        if (name) assert.ok(m.input.properties[name], `${m.id}: ${key} ${name}`)
      }
    }
  })
})
