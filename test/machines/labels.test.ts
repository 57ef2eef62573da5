import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { missingWords } from '../../src/checks/audit.ts'
import {
  allModels,
  categories,
  type Model,
  modelById,
} from '../../src/machines/catalogue/catalogue.ts'
import { fromPrice } from '../../src/machines/catalogue/pricing.ts'
import { isAsked, questionsOf } from '../../src/machines/catalogue/questions.ts'
import type { Scalar } from '../../src/machines/catalogue/schema.ts'
import { answerLabel } from '../../src/machines/labels/answers.ts'
import { categoryWords } from '../../src/machines/labels/categories.ts'
import { fieldWords, fieldWordsSource } from '../../src/machines/labels/fields.ts'
import { modelSummary, modelTitle, successorTitle } from '../../src/machines/labels/models.ts'
import { optionLabel, optionWordsSource } from '../../src/machines/labels/options.ts'
import { priceLabel } from '../../src/machines/labels/prices.ts'
import { pluralRu } from '../../src/machines/labels/words.ts'
import type { Language } from '../../src/machines/texts/translate.ts'

const models = allModels

const languages: readonly Language[] = ['ru', 'en']

const model = (id: string): Model => modelById(id) ?? assert.fail(`no model ${id}`)

/** Names of fields that are no words of ordinary English. */
const technicalNames = new Set(
  models.flatMap((m) => Object.keys(m.input.properties)).filter((f) => /_|[a-z][A-Z]/.test(f)),
)

const jargon =
  /\b(kie|prompts?|urls?|api|json|tokens?|parameters?|boolean|enum|cfg|seed|nsfw|upscal\w*)\b/i

/** Latin letters that Russian texts may hold: brands, picture sizes, file types. */
const latin = new RegExp(
  `\\b(${[
    ['\\d+[pK]', 'V\\d', 'PNG', 'JPG', 'MP3', 'PCM', 'ULAW', 'ALAW', 'OPUS'],
    ['Z-Image', 'Imagen', 'Nano Banana', 'Veo', 'Qwen Image', 'Seedream', 'FLUX', 'Ideogram'],
    ['Grok Imagine', 'Recraft', 'Topaz', 'Kling', 'Wan', 'Hailuo', 'Seedance', 'InfiniteTalk'],
    ['ElevenLabs', 'Suno', 'Sora', 'Pro', 'Fast', 'Ultra', 'Flex', 'Master', 'Standard', 'Turbo'],
    ['Lite', 'Animate', 'Avatar', 'Character', 'Crisp', 'Mini', 'Wild', 'Omni', 'Gemini', 'Motion'],
    ['GPT Image', 'Flare', 'Sunburst', 'Remix', 'Image', 'MiniMax H3', 'PixVerse', 'HappyHorse'],
    ['OmniHuman', 'Lip Sync', 'Multilingual', 'Prime', 'Flash', 'Quality', 'WEBP', 'MP4', 'MOV'],
  ]
    .flat()
    .join('|')})\\b`,
  'g',
)

function assertHuman(text: string, language: Language, where: string): void {
  assert.ok(text.trim() === text && text.length > 0, `${where}: empty or untrimmed`)
  assert.doesNotMatch(text, /_/, where)
  assert.doesNotMatch(text, jargon, where)
  for (const name of technicalNames) assert.ok(!text.includes(name), `${where}: ${name}`)
  if (language === 'en') assert.doesNotMatch(text, /\p{Script=Cyrillic}/u, where)
  else assert.doesNotMatch(text.replace(latin, ''), /\p{Script=Latin}/u, `${where}: ${text}`)
}

const optionsOf = (m: Model, field: string): readonly Scalar[] =>
  questionsOf(m)
    .find((q) => q.field === field)
    ?.options?.map(({ value }) => value) ?? []

describe('labels', () => {
  for (const m of models) {
    test(`name every field and value of ${m.id} in plain words`, () => {
      for (const field of Object.keys(m.input.properties).filter((f) => isAsked(m, f))) {
        const { name, ask, hint } = fieldWords(m, field)
        for (const language of languages) {
          const where = `${m.id}: ${field} (${language})`
          for (const text of [name, ask, hint]) assertHuman(text[language], language, where)
          assert.ok(name[language].length <= 30, where)
          assert.ok(ask[language].length <= 60, where)
          assert.ok(hint[language].length <= 90, where)
          const labels = optionsOf(m, field).map((v) => optionLabel(m, field, v, language))
          assert.equal(new Set(labels).size, labels.length, `${where}: two values share a label`)
          for (const label of labels) {
            if (field !== 'voice') assertHuman(label, language, where)
            assert.ok([...label].length <= 40, `${where}: ${label}`)
          }
        }
      }
    })
  }

  test('name what questions offer beyond the listed values', () => {
    for (const m of models)
      for (const q of questionsOf(m))
        for (const option of q.options ?? [])
          for (const language of languages) assert.ok(option.label(language).length <= 40)
  })

  test('keep the names of voices, in both languages', () => {
    const tts = model('elevenlabs/text-to-speech-turbo-2-5')
    const facts = tts.input.properties.voice?.['x-enum-labels'] ?? {}
    for (const id of tts.input.properties.voice?.enum ?? []) {
      for (const language of languages) {
        const [name = ''] = optionLabel(tts, 'voice', id, language).split(' — ')
        assert.ok(facts[String(id)]?.includes(name), `${id}: ${name} is not ${facts[String(id)]}`)
      }
    }
  })

  test('speak of what the task makes of a field', () => {
    const ask = (id: string, field: string) => fieldWords(model(id), field).ask.ru
    assert.equal(ask('z-image', 'prompt'), 'Опишите, что создать')
    assert.notEqual(ask('qwen/image-edit', 'prompt'), ask('z-image', 'prompt'))
    assert.match(ask('infinitalk/from-audio', 'image_url'), /портрет/)
  })

  test('come from the nearest that has them, each part for itself', () => {
    const plain = model('z-image')
    const text = (ru: string) => ({ ru, en: ru })
    const own = {
      ...plain,
      provider: 'elevenlabs',
      words: { title: 'X', fields: { prompt: { hint: text('совсем') } } },
    } as Model
    assert.equal(fieldWords(own, 'prompt').hint.ru, 'совсем')
    assert.equal(fieldWords(own, 'prompt').ask.ru, fieldWords(plain, 'prompt').ask.ru)
    const voice = 'EkK5I93UQWFDigLMpZcX'
    assert.equal(optionLabel(own, 'voice', voice, 'ru'), 'James — хриплый, уверенный')
    assert.equal(optionWordsSource(own, 'voice', voice), 'provider')
  })

  test('are made of the schema where nobody has named a thing, and never fail', () => {
    const field = { type: 'string', description: 'How `warm` it looks. More.', 'x-order': 1 }
    const odd = {
      ...model('z-image'),
      task: 'unheard-of',
      input: { ...model('z-image').input, properties: { warm_tone_url: field } },
    } as unknown as Model
    assert.deepEqual(fieldWords(odd, 'warm_tone_url'), {
      name: { ru: 'Warm tone', en: 'Warm tone' },
      ask: { ru: 'Укажите: warm tone', en: 'Please give: warm tone' },
      hint: { ru: 'How warm it looks.', en: 'How warm it looks.' },
    })
    assert.equal(fieldWordsSource(odd, 'warm_tone_url'), 'schema')
    assert.equal(fieldWordsSource(odd, 'prompt'), 'dictionary')
    assert.equal(optionLabel(odd, 'warm_tone_url', 'first_frame', 'en'), 'First frame')
    assert.equal(optionWordsSource(odd, 'warm_tone_url', 'first_frame'), 'schema')
    assert.match(modelTitle(odd, 'ru'), /^Z-Image — картинка$/)
    assert.deepEqual(missingWords(odd), ['the task unheard-of', 'the input warm_tone_url'])
  })
})

describe('models and groups', () => {
  test('have titles that fit a button and differ', () => {
    for (const language of languages) {
      const titles = models.map((m) => modelTitle(m, language))
      assert.equal(new Set(titles).size, models.length)
      for (const title of titles) {
        assertHuman(title, language, title)
        assert.ok(title.length <= 52, title)
      }
    }
    assert.equal(modelTitle(model('z-image'), 'ru'), 'Z-Image — картинка по описанию')
  })

  test('say in one sentence what goes in and out', () => {
    for (const m of models)
      for (const language of languages) {
        const summary = modelSummary(m, language)
        assertHuman(summary, language, m.id)
        assert.match(summary, /^[^.]+\.$/)
        assert.ok(summary.length <= 110, summary)
      }
  })

  test('name the successor where there is one', () => {
    for (const m of models)
      assert.equal(successorTitle(m) !== undefined, m.replacedBy.length > 0, m.id)
    assert.equal(successorTitle(model('V4')), 'Suno V6')
    assert.equal(successorTitle(model('veo3_fast')), 'Veo 3.1')
  })

  test('have a sign, a title and a line of benefit for every group', () => {
    assert.deepEqual(Object.keys(categoryWords).toSorted(), categories.toSorted())
    for (const category of categories) {
      const { emoji, title, benefit } = categoryWords[category]
      assert.match(emoji, /\p{Extended_Pictographic}/u)
      for (const language of languages) {
        assertHuman(title[language], language, category)
        assertHuman(benefit[language], language, category)
        assert.ok(title[language].length <= 20)
      }
    }
  })
})

describe('answerLabel', () => {
  const label = (id: string, field: string, value: unknown, language: Language = 'ru') =>
    answerLabel(model(id), field, value, language)

  test('shows buttons by their words, numbers and texts as they are', () => {
    assert.equal(label('kling-2.6/text-to-video', 'sound', true), 'Со звуком')
    assert.equal(label('kling-2.6/text-to-video', 'duration', '5'), '5 секунд')
    assert.equal(label('veo3_fast', 'duration', 4, 'en'), '4 seconds')
    assert.equal(label('grok-imagine/image-to-video', 'duration', '21'), '21 секунда')
    assert.equal(label('ideogram/character-remix', 'strength', 0.5), '0,5')
    assert.equal(label('z-image', 'prompt', 'auto'), 'auto')
    assert.equal(label('z-image', 'prompt', 'a\n  fox'), 'a fox')
    assert.equal([...label('z-image', 'prompt', '🦊'.repeat(500))].length, 120)
  })

  test('counts files', () => {
    const photo = { kind: 'photo' }
    assert.equal(label('qwen/image-edit', 'image_url', photo), '1 фото')
    assert.equal(label('google/nano-banana-edit', 'image_urls', [photo, photo], 'en'), '2 photos')
    assert.equal(label('infinitalk/from-audio', 'audio_url', { kind: 'voice' }), '1 запись')
    assert.equal(label('qwen/image-edit', 'image_url', { kind: 'link' }), '1 ссылка')
  })
})

describe('priceLabel', () => {
  const of = (id: string, language: Language) =>
    priceLabel(fromPrice(model(id), { usdRubRate: 78.57, markup: 2 }), language)

  test('says from where and per what', () => {
    assert.equal(of('z-image', 'ru'), 'бесплатно')
    assert.equal(of('google/imagen4', 'ru'), '6,29\u00a0₽')
    assert.equal(of('nano-banana-pro', 'ru'), 'от 14,14\u00a0₽')
    assert.equal(of('infinitalk/from-audio', 'en'), 'from 2.36\u00a0₽/s')
    assert.equal(of('elevenlabs/text-to-speech-turbo-2-5', 'ru'), '4,71\u00a0₽ за 1000 знаков')
    assert.equal(of('V4', 'ru'), '')
  })
})

describe('pluralRu', () => {
  test('follows Russian grammar', () => {
    const form = (n: number) => pluralRu(n, 'секунда', 'секунды', 'секунд')
    for (const n of [1, 21, 101]) assert.equal(form(n), 'секунда')
    for (const n of [2, 3, 4, 22, 1.5]) assert.equal(form(n), 'секунды')
    for (const n of [0, 5, 11, 12, 14, 25, 112]) assert.equal(form(n), 'секунд')
  })
})
