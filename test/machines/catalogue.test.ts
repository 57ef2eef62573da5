import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  categories,
  isSold,
  legacyCategories,
  menuModels,
  modelById,
  modelBySlug,
  models,
  needsEarlierResult,
} from '../../src/machines/catalogue.ts'
import { validateCatalogue } from '../../src/machines/catalogue-validation.ts'

const count = (values: readonly string[]) =>
  Object.fromEntries([...new Set(values)].map((v) => [v, values.filter((w) => w === v).length]))

describe('catalogue', () => {
  test('is sound', () => {
    assert.deepEqual(validateCatalogue(), [])
  })

  test('names the model and the key that break the rules', () => {
    const [line] = validateCatalogue([{ ...models[0], id: 'broken/one', free: 'yes' }])
    assert.match(line ?? '', /^broken\/one: /)
    const first = validateCatalogue([{ id: 'x' }])
    assert.ok(first.some((l) => l.startsWith('x: price')))
  })

  test('has 72 models with unique ids and slugs', () => {
    assert.equal(models.length, 72)
    assert.equal(new Set(models.map((m) => m.id)).size, 72)
    assert.equal(new Set(models.map((m) => m.slug)).size, 72)
    for (const m of models) assert.match(m.slug, /^[a-z0-9-]{1,60}$/)
  })

  test('has 18 legacy providers and the founding seven categories', () => {
    assert.equal(new Set(models.map((m) => m.legacyProvider)).size, 18)
    assert.deepEqual(count(models.map((m) => m.legacyCategory)), {
      image: 27,
      video: 23,
      other: 8,
      enhance: 6,
      audio: 4,
      avatar: 2,
      music: 2,
    })
    assert.deepEqual(new Set(models.map((m) => m.legacyCategory)), new Set(legacyCategories))
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
    assert.equal(menuModels().length, 60)
    assert.equal(categories.flatMap((c) => menuModels(c)).length, 60)
  })

  test('finds a model by id and by deep link slug', () => {
    assert.equal(modelById('kling/v2-1-pro')?.slug, 'kling-v2-1-pro')
    assert.equal(modelBySlug('veo3-fast')?.id, 'veo3_fast')
    assert.equal(modelBySlug('v4')?.id, 'V4')
    assert.equal(modelBySlug('sora-2-pro-storyboard-index')?.apiModel, 'sora-2-pro-storyboard')
    assert.equal(modelBySlug('nothing'), undefined)
    assert.equal(modelById('__proto__'), undefined)
  })

  for (const m of models) {
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
    for (const m of models) {
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
