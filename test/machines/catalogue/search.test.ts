import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import synonyms from '../../../models/synonyms.json' with { type: 'json' }
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
    assert.equal(ids('убрать фон')[0], 'recraft/remove-background')
    assert.ok(ids('удалить фон').includes('recraft/remove-background'))
    assert.ok(ids('background removal').includes('recraft/remove-background'))
    assert.ok(ids('озвучить').includes('elevenlabs/text-to-speech-turbo-2-5'))
    assert.ok(ids('Музыка').includes('ai-music-api/generate'))
    assert.ok(ids('оживи фото').includes('kling-2.6/image-to-video'))
    assert.deepEqual(ids('оживить песню'), [])
  })

  test('forgives a slip of the finger where nothing is written like that', () => {
    const pairs = [
      ['клннг', 'клинг'],
      ['kilng', 'kling'],
      ['нано бонана', 'нано банана'],
      ['озвучик', 'озвучка'],
      ['seedence', 'seedance'],
    ] as const
    for (const [typed, meant] of pairs) {
      assert.ok(ids(typed).length > 0, typed)
      assert.deepEqual(ids(typed), ids(meant), typed)
    }
  })

  test('knows wishes and Russian names, and leaves out words that say nothing', () => {
    const wishes = [
      ['замена лица', 'image-to-image'],
      ['хочу мультик из фото', 'image-to-video'],
      ['сделай логотип', 'text-to-image'],
      ['аватар', 'talking-avatar'],
      ['face swap', 'image-to-image'],
      ['нано банана', 'text-or-image-to-image'],
      ['вео', 'text-or-image-to-video'],
      ['сора', 'image-to-video'],
      ['суно', 'text-to-music'],
    ] as const
    for (const [words, task] of wishes) {
      assert.ok(
        findModels(words).some((m) => m.task === task),
        words,
      )
    }
    assert.deepEqual(ids('хочу'), [], 'alone such a word is a word like others')
  })

  test('has synonyms for tasks that exist, and no other', () => {
    const tasks = new Set(allModels.map(({ task }) => task))
    const stray = Object.keys(synonyms.tasks).filter((task) => !tasks.has(task))
    assert.deepEqual(stray, [])
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
