import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { modelFiles } from '../../../models/files.ts'
import {
  allModels,
  categories,
  hasPrice,
  isOlder,
  isSold,
  type Model,
  modelById,
  modelBySlug,
  needsEarlierResult,
  readModel,
  successorOf,
} from '../../../src/machines/catalogue/catalogue.ts'
import { foundingModels } from '../../../src/machines/catalogue/founding.ts'
import { quoteCredits } from '../../../src/machines/catalogue/pricing.ts'
import { questionsOf } from '../../../src/machines/catalogue/questions.ts'
import { validateCatalogue } from '../../../src/machines/catalogue/validation.ts'

const model = (id: string): Model => modelById(id) ?? assert.fail(`no model ${id}`)
const count = (values: readonly string[]) =>
  Object.fromEntries([...new Set(values)].map((v) => [v, values.filter((w) => w === v).length]))

const file = (path: string) =>
  modelFiles.catalogue.find((one) => one.path === path)?.json ?? assert.fail(path)
const drawing = file('catalogue/z-image.json') as Record<string, Record<string, object>>

/** What the checks say of a shelf with this file alone. */
const faultsOf = (json: unknown) =>
  validateCatalogue({ ...modelFiles, catalogue: [{ path: 'catalogue/x.json', json }] })

describe('the founding list', () => {
  test('has 72 models of 18 providers in the seven groups, four of them free', () => {
    assert.equal(new Set(foundingModels.map((m) => m.id)).size, 72)
    assert.equal(new Set(foundingModels.map((m) => m.provider)).size, 18)
    assert.deepEqual(count(foundingModels.map((m) => m.category)), {
      image: 27,
      video: 23,
      other: 8,
      enhance: 6,
      audio: 4,
      avatar: 2,
      music: 2,
    })
    assert.deepEqual(
      foundingModels
        .filter((m) => m.free)
        .map((m) => m.id)
        .sort(),
      ['qwen/image-edit', 'qwen/image-to-image', 'qwen/text-to-image', 'z-image'],
    )
  })

  test('is on the shelf to the last one, and 61 can be ordered', () => {
    const here = foundingModels.map(({ id }) => model(id))
    assert.equal(here.filter((m) => isSold(m) && hasPrice(m)).length, 61)
    assert.deepEqual(
      here.filter((m) => m.free).map((m) => m.id),
      foundingModels.filter((m) => m.free).map((m) => m.id),
    )
    for (const id of ['veo3_fast', 'kling/ai-avatar-v1-pro', 'elevenlabs/audio-isolation'])
      assert.ok(isSold(model(id)), id)
    for (const id of ['V4', 'sora-2-text-to-video', 'ideogram/v3-reframe'])
      assert.ok(!isSold(model(id)), id)
  })

  test('says what replaced each that is gone or surpassed, and that is on sale', () => {
    for (const { id, replaced_by: ids } of foundingModels) {
      for (const other of ids)
        assert.ok(isSold(model(other)) && hasPrice(model(other)), `${id}: ${other}`)
    }
    assert.equal(successorOf(model('V4'))?.id, 'ai-music-api/generate')
    assert.equal(successorOf(model('veo3_fast'))?.id, 'veo-3-1')
    assert.equal(successorOf(model('z-image')), undefined)
  })
})

describe('catalogue', () => {
  test('is sound', () => {
    assert.deepEqual(validateCatalogue(), [])
  })

  test('has ids and links that differ, and known groups', () => {
    const slugs = allModels.map((m) => m.slug)
    assert.deepEqual(
      slugs.filter((slug, i) => slugs.indexOf(slug) !== i),
      [],
    )
    for (const m of allModels) {
      assert.match(m.slug, /^[a-z0-9-]{1,60}$/)
      assert.ok(categories.includes(m.category))
    }
  })

  test('counts a surpassed model as older only while its successor is on sale', () => {
    assert.ok(isOlder(model('veo3_fast')))
    assert.ok(!isOlder(model('qwen/text-to-image')), 'what is free stays')
    assert.ok(!isOlder(model('z-image')))
    assert.ok(!isOlder(model('V4')), 'what is gone is no older model')
  })

  test('finds a model by id and by deep link slug', () => {
    assert.equal(modelById('kling/v2-1-pro')?.slug, 'kling-v2-1-pro')
    assert.equal(modelBySlug('veo3-fast')?.id, 'veo3_fast')
    assert.equal(modelBySlug('v4')?.id, 'V4')
    assert.equal(modelBySlug('sora-2-pro-storyboard-index')?.apiModel, 'sora-2-pro-storyboard')
    assert.equal(modelBySlug('nothing'), undefined)
    assert.equal(modelById('__proto__'), undefined)
  })
})

describe('a model file that breaks a rule', () => {
  const input = { ...drawing.input, properties: { ...drawing.input?.properties } }
  const withField = (field: object) => ({
    ...drawing,
    input: { ...input, properties: { ...input.properties, extra: field } },
  })
  const cases: [what: string, json: unknown, line: RegExp][] = [
    ['an unknown key', { ...drawing, colour: 1 }, /^catalogue\/x\.json: .*colour/],
    ['no words', { ...drawing, words: undefined }, /x\.json: words: /],
    ['a missing title', { ...drawing, words: {} }, /x\.json: words\.title: /],
    [
      'words for an input that is not there',
      { ...drawing, words: { title: 'X', fields: { promt: {} } } },
      /words\.fields: there is no input promt/,
    ],
    [
      'a typo in a price rule',
      {
        ...drawing,
        price: { ...drawing.price, credits: [{ when: { resoluton: '1K' }, credits: 1 }] },
      },
      /price\.credits, rule 1: there is no input resoluton/,
    ],
    [
      'a typo in the keys of a price rule',
      {
        ...drawing,
        price: { ...drawing.price, credits: [{ wen: { resolution: '1K' }, credits: 1 }] },
      },
      /price\.credits\.0(\.when)?: (Unrecognized key: "wen"|Invalid input: expected record)/,
    ],
    [
      'a value that never occurs in a price rule',
      {
        ...drawing,
        price: { ...drawing.price, credits: [{ when: { aspect_ratio: '7:7' }, credits: 1 }] },
      },
      /price\.credits, rule 1: aspect_ratio is never "7:7"/,
    ],
    [
      'several types for one input',
      withField({ type: ['string', 'null'], description: 'x', 'x-order': 9 }),
      /input\.properties\.extra\.type: \["string","null"\] must be one type/,
    ],
    [
      'numbers as text',
      withField({ type: 'integer', description: 'x', 'x-order': 9, enum: ['1', '2'] }),
      /input\.properties\.extra\.enum: "1" is no integer/,
    ],
    [
      'a default that is no option',
      withField({ type: 'string', description: 'x', 'x-order': 9, enum: ['a'], default: 'b' }),
      /input\.properties\.extra\.default: "b" is not one of its values/,
    ],
    [
      'a type of file that there is not',
      withField({ type: 'string', description: 'x', 'x-order': 9, 'x-accept': ['image/webp.'] }),
      /input\.properties\.extra\.x-accept\.0: must be a type of file such as image\/png/,
    ],
    ['an unknown family', { ...drawing, family: 'mystery' }, /there is no families\/mystery\.json/],
    ['an unknown successor', { ...drawing, replaced_by: ['nobody'] }, /there is no model nobody/],
  ]
  for (const [what, json, line] of cases)
    test(`is told in one sentence: ${what}`, () => {
      const lines = faultsOf(json)
      assert.ok(
        lines.some((l) => line.test(l)),
        lines.join('\n'),
      )
    })

  test('is told where it is no JSON, or twice the same model', () => {
    const broken = { path: 'catalogue/x.json', fault: 'Unexpected token' }
    const twice = ['a', 'b'].map((name) => ({ path: `catalogue/${name}.json`, json: drawing }))
    const lines = validateCatalogue({ ...modelFiles, catalogue: [broken, ...twice] })
    assert.ok(lines.includes('catalogue/x.json: Unexpected token'))
    assert.ok(lines.includes('catalogue/b.json: has the id of catalogue/a.json'))
  })

  test('still makes a model that can be asked for and priced, whatever is wrong', () => {
    const odd = {
      ...withField({ type: ['integer', 'null'], enum: ['1', '2', null], default: null }),
      words: undefined,
      colour: 1,
      status: 'listed',
    }
    const read = readModel(odd) ?? assert.fail('left out')
    const extra = questionsOf(read).find(({ field }) => field === 'extra')
    assert.deepEqual(
      extra?.options?.map(({ value }) => value),
      [1, 2],
    )
    assert.ok(extra?.title('ru').length)
    assert.ok('credits' in quoteCredits(read, { prompt: 'x', aspect_ratio: '1:1' }))
  })

  test('is no model at all without a name or inputs, and a draft where an order is impossible', () => {
    for (const json of [null, 7, {}, { id: 'x' }, { id: 'x', input: 1 }])
      assert.equal(readModel(json), undefined)
    const needed = { ...drawing, input: { ...input, required: ['prompt', 'nowhere'] } }
    assert.equal(readModel(needed)?.status, 'draft')
    const typo = [{ when: { resoluton: '1K' }, credits: 1 }]
    for (const credits of ['much', typo])
      assert.equal(
        readModel({ ...drawing, price: { ...drawing.price, credits } })?.price.credits,
        null,
      )
  })
})

test('models that continue an earlier result are known by their input', () => {
  assert.ok(needsEarlierResult(model('grok-imagine/upscale')))
  assert.ok(!needsEarlierResult(model('z-image')))
})
