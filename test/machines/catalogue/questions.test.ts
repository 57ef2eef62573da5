import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { allModels, type Model, modelById } from '../../../src/machines/catalogue/catalogue.ts'
import {
  hiddenFields,
  isAsked,
  nextRequired,
  type Question,
  questionsOf,
  requiredNow,
  staleAnswers,
} from '../../../src/machines/catalogue/questions.ts'
import { models } from '../../support/founding.ts'

const model = (id: string): Model => modelById(id) ?? assert.fail(`no model ${id}`)

const question = (id: string, field: string, answers = {}): Question =>
  questionsOf(model(id), answers).find((q) => q.field === field) ?? assert.fail(`no ${field}`)

const valuesOf = (q: Question) => q.options?.map((o) => o.value)

const photo = { kind: 'photo', fileId: 'f', uniqueId: 'u', size: 1000 }

describe('questionsOf', () => {
  test('asks for what is required first, then the optional, then the advanced', () => {
    for (const m of models) {
      const ranks = questionsOf(m).map((q) => (q.required ? 0 : q.advanced ? 2 : 1))
      assert.deepEqual(ranks, ranks.toSorted(), m.id)
    }
    assert.deepEqual(
      questionsOf(model('z-image')).map((q) => q.field),
      ['prompt', 'aspect_ratio'],
    )
  })

  test('asks for every required field, save those that an earlier result gives', () => {
    for (const m of models) {
      const asked = new Set(questionsOf(m).map((q) => q.field))
      const missing = m.input.required.filter((f) => !asked.has(f))
      assert.deepEqual(missing, m.id === 'grok-imagine/upscale' ? ['task_id'] : [], m.id)
    }
  })

  test('decides on each of the 85 fields: asked or hidden', () => {
    const all = new Set(models.flatMap((m) => Object.keys(m.input.properties)))
    assert.equal(all.size, 85)
    const everywhere = allModels.flatMap((m) => Object.keys(m.input.properties))
    for (const f of hiddenFields) assert.ok(everywhere.includes(f), `${f} exists nowhere`)
    const asked = new Set(models.flatMap((m) => questionsOf(m).map((q) => q.field)))
    const unasked = [...all].filter((f) => !asked.has(f) && !hiddenFields.has(f))
    assert.deepEqual(unasked, ['enableFallback'])
  })

  test('never asks for deprecated or hidden fields', () => {
    for (const m of models)
      for (const q of questionsOf(m)) {
        assert.ok(!m.input.properties[q.field]?.deprecated, `${m.id}: ${q.field}`)
        assert.ok(!hiddenFields.has(q.field), `${m.id}: ${q.field}`)
      }
    assert.equal(isAsked(model('google/nano-banana'), 'image_size'), false)
    assert.equal(isAsked(model('qwen/image-edit'), 'image_size'), true)
  })

  test('never fills a required question from its default', () => {
    for (const m of models)
      for (const q of questionsOf(m)) if (q.required) assert.equal(q.default, undefined, m.id)
    assert.equal(question('z-image', 'aspect_ratio').default, undefined)
  })

  test('preselects the documented default of an optional choice', () => {
    assert.equal(question('nano-banana-pro', 'resolution').default, '1K')
    assert.equal(question('hailuo/02-image-to-video-standard', 'duration').default, '10')
    assert.equal(question('grok-imagine/image-to-video', 'duration').default, '6')
  })

  test('offers every value of a choice in its exact type', () => {
    for (const m of models)
      for (const q of questionsOf(m)) {
        const schema = m.input.properties[q.field]
        if (q.kind === 'toggle') assert.deepEqual(valuesOf(q), [true, false])
        if (q.kind !== 'choice' || q.field === 'language_code') continue
        if (q.field === 'mode' && m.id === 'grok-imagine/image-to-video') continue
        // Frames are asked for as seconds.
        if (q.field === 'num_frames') continue
        assert.deepEqual(valuesOf(q), schema?.enum, `${m.id}: ${q.field}`)
      }
    assert.deepEqual(valuesOf(question('veo3_fast', 'duration')), [4, 6, 8])
    assert.deepEqual(valuesOf(question('kling/v2-1-pro', 'duration')), ['5', '10'])
    assert.deepEqual(valuesOf(question('ideogram/character', 'num_images')), ['1', '2', '3', '4'])
  })

  test('asks for a number in the type that the model takes', () => {
    const text = question('grok-imagine/image-to-video', 'duration')
    assert.equal(text.kind, 'number')
    assert.equal(text.asText, true)
    assert.deepEqual([text.min, text.max], [6, 30])
    assert.deepEqual(valuesOf(text), ['6', '10', '15', '20', '30'])
    const number = question('grok-imagine/text-to-video', 'duration')
    assert.equal(number.asText, undefined)
    assert.deepEqual(valuesOf(number), [6, 10, 15, 20, 30])
    assert.equal(question('google/imagen4', 'seed').asText, true)
    assert.equal(question('google/imagen4-fast', 'seed').asText, undefined)
  })

  test('describes the files it takes', () => {
    const one = question('qwen/image-edit', 'image_url')
    assert.equal(one.kind, 'media')
    assert.deepEqual(one.media, {
      kind: 'image',
      accept: ['image/jpeg', 'image/png', 'image/webp'],
      maxSizeMb: 10,
      maxLinkMb: 10,
      minItems: 1,
      maxItems: 1,
      needsDuration: false,
      needsSides: false,
    })
    assert.equal(question('kling-2.6/image-to-video', 'image_urls').kind, 'media')
    const many = question('google/nano-banana-edit', 'image_urls')
    assert.equal(many.kind, 'media-list')
    assert.equal(many.media?.maxItems, 10)
    assert.equal(question('recraft/remove-background', 'image').media?.minSidePx, 256)
  })

  test('asks for files of known length where the length sets the price', () => {
    assert.equal(question('infinitalk/from-audio', 'audio_url').media?.needsDuration, true)
    assert.equal(question('infinitalk/from-audio', 'image_url').media?.needsDuration, false)
    assert.equal(question('topaz/video-upscale', 'video_url').media?.needsDuration, true)
  })

  test('takes no file larger than a bot can fetch', () => {
    for (const m of models)
      for (const q of questionsOf(m)) assert.ok((q.media?.maxSizeMb ?? 1) <= 20, m.id)
  })
})

describe('conditions between fields', () => {
  const grok = 'grok-imagine/image-to-video'
  const hailuo = 'hailuo/2-3-image-to-video-pro'

  test('make pictures required where only an earlier task could replace them', () => {
    assert.deepEqual(requiredNow(model(grok), {}), ['image_urls'])
    assert.deepEqual(requiredNow(model(grok), { task_id: 'task_1' }), [])
  })

  test('leave pictures out when an earlier task is continued', () => {
    const fields = questionsOf(model(grok), { task_id: 'task_1' }).map((q) => q.field)
    assert.ok(!fields.includes('image_urls'))
    assert.deepEqual(valuesOf(question(grok, 'mode', { task_id: 'task_1' })), [
      'fun',
      'normal',
      'spicy',
    ])
  })

  test('offer no bold mood with own pictures, and one picture in the sharpest clip', () => {
    assert.deepEqual(valuesOf(question(grok, 'mode')), ['fun', 'normal'])
    assert.equal(question(grok, 'image_urls').media?.maxItems, 7)
    const sharp = question(grok, 'image_urls', { resolution: '1080p' })
    assert.equal(sharp.media?.maxItems, 1)
    assert.equal(sharp.kind, 'media-list')
  })

  test('shorten the sharp clip of Hailuo 2.3', () => {
    assert.deepEqual(valuesOf(question(hailuo, 'duration')), ['6', '10'])
    assert.deepEqual(valuesOf(question(hailuo, 'duration', { resolution: '1080P' })), ['6'])
  })

  test('tie photos of Veo to the way they are used', () => {
    const veo = model('veo3_fast')
    const way = (generationType: string) => ({ prompt: 'x', generationType })
    assert.deepEqual(requiredNow(veo, {}), ['prompt'])
    assert.deepEqual(requiredNow(veo, way('REFERENCE_2_VIDEO')), ['imageUrls', 'prompt'])
    const text = questionsOf(veo, way('TEXT_2_VIDEO')).map((q) => q.field)
    assert.ok(!text.includes('imageUrls'))
    assert.equal(question('veo3_fast', 'imageUrls').media?.maxItems, 2)
    const reference = way('REFERENCE_2_VIDEO')
    assert.equal(question('veo3_fast', 'imageUrls', reference).media?.maxItems, 3)
    assert.deepEqual(valuesOf(question('veo3_fast', 'duration', reference)), [8])
  })

  test('ask for words, genre and title of an own song only', () => {
    const song = model('V4')
    const idea = { customMode: false, instrumental: false }
    assert.deepEqual(requiredNow(song, {}).toSorted(), ['customMode', 'instrumental'])
    assert.ok(requiredNow(song, idea).includes('prompt'))
    assert.ok(!requiredNow(song, idea).includes('style'))
    assert.equal(question('V4', 'prompt', idea).maxLength, 500)
    const own = { customMode: true, instrumental: false }
    for (const f of ['prompt', 'style', 'title']) assert.ok(requiredNow(song, own).includes(f), f)
    assert.equal(question('V4', 'prompt', own).maxLength, 3000)
    const tune = { customMode: true, instrumental: true }
    assert.ok(!requiredNow(song, tune).includes('prompt'))
  })
})

describe('nextRequired', () => {
  test('goes through the required questions and ends', () => {
    const m = model('qwen/image-edit')
    assert.equal(nextRequired(m, {})?.field, 'image_url')
    assert.equal(nextRequired(m, { image_url: photo })?.field, 'prompt')
    assert.equal(nextRequired(m, { prompt: 'x', image_url: photo }), undefined)
  })

  test('takes false for an answer', () => {
    const m = model('kling-2.6/text-to-video')
    const answers = { prompt: 'x', aspect_ratio: '1:1', duration: '5' }
    assert.equal(nextRequired(m, answers)?.field, 'sound')
    assert.equal(nextRequired(m, { ...answers, sound: false }), undefined)
  })
})

describe('staleAnswers', () => {
  test('names answers that a later one made impossible', () => {
    const hailuo = model('hailuo/2-3-image-to-video-standard')
    assert.deepEqual(staleAnswers(hailuo, { duration: '10', resolution: '768P' }), [])
    assert.deepEqual(staleAnswers(hailuo, { duration: '10', resolution: '1080P' }), ['duration'])
    const grok = model('grok-imagine/image-to-video')
    const two = { image_urls: [photo, photo], resolution: '1080p' }
    assert.deepEqual(staleAnswers(grok, two), ['image_urls'])
    assert.deepEqual(staleAnswers(grok, { ...two, resolution: '720p' }), [])
    const veo = model('veo3_fast')
    const dropped = { imageUrls: [photo], generationType: 'TEXT_2_VIDEO' }
    assert.deepEqual(staleAnswers(veo, dropped), ['imageUrls'])
  })

  test('names a lyric that is too long for a mere idea', () => {
    const answers = { prompt: 'ы'.repeat(501), customMode: false, instrumental: true }
    assert.deepEqual(staleAnswers(model('V4'), answers), ['prompt'])
  })

  test('leaves answers alone that no question asked for', () => {
    assert.deepEqual(staleAnswers(model('grok-imagine/upscale'), { task_id: 't' }), [])
  })
})
