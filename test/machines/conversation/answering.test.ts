import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { allModels } from '../../../src/machines/catalogue/catalogue.ts'
import { isMediaField } from '../../../src/machines/catalogue/payload.ts'
import { taskById } from '../../../src/machines/catalogue/picks.ts'
import { requiredNow } from '../../../src/machines/catalogue/questions.ts'
import { newDraft } from '../../../src/machines/conversation/order/draft.ts'
import { fromStored } from '../../../src/machines/engine/transition.ts'
import { type Chat, conversation, createChat, openModel, photo } from './chat.ts'

const answersOf = (chat: Chat) => chat.context.draft?.answers ?? {}
const hintOf = (chat: Chat) => {
  const { hint } = chat.context
  return hint === null ? null : 'code' in hint ? hint.code : hint.problem.code
}

describe('answering', () => {
  test('takes a picture and its caption in one message', () => {
    const chat = createChat()
    openModel(chat, 'qwen-image-edit')
    assert.match(chat.screen.text, /подписи/)
    chat.photo('сделай зиму')
    assert.equal(chat.state, 'drafting.preview')
    assert.deepEqual(answersOf(chat), { prompt: 'сделай зиму', image_url: photo })
  })

  test('asks for files before words in every model that works on them', () => {
    for (const model of allModels) {
      const isFile = requiredNow(model, {}).map((field) => isMediaField(model, field))
      const sorted = isFile.toSorted((a, b) => Number(b) - Number(a))
      assert.deepEqual(isFile, sorted, model.id)
    }
  })

  test('asks for the photo first, then offers ready wishes, in the language of the user', () => {
    const ideas = taskById('edit')?.ideas ?? []
    for (const language of ['ru', 'en'] as const) {
      const chat = createChat({ language })
      openModel(chat, 'qwen-image-edit')
      assert.equal(chat.state, 'drafting.asking.attaching')
      assert.ok(!ideas.some(({ title }) => chat.labels.includes(title[language])))
      chat.photo()
      assert.equal(chat.state, 'drafting.asking.writing')
      for (const { title } of ideas) assert.ok(chat.labels.includes(title[language]))
      const anime = ideas.find(({ id }) => id === 'anime') ?? assert.fail()
      chat.press(anime.title[language])
      assert.equal(chat.state, 'drafting.preview')
      assert.deepEqual(answersOf(chat), { image_url: photo, prompt: anime.words[language] })
    }
  })

  test('offers no ready wishes where a model needs no file, nor for words that are there', () => {
    const chat = createChat()
    openModel(chat, 'z-image')
    assert.ok(!chat.labels.some((label) => /Стиль аниме/.test(label)))
    const other = createChat()
    openModel(other, 'qwen-image-edit')
    other.photo('сделай зиму')
    other.press('✏️')
    assert.ok(!other.labels.some((label) => /Стиль аниме/.test(label)))
  })

  test('keeps words that come before the file, and asks for the file', () => {
    const chat = createChat()
    openModel(chat, 'qwen-image-edit')
    chat.text('сделай зиму')
    assert.equal(hintOf(chat), 'gotWords')
    assert.match(chat.screen.text, /^✍️ Слова записал/)
    chat.text('лето')
    assert.equal(hintOf(chat), 'media.expected')
    chat.photo()
    assert.equal(chat.state, 'drafting.preview')
    assert.deepEqual(answersOf(chat), { prompt: 'сделай зиму', image_url: photo })
  })

  test('puts a text together that an app has cut, also before the file', () => {
    const chat = createChat()
    openModel(chat, 'qwen-image-to-image')
    const [head, rest] = ['зима '.repeat(100).trim(), 'и снег']
    const long = `${head} ${'ель '.repeat(400).trim()}`
    chat.text(long.slice(0, 2_100))
    chat.text(rest)
    chat.photo()
    assert.equal(chat.context.draft?.answers.prompt, `${long.slice(0, 2_100)}\n${rest}`)
  })

  test('takes the words below a picture where the model wants words alone, and says so', () => {
    const chat = createChat()
    openModel(chat, 'google-imagen4-fast')
    chat.photo('кот на луне')
    assert.equal(chat.context.draft?.answers.prompt, 'кот на луне')
    const plain = createChat()
    openModel(plain, 'z-image')
    plain.photo('кот на луне')
    assert.equal(plain.state, 'drafting.asking.choosing')
    assert.match(plain.screen.text, /^✍️ Слова взял из подписи/)
    plain.photo('ещё')
    assert.equal(plain.context.draft?.answers.prompt, 'кот на луне')
  })

  test('leaves a caption alone where the words are there already', () => {
    const chat = createChat()
    openModel(chat, 'qwen-image-edit')
    chat.text('сделай зиму')
    chat.photo('моё фото')
    assert.deepEqual(answersOf(chat), { prompt: 'сделай зиму', image_url: photo })
  })

  test('takes an edited message for the answer that it corrects, and asks for the price anew', () => {
    const chat = createChat()
    openModel(chat, 'qwen-image-edit')
    chat.text('сделай зиму, снег и ёдку')
    chat.happen({ type: 'message.edited', text: 'сделай зиму, снег и ёлку' })
    assert.equal(hintOf(chat), 'edited')
    assert.deepEqual(answersOf(chat), { prompt: 'сделай зиму, снег и ёлку' })
    chat.photo()
    assert.equal(chat.state, 'drafting.preview')
    const { serial } = chat.context
    chat.happen({ type: 'message.edited', text: 'сделай весну, снег и ёлку' })
    assert.equal(chat.state, 'drafting.preview')
    assert.ok(chat.context.serial > serial, 'another quote')
    assert.equal(answersOf(chat).prompt, 'сделай весну, снег и ёлку')
    chat.happen({ type: 'message.edited', text: 'привет' })
    assert.equal(hintOf(chat), 'editedNot')
    assert.equal(answersOf(chat).prompt, 'сделай весну, снег и ёлку')
  })

  test('takes no notice of an edited message where nothing is ordered', () => {
    const chat = createChat()
    chat.command('menu')
    const before = chat.screen.text
    chat.happen({ type: 'message.edited', text: 'hello there' })
    assert.deepEqual([chat.screen.text, hintOf(chat)], [before, null])
  })

  test('takes a sound for its question while the picture is still asked for', () => {
    const chat = createChat()
    openModel(chat, 'kling-ai-avatar-v1-pro')
    chat.text('улыбается')
    chat.file({ kind: 'voice', fileId: 'AwAC', mime: 'audio/ogg', size: 9_000, duration: 4 })
    assert.match(chat.screen.text, /портрет/)
    chat.photo()
    assert.equal(chat.state, 'drafting.preview')
    assert.deepEqual(Object.keys(answersOf(chat)).sort(), ['audio_url', 'image_url', 'prompt'])
  })

  test('takes a picture sent as a file', () => {
    const chat = createChat()
    openModel(chat, 'recraft-remove-background')
    const file = { kind: 'document', fileId: 'BQAD', mime: 'image/png', fileName: 'cat.png' }
    chat.happen({ type: 'media.received', media: file })
    assert.equal(chat.state, 'drafting.preview')
    const seen = { ...file, kind: 'image', size: 100_000, width: 1280, height: 960, duration: 3 }
    assert.deepEqual(answersOf(chat), { image: seen })
  })

  test('says what is wrong with a file that will not do', () => {
    const chat = createChat()
    openModel(chat, 'recraft-remove-background')
    chat.happen({ type: 'media.received', media: { ...photo, size: 30 * 1024 * 1024 } })
    assert.equal(hintOf(chat), 'media.size')
    chat.happen({ type: 'media.received', media: { kind: 'voice', duration: 3 } })
    assert.equal(hintOf(chat), 'media.expected')
    chat.text('вот ссылка')
    assert.equal(hintOf(chat), 'media.expected')
    assert.equal(chat.state, 'drafting.asking.attaching')
  })

  test('takes one file of an album for one question', () => {
    const chat = createChat()
    openModel(chat, 'ideogram-character-edit')
    chat.photo('усы', 'album-1')
    chat.photo(undefined, 'album-1')
    assert.equal(hintOf(chat), 'enoughFiles')
    assert.deepEqual(Object.keys(answersOf(chat)), ['prompt', 'image_url'])
    chat.photo(undefined, 'album-2')
    assert.deepEqual(Object.keys(answersOf(chat)), ['prompt', 'image_url', 'mask_url'])
  })

  test('meets the rest of an album calmly at a later question and on the preview', () => {
    const chat = createChat()
    openModel(chat, 'kling-2-6-image-to-video')
    chat.photo('полёт', 'album')
    assert.equal(chat.state, 'drafting.asking.choosing')
    chat.photo(undefined, 'album')
    assert.equal(hintOf(chat), 'enoughFiles')
    chat.press('5 секунд')
    chat.press('Без звука')
    chat.photo()
    assert.equal(chat.state, 'offering.choosing', 'a file that nothing asked for is a wish')
    chat.press('К заказу')
    assert.equal(chat.state, 'drafting.preview')
  })

  test('takes the words on a button, typed', () => {
    const chat = createChat()
    openModel(chat, 'z-image')
    chat.text('кот')
    chat.text('16:9')
    assert.equal(chat.state, 'drafting.preview')
    assert.equal(answersOf(chat).aspect_ratio, '16:9')
  })

  test('asks for a choice again when the words are on no button', () => {
    const chat = createChat()
    openModel(chat, 'z-image')
    chat.text('кот')
    chat.text('покрупнее')
    assert.deepEqual([chat.state, hintOf(chat)], ['drafting.asking.choosing', 'waitsChoice'])
  })

  test('never fills in a choice that must be made', () => {
    const chat = createChat()
    openModel(chat, 'z-image')
    assert.deepEqual(answersOf(chat), {})
    assert.ok(chat.labels.every((l) => !l.startsWith('✓')))
  })

  test('offers numbers as buttons and takes others by message', () => {
    const chat = createChat()
    openModel(chat, 'grok-imagine-text-to-video')
    chat.text('полёт')
    chat.press('Ещё настройки')
    chat.press('Длина')
    assert.equal(chat.state, 'drafting.asking.writing')
    chat.text('99')
    assert.equal(hintOf(chat), 'number.range')
    chat.text('12')
    assert.equal(answersOf(chat).duration, 12)
    chat.press('Длина')
    chat.press('20 секунд')
    assert.equal(answersOf(chat).duration, 20)
  })

  test('asks again for an answer that another one made impossible', () => {
    const chat = createChat()
    openModel(chat, 'z-image')
    // A song with own words may have long ones; the service's own song may not.
    const answers = {
      customMode: true,
      instrumental: false,
      prompt: 'ля '.repeat(900),
      style: 'поп',
      title: 'Ля',
    }
    const context = { ...chat.context, draft: { ...newDraft('V4'), answers } }
    const value = { drafting: 'preview' }
    chat.snapshot = fromStored(conversation, { value, context, status: 'active' })
    chat.happen({ type: 'field.opened', field: 'customMode' })
    chat.happen({ type: 'option.chosen', value: false })
    assert.equal(chat.state, 'drafting.asking.writing')
    assert.equal(chat.context.draft?.asking, 'prompt')
    assert.match(chat.screen.text, /Прежний ответ больше не подходит/)
    chat.text('песня о коте')
    assert.equal(chat.state, 'drafting.preview')
  })

  test('drops a setting that another one made impossible, and says so', () => {
    const chat = createChat()
    openModel(chat, 'hailuo-2-3-image-to-video-pro')
    chat.photo('полёт')
    chat.press('Ещё настройки')
    chat.press('Длина')
    chat.press('10 секунд')
    chat.press('Чёткость')
    chat.press('1080p')
    assert.deepEqual([chat.state, chat.context.draft?.dropped], ['drafting.extras', ['duration']])
    assert.match(chat.screen.text, /Больше не подходит и убрано: Длина/)
    chat.press('Назад')
    assert.match(chat.screen.text, /Больше не подходит и убрано: Длина/)
    assert.ok(!('duration' in answersOf(chat)))
  })
})

describe('a voice', () => {
  test('can be heard before it is chosen: each name on the page plays its sample', () => {
    const chat = createChat()
    openModel(chat, 'elevenlabs-text-to-dialogue-v3')
    chat.text('Добро пожаловать!')
    const samples = () => [...chat.screen.text.matchAll(/<a href="https:[^"]+\.mp3">([^<]+)<\/a>/g)]
    const first = samples().map(([link]) => link)
    const names = samples().map(([, name]) => name)
    assert.equal(names.length, 12)
    for (const name of names) assert.ok(chat.labels.some((label) => label.startsWith(`${name} — `)))
    chat.press('➡️')
    assert.equal(samples().length, 12)
    assert.ok(!samples().some(([link]) => first.includes(link)))
  })
})
