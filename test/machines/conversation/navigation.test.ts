import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AnyMachineSnapshot } from 'xstate'
import { modelById } from '../../../src/machines/catalogue/catalogue.ts'
import type { Account } from '../../../src/machines/conversation/context.ts'
import { backendWith, type Chat, contextOf, createChat, openModel, poor, runJob } from './chat.ts'

const answersOf = (chat: Chat) => chat.context.draft?.answers ?? {}
const hintOf = (chat: Chat) => {
  const { hint } = chat.context
  return hint === null ? null : 'code' in hint ? hint.code : hint.problem.code
}
/** The order filled in up to the preview. */
function preview(chat: Chat): void {
  openModel(chat, 'qwen-image-edit')
  chat.photo('сделай зиму')
}

describe('finding the way', () => {
  test('goes back question by question without losing an answer', () => {
    const chat = createChat()
    openModel(chat, 'flux-2-pro-text-to-image')
    chat.text('кот')
    chat.press('1:1')
    chat.press('2K')
    const asked = []
    for (let i = 0; i < 3; i += 1) {
      chat.press('Назад')
      asked.push(chat.context.draft?.asking)
    }
    assert.deepEqual(asked, ['resolution', 'aspect_ratio', 'prompt'])
    assert.match(chat.screen.text, /Сейчас: <i>кот/)
    chat.press('Оставить')
    assert.equal(chat.state, 'drafting.preview')
    assert.deepEqual(answersOf(chat), { prompt: 'кот', aspect_ratio: '1:1', resolution: '2K' })
  })

  test('goes back from the first question to the model, its list and the menu', () => {
    const chat = createChat()
    chat.command('start')
    chat.press('Все модели')
    chat.press('Видео')
    chat.press('➡️')
    const page = chat.screen.text
    chat.press('Grok Imagine · по описанию')
    chat.press('Начать')
    const way = []
    for (let i = 0; i < 3; i += 1) {
      chat.press('Назад')
      way.push(chat.state)
      if (i === 1) assert.equal(chat.screen.text, page)
    }
    assert.deepEqual(way, ['browsing.card', 'browsing.list', 'browsing.groups'])
    chat.press('Назад')
    assert.equal(chat.state, 'menu')
  })

  test('returns from a changed answer to the preview, and from a setting to the settings', () => {
    const chat = createChat()
    preview(chat)
    chat.press('✏️ Что изменить')
    chat.text('сделай лето')
    assert.equal(chat.state, 'drafting.preview')
    chat.press('✏️ Фото')
    chat.press('Назад')
    assert.equal(chat.state, 'drafting.preview')
    chat.press('Ещё настройки')
    chat.press('Повтор варианта')
    chat.text('42')
    assert.equal(chat.state, 'drafting.extras')
    chat.press('Повтор варианта: 42')
    chat.press('Убрать')
    assert.equal(chat.state, 'drafting.extras')
    assert.ok(!('seed' in answersOf(chat)))
    chat.press('Назад')
    assert.equal(chat.state, 'drafting.preview')
  })

  test('prices anew after settings were changed', () => {
    const chat = createChat()
    openModel(chat, 'hailuo-02-text-to-video-standard')
    chat.text('полёт')
    const before = chat.context.quote?.priceKopecks ?? 0
    chat.press('Ещё настройки')
    chat.press('Длина')
    chat.press('10 секунд')
    chat.press('Назад')
    assert.ok((chat.context.quote?.priceKopecks ?? 0) > before)
  })

  test('leads back to the order from help, balance, jobs and language', () => {
    for (const command of ['help', 'balance', 'jobs', 'language']) {
      const chat = createChat()
      openModel(chat, 'z-image')
      chat.text('кот')
      chat.command(command)
      chat.press('К заказу')
      assert.equal(chat.state, 'drafting.asking.choosing', command)
      assert.deepEqual(answersOf(chat), { prompt: 'кот' })
    }
  })

  test('goes on with the order in the language that was chosen meanwhile', () => {
    const chat = createChat()
    openModel(chat, 'z-image')
    chat.command('language')
    chat.press('English')
    assert.equal(chat.state, 'drafting.asking.writing')
    assert.match(chat.screen.text, /Describe what to create/)
  })

  test('offers no way back to an order that runs already', () => {
    const chat = createChat()
    runJob(chat)
    chat.command('help')
    const own = ['🛟 Написать в поддержку', '✨ Что нового', '🔐 Ваши данные']
    assert.deepEqual(chat.labels, [...own, '🏠 В меню'])
  })

  test('opens a model by a link and says so when there is no such model', () => {
    const chat = createChat()
    chat.command('start', 'm_kling-2-6-text-to-video')
    assert.equal(chat.state, 'browsing.card')
    chat.press('Назад')
    assert.equal(chat.state, 'menu')
    chat.command('start', 'm_kling-99')
    assert.deepEqual([chat.state, hintOf(chat)], ['menu', 'unknownLink'])
    chat.command('start', 'ref_abc')
    assert.deepEqual([chat.state, hintOf(chat)], ['menu', 'inviteKnown'])
  })

  test('drops the order in the making when a link opens another model', () => {
    const chat = createChat()
    preview(chat)
    chat.command('start', 'm_z-image')
    assert.equal(chat.context.draft, null)
  })

  test('shows what is gone, with its successor, and sells it not', () => {
    const chat = createChat()
    chat.command('models')
    chat.press('Музыка')
    assert.ok(!chat.labels.some((label) => label.includes('🚫')), 'no list shows what is gone')
    chat.command('start', 'm_v4')
    assert.match(chat.screen.text, /больше не работает. Вместо неё — Suno V6/)
    assert.deepEqual(chat.labels, ['➡️ Suno V6', '◀️ Назад', '🏠 В меню'])
    chat.happen({ type: 'draft.begun' })
    assert.equal(chat.state, 'drafting.asking.choosing', 'the chart itself knows no sale')
    chat.command('start', 'm_v4')
    chat.press('Suno V6')
    assert.equal(chat.context.place.modelId, 'ai-music-api/generate')
    assert.ok(chat.button('Начать'))
    chat.command('start', 'm_grok-imagine-upscale')
    assert.match(chat.screen.text, /с готовым результатом/)
    assert.deepEqual(chat.labels, ['◀️ Назад', '🏠 В меню'])
    chat.text('кот')
    assert.equal(chat.state, 'offering.choosing')
    assert.ok(chat.button('Нарисовать'), 'words for a model that takes none are a wish')
  })

  test('leads from a model that is gone to others that do the same', () => {
    const chat = createChat()
    chat.command('start', 'm_sora-2-text-to-video')
    assert.match(chat.screen.text, /больше не работает. Вместо неё — Wan 3.0/)
    chat.press('➡️')
    assert.equal(chat.context.place.modelId, 'wan/3-0-video')
    assert.ok(chat.button('Начать'))
    chat.command('start', 'm_sora-watermark-remover')
    assert.deepEqual(chat.labels, ['◀️ Назад', '🏠 В меню'])
  })

  test('keeps older models one tap behind their group', () => {
    const chat = createChat()
    chat.command('models')
    chat.press('Видео')
    chat.press('Прежние модели')
    while (!chat.labels.some((label) => label.startsWith('Veo 3.1 Fast'))) chat.press('➡️')
    chat.press('Veo 3.1 Fast')
    assert.equal(modelById(chat.context.place.modelId ?? '')?.id, 'veo3_fast')
    assert.ok(chat.button('Начать'))
  })

  test('takes words and files for a wish wherever nothing is asked', () => {
    const chat = createChat()
    const places: (() => void)[] = [
      () => chat.command('start'),
      () => chat.command('start', 'm_z-image'),
      () => runJob(chat),
      () => chat.command('help'),
      () => chat.command('balance'),
      () => chat.command('history'),
      () => chat.command('models'),
      () => chat.command('terms'),
    ]
    for (const come of places) {
      come()
      const from = chat.state
      chat.text('кот на луне')
      assert.equal(chat.state, 'offering.choosing', from)
      assert.equal(chat.context.wish?.words, 'кот на луне')
      come()
      chat.photo('сделай зиму')
      assert.equal(chat.state, 'offering.choosing', from)
      assert.equal(chat.context.wish?.files.length, 1)
    }
  })

  test('takes words on the way to the start for the order, and a file for another wish', () => {
    const chat = createChat()
    preview(chat)
    for (const words of ['сделай лето', 'сделай осень']) {
      chat.text(words)
      assert.equal(chat.state, 'drafting.preview')
      assert.equal(answersOf(chat).prompt, words)
      chat.press('Ещё настройки')
    }
    chat.text('сделай весну')
    assert.equal(chat.state, 'drafting.preview')
    chat.photo()
    assert.equal(chat.state, 'offering.choosing')
    chat.press('К заказу')
    assert.equal(answersOf(chat).prompt, 'сделай весну')
  })
})

describe('a person', () => {
  test('is spoken to in their language, and in English when it is neither', () => {
    assert.match(createChat({ language: 'en' }).screen.text, /Just write/)
    assert.match(createChat({ language: 'de' as 'en' }).screen.text, /Just write/)
    assert.match(createChat({ language: 'uk' as 'ru' }).screen.text, /Просто напишите/)
  })

  test('who blocks the bot and comes back is known as such', () => {
    const chat = createChat({ backend: poor })
    chat.happen({ type: 'user.blocked' })
    assert.equal(contextOf(chat.snapshot).blocked, true)
    chat.happen({ type: 'user.unblocked' })
    assert.equal(chat.context.blocked, false)
  })

  test('who comes back in a new version is told once what is new, a newcomer is not', () => {
    const isTold = (chat: Chat) => chat.labels.includes('✨ Что нового')
    const back = (account: Account | null = null) => {
      const chat = createChat()
      const { snapshot } = chat
      const context = { ...contextOf(snapshot), account, newsTold: null }
      chat.snapshot = { ...snapshot, context } as AnyMachineSnapshot
      return chat
    }
    assert.ok(!isTold(createChat()))
    const chat = back()
    assert.ok(isTold(chat))
    chat.press('Что нового')
    assert.match(chat.screen.text, /Больше 140 моделей/)
    chat.command('menu')
    assert.ok(!isTold(chat))

    const passing = back()
    passing.command('balance')
    passing.command('menu')
    assert.ok(!isTold(passing), 'once, looked at or not')
    assert.ok(!isTold(back({ news: 'off' })), 'who wants no news')
  })

  test('takes back the wish for news by a tap, and gives it again', () => {
    const chat = createChat()
    chat.command('news')
    for (const [label, choice] of [
      ['Не присылать', 'off'],
      ['Присылать', 'on'],
    ] as const) {
      chat.press(label)
      assert.equal(chat.context.account?.news, choice)
      const { params } = chat.effect('news.choose') ?? assert.fail()
      assert.deepEqual([params.choice, params.broadcastId], [choice, null])
      assert.match(chat.screen.text, choice === 'off' ? /не присылаю/ : /Изредка присылаю/)
    }
  })

  test('counts what was given into the balance, and says how much of it that is', () => {
    const chat = createChat({ backend: backendWith(1_000) })
    chat.command('balance')
    assert.match(chat.screen.text, /Доступно: <b>13,00.₽<\/b>\n🎁 Из них подарено: 3,00/u)
  })
})
