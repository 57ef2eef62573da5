import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { allModels, needsEarlierResult } from '../../../src/machines/catalogue/catalogue.ts'
import { findModels } from '../../../src/machines/catalogue/search.ts'
import { modelName } from '../../../src/machines/labels/models.ts'

const ids = (words: string) => findModels(words).map((m) => m.id)

describe('the search for models', () => {
  test('finds every model by its name and by its id', () => {
    for (const model of allModels.filter((m) => !needsEarlierResult(m))) {
      assert.ok(findModels(modelName(model)).includes(model), modelName(model))
      assert.ok(findModels(model.id).includes(model), model.id)
    }
  })

  test('finds by what is to be done, in both languages and with other endings', () => {
    assert.deepEqual(ids('убрать фон'), ['recraft/remove-background'])
    assert.ok(ids('удалить фон').includes('recraft/remove-background'))
    assert.ok(ids('background removal').includes('recraft/remove-background'))
    assert.ok(ids('озвучить').includes('elevenlabs/text-to-speech-turbo-2-5'))
    assert.ok(ids('Музыка').includes('ai-music-api/generate'))
    assert.ok(ids('оживи фото').includes('kling-2.6/image-to-video'))
    assert.deepEqual(ids('оживить песню'), [])
  })

  test('wants every word, whatever its case, and puts names first', () => {
    const kling = ids('KLING фото')
    assert.ok(kling.length > 2 && kling.every((id) => id.startsWith('kling')))
    const photos = ids('qwen')
    assert.ok(photos[0]?.startsWith('qwen'))
    assert.equal(new Set(photos).size, photos.length)
  })

  test('finds nothing by a letter, by nothing, or by nonsense', () => {
    for (const words of ['', ' ', 'k', '!?', 'ъъъъ', 'grok imagine upscale']) {
      assert.deepEqual(ids(words), [], words)
    }
  })
})
