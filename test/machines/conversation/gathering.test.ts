import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Shot } from '../../../src/machines/catalogue/answers.ts'
import type { MediaFile } from '../../../src/machines/catalogue/media.ts'
import type { ConversationEvent } from '../../../src/machines/conversation/events.ts'
import { askNext, newDraft } from '../../../src/machines/conversation/order/draft.ts'
import { fromStored } from '../../../src/machines/engine/transition.ts'
import {
  type Backend,
  type Chat,
  conversation,
  createChat,
  mute,
  openModel,
  photo,
  rich,
} from './chat.ts'

const answersOf = (chat: Chat) => chat.context.draft?.answers ?? {}
const filesOf = (chat: Chat, field = 'image_urls') => (answersOf(chat)[field] ?? []) as MediaFile[]
const hintOf = (chat: Chat) => {
  const { hint } = chat.context
  return hint === null ? null : 'code' in hint ? hint.code : hint.problem.code
}
const png = (fileId: string): MediaFile => ({ kind: 'document', fileId, mime: 'image/png' })

/** Answers all but looks into files. */
const lookless: Backend = (effect) => (effect.type === 'media.inspect' ? [] : rich(effect))

/** At the question for pictures of a model that takes up to ten. */
function atPictures(backend: Backend = rich): Chat {
  const chat = createChat({ backend })
  openModel(chat, 'google-nano-banana-edit')
  chat.text('сделай зиму')
  assert.equal(chat.state, 'drafting.asking.gathering')
  return chat
}

/** What was looked into, as the first in line. */
function found(chat: Chat, facts: Partial<MediaFile> = {}): void {
  const [head] = chat.context.draft?.inspections ?? []
  assert.ok(head)
  const media = { ...head.media, kind: 'image', size: 9, width: 640, height: 480, ...facts }
  chat.happen({ type: 'media.inspected', serial: head.serial, media })
}

const timeout = {
  type: 'xstate.after.inspectionTimeout.conversation.drafting.asking.inspecting',
} as unknown as ConversationEvent

describe('gathering files', () => {
  test('takes them one by one and as an album until the user says that this is all', () => {
    const chat = atPictures()
    assert.match(chat.screen.text, /Нужно от 1 до 10/)
    assert.ok(!chat.labels.includes('✅ Дальше'))
    chat.photo()
    chat.photo(undefined, 'album')
    chat.photo(undefined, 'album')
    assert.equal(filesOf(chat).length, 3)
    assert.match(chat.screen.text, /Принято: <b>3<\/b> из 10/)
    chat.press('Дальше')
    assert.equal(chat.state, 'drafting.preview')
    assert.match(chat.screen.text, /Фото: <i>3 фото/)
  })

  test('keeps a tap good while more of an album comes in', () => {
    const chat = atPictures()
    chat.photo(undefined, 'album')
    const before = chat.screen
    chat.photo(undefined, 'album')
    assert.deepEqual(
      before.keyboard.flat().map((b) => b.label),
      chat.labels,
    )
  })

  test('takes back the last one, or all of them', () => {
    const chat = atPictures()
    for (const fileId of ['a', 'b', 'c']) chat.file({ ...photo, fileId })
    chat.press('Убрать последнее')
    assert.deepEqual(
      filesOf(chat).map((f) => f.fileId),
      ['a', 'b'],
    )
    chat.press('Начать заново')
    assert.deepEqual([chat.state, filesOf(chat)], ['drafting.asking.gathering', []])
    chat.photo()
    chat.press('Убрать последнее')
    assert.ok(!('image_urls' in answersOf(chat)))
  })

  test('refuses what is too many and keeps what there is', () => {
    const chat = atPictures()
    for (let i = 0; i < 12; i += 1) chat.photo(undefined, 'album')
    assert.deepEqual([filesOf(chat).length, hintOf(chat)], [10, 'media.many'])
    assert.match(chat.screen.text, /Можно прислать не больше 10/)
    assert.match(chat.screen.text, /Больше не нужно/)
  })

  test('takes an album with its caption before its question comes, and asks for the rest of it', () => {
    const chat = createChat()
    openModel(chat, 'flux-2-pro-image-to-image')
    chat.photo('сделай зиму', 'album')
    assert.equal(chat.state, 'drafting.asking.gathering')
    chat.photo(undefined, 'album')
    assert.equal(filesOf(chat, 'input_urls').length, 2)
    assert.equal(answersOf(chat).prompt, 'сделай зиму')
    chat.press('Дальше')
    assert.equal(chat.context.draft?.asking, 'aspect_ratio')
  })

  test('takes words after an album for the end of it', () => {
    const chat = createChat()
    openModel(chat, 'google-nano-banana-edit')
    chat.photo(undefined, 'album')
    chat.photo(undefined, 'album')
    assert.equal(chat.state, 'drafting.asking.gathering')
    assert.match(chat.screen.text, /Принято: <b>2<\/b>[\s\S]*Слова к заказу можно написать сразу/)
    chat.text('сделай зиму')
    assert.equal(chat.state, 'drafting.preview')
    assert.equal(filesOf(chat, 'image_urls').length, 2)
    chat.photo(undefined, 'album')
    assert.equal(filesOf(chat, 'image_urls').length, 3)
  })

  test('adds the rest of an album that comes at a later question', () => {
    const chat = createChat()
    openModel(chat, 'flux-2-pro-image-to-image')
    chat.photo('сделай зиму', 'album')
    chat.press('Дальше')
    chat.photo(undefined, 'album')
    assert.deepEqual([chat.state, hintOf(chat)], ['drafting.asking.choosing', 'gotMore'])
    assert.equal(filesOf(chat, 'input_urls').length, 2)
    chat.press('1:1')
    chat.press('1K')
    assert.equal(chat.state, 'drafting.preview')
  })

  test('adds it on the preview, too, and asks for the price anew', () => {
    const chat = atPictures()
    chat.photo(undefined, 'album')
    chat.press('Дальше')
    const { serial } = chat.context
    chat.photo(undefined, 'album')
    assert.equal(chat.state, 'drafting.preview')
    assert.equal(filesOf(chat).length, 2)
    assert.ok(chat.context.serial > serial, 'a confirm button of before is good no more')
  })

  test('meets calmly what comes late and does not fit', () => {
    const chat = atPictures()
    chat.photo(undefined, 'album')
    chat.press('Дальше')
    chat.file(png('late'), 'album')
    assert.deepEqual([chat.state, hintOf(chat)], ['drafting.preview', 'lateFile'])
    assert.equal(filesOf(chat).length, 1)
    chat.photo(undefined, 'another')
    assert.equal(chat.state, 'offering.choosing')
    assert.equal(filesOf(chat).length, 1, 'the order stays')
  })

  test('leaves a running order alone', () => {
    const chat = atPictures()
    chat.photo(undefined, 'album')
    chat.press('Дальше')
    chat.press('Запустить')
    chat.photo(undefined, 'album')
    assert.deepEqual([chat.state, hintOf(chat)], ['watching', 'watching'])
  })

  test('adds to a list that is opened from the preview, and to an optional one', () => {
    const chat = atPictures()
    chat.photo()
    chat.press('Дальше')
    chat.press('✏️ Фото')
    assert.match(chat.screen.text, /Принято: <b>1<\/b>/)
    chat.photo()
    chat.press('Дальше')
    assert.deepEqual([chat.state, filesOf(chat).length], ['drafting.preview', 2])

    openModel(chat, 'nano-banana-pro')
    chat.text('кот')
    chat.press('Ещё настройки')
    chat.happen({ type: 'field.opened', field: 'image_input' })
    chat.photo()
    chat.press('Дальше')
    assert.equal(chat.state, 'drafting.extras')
    chat.press('Назад')
    assert.equal(filesOf(chat, 'image_input').length, 1)
    assert.ok(chat.labels.some((l) => l.startsWith('✏️ Образцы')))
  })

  test('says which files another answer made impossible', () => {
    const chat = createChat()
    openModel(chat, 'veo3-fast')
    chat.text('полёт')
    chat.press('Ещё настройки')
    chat.happen({ type: 'field.opened', field: 'imageUrls' })
    chat.photo()
    chat.press('Дальше')
    chat.happen({ type: 'field.opened', field: 'generationType' })
    chat.happen({ type: 'option.chosen', value: 'TEXT_2_VIDEO' })
    assert.ok(!('imageUrls' in answersOf(chat)))
    assert.match(chat.screen.text, /Больше не подходит и убрано: /)
  })
})

describe('looking into files', () => {
  test('skips what Telegram tells all about, save a length that is the price', () => {
    const video = { kind: 'video', fileId: 'v', size: 9, duration: 4, mime: 'video/mp4' }
    const chat = createChat({ backend: mute })
    openModel(chat, 'wan-2-6-video-to-video')
    chat.text('полёт')
    chat.file(video)
    assert.deepEqual(filesOf(chat, 'video_urls'), [video])
    const { size: _unknown, ...unmeasured } = video
    chat.file(unmeasured)
    assert.equal(chat.state, 'drafting.asking.inspecting')
    openModel(chat, 'topaz-video-upscale')
    chat.file(video)
    assert.equal(chat.state, 'drafting.asking.inspecting')
    openModel(chat, 'topaz-image-upscale')
    chat.file({ ...photo, width: undefined })
    assert.equal(chat.state, 'drafting.asking.inspecting')
  })

  test('asks what a document, a sound or a link is and waits', () => {
    for (const [slug, send] of [
      ['recraft-remove-background', (c: Chat) => c.file(png('a'))],
      ['elevenlabs-audio-isolation', (c: Chat) => c.file({ kind: 'audio', size: 9, duration: 5 })],
      ['topaz-video-upscale', (c: Chat) => c.text('https://example.com/a.mp4')],
    ] as const) {
      const chat = createChat({ backend: mute })
      openModel(chat, slug)
      send(chat)
      const params = chat.effect('media.inspect')?.params ?? assert.fail(slug)
      assert.deepEqual(Object.keys(params), ['serial', 'media', 'expects'])
      assert.equal(chat.state, 'drafting.asking.inspecting')
      assert.match(chat.screen.text, /Проверяю файл/)
      chat.text('ну что?')
      assert.equal(hintOf(chat), 'checking')
    }
  })

  test('applies the rules to what the file truly is', () => {
    const cases: [Partial<MediaFile>, string][] = [
      [{ width: 100 }, 'media.small'],
      [{ width: 5_000 }, 'media.large'],
      [{ size: 6 * 1024 * 1024 }, 'media.size'],
      [{ mime: 'image/gif' }, 'media.type'],
      [{ kind: 'audio' }, 'media.expected'],
    ]
    for (const [facts, problem] of cases) {
      const chat = createChat({ backend: lookless })
      openModel(chat, 'recraft-remove-background')
      chat.file(png('a'))
      found(chat, facts)
      assert.deepEqual([chat.state, hintOf(chat)], ['drafting.asking.attaching', problem])
      assert.deepEqual(answersOf(chat), {})
    }
  })

  test('says why a look came to nothing, and asks again', () => {
    const expected = {
      'media.unusable': /не открылся/,
      'media.too-large': /Пришлите ссылку/,
      'media.unavailable': /не скачался/,
    } as const
    for (const [code, words] of Object.entries(expected)) {
      const chat = createChat({ backend: lookless })
      openModel(chat, 'topaz-video-upscale')
      chat.file({ kind: 'document', fileId: 'a', mime: 'video/mp4' })
      const { serial } = chat.context
      chat.happen({ type: 'media.refused', serial, code: code as 'media.unusable' })
      assert.equal(chat.state, 'drafting.asking.attaching')
      assert.match(chat.screen.text, words)
    }
  })

  test('gives up after some time; news that come later change nothing', () => {
    const chat = createChat({ backend: lookless })
    openModel(chat, 'recraft-remove-background')
    chat.file(png('a'))
    const { serial } = chat.context
    chat.happen(timeout)
    assert.deepEqual([chat.state, hintOf(chat)], ['drafting.asking.attaching', 'media.slow'])
    chat.happen({ type: 'media.inspected', serial, media: { ...photo, kind: 'image' } })
    assert.deepEqual(answersOf(chat), {})
    chat.file(png('b'))
    chat.happen({ type: 'media.inspected', serial, media: { ...photo, kind: 'image' } })
    assert.equal(chat.state, 'drafting.asking.inspecting')
  })

  test('keeps the good ones of an album in their order, and says what was wrong', () => {
    const chat = atPictures(lookless)
    for (const id of ['a', 'b', 'c']) chat.file(png(id), 'album')
    chat.file({ ...photo, fileId: 'd' }, 'album')
    assert.match(chat.screen.text, /Ждут проверки: 4/)
    found(chat)
    assert.equal(chat.effect('media.inspect')?.params.serial, 2)
    chat.happen({ type: 'media.refused', serial: 2, code: 'media.unusable' })
    assert.equal(chat.state, 'drafting.asking.inspecting')
    found(chat)
    assert.deepEqual([chat.state, hintOf(chat)], ['drafting.asking.gathering', 'media.unusable'])
    assert.deepEqual(
      filesOf(chat).map((f) => f.fileId),
      ['a', 'c', 'd'],
    )
  })

  test('counts files in line as taken', () => {
    const chat = atPictures(lookless)
    for (let i = 0; i < 12; i += 1) chat.file(png(`${i}`), 'album')
    assert.equal(chat.context.draft?.inspections.length, 10)
    assert.equal(hintOf(chat), 'media.many')
    for (let i = 0; i < 10; i += 1) found(chat)
    assert.deepEqual([filesOf(chat).length, hintOf(chat)], [10, 'media.many'])
  })

  test('is left by Back, and taken up again after a side step', () => {
    const chat = createChat({ backend: lookless })
    openModel(chat, 'recraft-remove-background')
    chat.file(png('a'))
    chat.command('help')
    chat.press('К заказу')
    assert.equal(chat.state, 'drafting.asking.inspecting')
    assert.ok(chat.effect('telegram.answer') && chat.effect('media.inspect'))
    chat.press('Назад')
    assert.equal(chat.state, 'drafting.asking.attaching')
    assert.deepEqual(chat.context.draft?.inspections, [])
  })

  test('takes links in place of files, several in one message', () => {
    const chat = atPictures()
    chat.text('https://example.com/a.png https://example.com/b.png\nhttp://example.com/c.png')
    assert.deepEqual(
      filesOf(chat).map((f) => f.url),
      ['https://example.com/a.png', 'https://example.com/b.png'],
    )
    assert.equal(hintOf(chat), 'link.invalid')
    chat.text('https://localhost/d.png')
    assert.equal(hintOf(chat), 'link.invalid')
    chat.text('вот фото')
    assert.equal(hintOf(chat), 'media.expected')
  })

  test('is not begun for what is too large to fetch; a link is offered instead', () => {
    const chat = createChat()
    openModel(chat, 'topaz-video-upscale')
    const size = 21 * 1024 * 1024
    chat.file({ kind: 'document', fileId: 'a', mime: 'video/mp4', size })
    assert.equal(hintOf(chat), 'media.heavy')
    assert.match(chat.screen.text, /больше 20 МБ.*Пришлите ссылку на него или файл поменьше/)
    assert.equal(chat.effect('media.inspect'), undefined)
  })
})

describe('long texts', () => {
  const limit = 5_000
  const open = () => {
    const chat = createChat()
    openModel(chat, 'google-imagen4')
    return chat
  }

  test('are put together when the app has cut them', () => {
    const chat = open()
    chat.text('а'.repeat(4_096))
    assert.equal(chat.state, 'drafting.asking.writing')
    assert.match(chat.screen.text, /Знаков: 4096 \/ 5000/)
    chat.text('б'.repeat(800))
    assert.equal(chat.state, 'drafting.preview')
    assert.equal(answersOf(chat).prompt, `${'а'.repeat(4_096)}\n${'б'.repeat(800)}`)
  })

  test('that are whole go on by a button, or begin anew', () => {
    const chat = open()
    chat.text('а'.repeat(3_000))
    chat.press('Начать заново')
    assert.ok(!('prompt' in answersOf(chat)))
    chat.text('б'.repeat(3_000))
    chat.press('Дальше')
    assert.equal(chat.state, 'drafting.preview')
    assert.equal(answersOf(chat).prompt, 'б'.repeat(3_000))
  })

  test('that no app cuts are answers at once', () => {
    const chat = open()
    chat.text('а'.repeat(2_000))
    assert.equal(chat.state, 'drafting.preview')
  })

  test('that are too long altogether are refused altogether', () => {
    const chat = open()
    chat.text('а'.repeat(4_096))
    chat.text('б'.repeat(2_000))
    assert.equal(hintOf(chat), 'text.long')
    assert.match(chat.screen.text, new RegExp(`6097 знаков, можно ${limit}`))
    assert.ok(!('prompt' in answersOf(chat)))
    chat.happen({ type: 'text.received', text: 'кот' }, 20_000)
    assert.equal(answersOf(chat).prompt, 'кот')
  })

  test('do not leave their end behind as an answer', () => {
    const chat = createChat()
    openModel(chat, 'z-image')
    chat.text('а'.repeat(4_096))
    assert.equal(hintOf(chat), 'text.long')
    chat.happen({ type: 'text.received', text: 'хвост' }, 500)
    assert.deepEqual([hintOf(chat), answersOf(chat)], ['text.long', {}])
    chat.text('кот')
    assert.equal(answersOf(chat).prompt, 'кот')
  })
})

/** At the first question of a model whether it is sold or not. */
function begin(modelId: string): Chat {
  const chat = createChat()
  const context = { ...chat.context, draft: askNext(newDraft(modelId)) }
  chat.snapshot = fromStored(conversation, { value: 'help', context, status: 'active' })
  chat.happen({ type: 'order.resumed' })
  return chat
}

describe('scenes', () => {
  const shotsOf = (chat: Chat) => (answersOf(chat).shots ?? []) as Shot[]

  test('come several in a message or one by one', () => {
    const chat = begin('sora-2-pro-storyboard/index')
    assert.equal(chat.state, 'drafting.asking.gathering')
    chat.text('5 — кот идёт\n2,5 — кот прыгает')
    chat.text('7 — кот <спит>')
    assert.deepEqual(
      shotsOf(chat).map((s) => s.duration),
      [5, 2.5, 7],
    )
    assert.match(chat.screen.text, /3\. <i>7 — кот &lt;спит&gt;<\/i>\nВместе: 14.5 с\./)
    chat.press('Убрать последнее')
    assert.equal(shotsOf(chat).length, 2)
    chat.text('кот без длины')
    assert.equal(hintOf(chat), 'shots.format')
  })

  test('are together no longer than the clip can be, and leave the lengths that hold them', () => {
    const chat = begin('sora-2-pro-storyboard/index')
    chat.text('12 — кот')
    chat.text('14 — пёс')
    assert.equal(hintOf(chat), 'shots.total')
    assert.match(chat.screen.text, /26 с, а можно до 25 с/)
    chat.press('Дальше')
    assert.deepEqual(
      chat.screen.keyboard
        .flat()
        .flatMap((b) => ('event' in b && b.event.type === 'option.chosen' ? [b.event.value] : [])),
      ['15', '25'],
    )
    chat.press('15')
    chat.press('✏️ Сцены')
    chat.text('9 — пёс')
    chat.press('Дальше')
    assert.equal(chat.context.draft?.asking, 'n_frames', 'fifteen seconds hold them no more')
    assert.match(chat.screen.text, /Прежний ответ больше не подходит/)
  })
})
