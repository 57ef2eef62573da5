import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { allModels } from '../../../../src/machines/catalogue/catalogue.ts'
import { continuing } from '../../../../src/machines/catalogue/continuations.ts'
import {
  compatibleModels,
  mediaInput,
} from '../../../../src/machines/conversation/results/compatible-models.ts'
import { type Backend, type Chat, createChat, rich, runJob, view } from '../chat.ts'

/** Somebody whose free order has just ended. */
function ended(error: string | null = null, backend: Backend = rich): Chat {
  const chat = createChat({ backend })
  const jobId = runJob(chat)
  const about = { jobId, modelId: 'z-image' }
  if (error === null) chat.happen({ type: 'job.delivered', ...about, priceKopecks: 0 })
  else chat.happen({ type: 'job.failed', ...about, error, refundKopecks: 100 })
  return chat
}

const card = (number: number, backend: Backend = rich): Chat => {
  const chat = createChat({ backend })
  chat.command('history')
  if (number > 8) chat.press('➡️')
  chat.press(`${number}. `)
  return chat
}
const foundIn = (chat: Chat) => chat.context.results?.found
const fileOf = (chat: Chat) =>
  (chat.context.draft?.answers.image as { fileId: string } | undefined)?.fileId
const paramsOf = (chat: Chat, type: string) => chat.effect(type)?.params

describe('the end of an order', () => {
  test('that is good leaves the rest to the buttons of the result', () => {
    assert.deepEqual(ended().labels, ['🎨 Другая модель'])
  })

  test('that is bad offers another try, a change and the menu', () => {
    const chat = ended('kie.failed:400')
    assert.deepEqual(chat.labels, ['🔁 Попробовать снова', '✏️ Изменить одно', '🎨 Другая модель'])
    chat.press('Изменить')
    assert.equal(chat.state, 'drafting.changing')
    chat.press('Описание')
    chat.text('пёс')
    assert.equal(chat.state, 'drafting.preview')
    assert.deepEqual(chat.context.draft?.answers, { prompt: 'пёс', aspect_ratio: '1:1' })
    assert.ok(chat.button('Запустить'))
  })

  test('leads back from a change to the order, and from an answer to the others', () => {
    const chat = ended('kie.failed:400')
    chat.press('Изменить')
    chat.press('Формат')
    chat.press('Назад')
    assert.equal(chat.state, 'drafting.changing')
    chat.press('Назад')
    assert.equal(chat.state, 'drafting.preview')
    assert.ok(chat.button('Запустить'))
  })

  test('takes new words at once, and shows the price before it starts', () => {
    for (const chat of [ended(), ended('kie.failed:400')]) {
      assert.match(chat.screen.text, /новый текст/)
      chat.text('пёс')
      assert.equal(chat.state, 'offering.choosing')
      assert.equal(chat.effect('job.start'), undefined)
      assert.ok(chat.button('Z-Image · бесплатно'), 'the price stands on the button')
      chat.press('Z-Image · бесплатно')
      const { modelId, answers } = chat.effect('job.start')?.params ?? {}
      assert.equal(modelId, 'z-image')
      assert.deepEqual(answers, { prompt: 'пёс', aspect_ratio: '1:1' })
    }
  })

  test('speaks of other words only where they may help', () => {
    assert.match(ended('kie.refused').screen.text, /новый текст/)
    assert.doesNotMatch(ended('kie.credits').screen.text, /новый текст/)
  })

  test('takes new words where it asks what to change, and says what is wrong with them', () => {
    const chat = ended('kie.failed:400')
    chat.press('Изменить')
    chat.text('я'.repeat(1_001))
    assert.equal(chat.state, 'drafting.asking.writing')
    assert.match(chat.screen.text, /1.?000/u)
    chat.press('Назад')
    assert.equal(chat.state, 'drafting.changing')
    chat.text('пёс')
    assert.equal(chat.state, 'drafting.preview')
    assert.equal(chat.context.draft?.answers.prompt, 'пёс')
  })
})

describe('the history', () => {
  test('leads from an order of a model that is gone to what replaced it', () => {
    const gone: Backend = (effect) =>
      rich(effect).map((event) =>
        event.type === 'result.read' && event.card !== null
          ? { ...event, card: { ...event.card, modelId: 'sora-2-text-to-video' } }
          : event,
      )
    const chat = card(1, gone)
    assert.ok(!chat.labels.some((label) => label.includes('Повторить')))
    chat.press('➡️')
    assert.equal(chat.state, 'browsing.card')
    assert.equal(chat.context.place.modelId, 'wan/3-0-video')
    assert.ok(chat.button('Начать'))
  })

  test('shows model, date, price and state in words, page by page', () => {
    const chat = createChat()
    chat.press('История')
    assert.match(
      chat.screen.text,
      /1\. кот &lt;&amp;&gt;\n {4}<b>Z-Image<\/b> · <tg-time unix="\d+" format="dt">02\.10 01:05 МСК<\/tg-time> · бесплатно, готово/,
    )
    assert.match(chat.screen.text, /2\. .*\n.* 1,00.₽, не получилось\n3\. .*\n.*, в работе/u)
    assert.ok(chat.button('1. ✅ кот <&>'), 'an order is known by its first words')
    chat.press('➡️')
    assert.match(chat.screen.text, /9\. .*Страница 2 из 2/s)
    chat.press('9. ')
    chat.press('Назад')
    assert.match(chat.screen.text, /Страница 2 из 2/)
  })

  test('is narrowed to a kind of result, and says so when there is none of it', () => {
    const chat = createChat()
    chat.command('history')
    chat.press('🎬')
    assert.equal(foundIn(chat)?.total, 1)
    assert.ok(chat.button('✓ 🎬'))
    chat.press('1. ')
    chat.press('Назад')
    assert.equal(foundIn(chat)?.total, 1, 'it is still narrowed')
    chat.press('Избранное')
    chat.press('🎵')
    assert.match(chat.screen.text, /пока нет/)
    chat.press('Все')
    assert.equal(foundIn(chat)?.total, 1)
  })

  test('says what to do where it is empty', () => {
    const none: Backend = (effect) =>
      effect.type === 'history.request'
        ? [
            {
              type: 'history.read',
              list: effect.params.list as 'history',
              page: 0,
              lines: [],
              total: 0,
            },
          ]
        : rich(effect)
    const chat = createChat({ backend: none })
    chat.command('history')
    assert.match(chat.screen.text, /пока пусто/)
    chat.press('Избранное')
    assert.match(chat.screen.text, /В избранное/)
    chat.press('История')
    assert.match(chat.screen.text, /Ваши заказы/)
  })

  test('takes no page that it did not ask for', () => {
    const chat = createChat({ backend: () => [] })
    chat.command('history')
    const news = { type: 'history.read' as const, lines: [], total: 0 }
    chat.happen({ ...news, list: 'favourites', page: 0 })
    chat.happen({ ...news, list: 'history', page: 1 })
    assert.equal(foundIn(chat), null)
    chat.happen({ ...news, list: 'history', page: 0 })
    assert.deepEqual(foundIn(chat), { lines: [], total: 0 })
  })

  test('shows an order with its answers, and only what can be done with it', () => {
    const done = card(1)
    assert.match(done.screen.text, /Описание: <i>кот &lt;&amp;&gt;<\/i>/)
    assert.ok(done.button('Прислать ещё раз') && done.button('Изменить'))
    assert.deepEqual(card(2).labels, ['🔁 Ещё раз', '✏️ Изменить одно', '◀️ Назад', '🏠 В меню'])
    assert.match(card(2).screen.text, /Причина: .*\n💰 Вернули 1,00/u)
    assert.deepEqual(card(3).labels, ['◀️ Назад', '🏠 В меню'])
    assert.match(card(4).screen.text, /деньги вернулись/)
    assert.ok(!card(7).labels.some((label) => /Ещё раз|Изменить|Поделиться/.test(label)))
    assert.ok(!card(8).labels.some((label) => label.includes('Оригинал')), 'sound is sent as it is')
  })

  test('says so when there is no such order', () => {
    const none: Backend = (effect) =>
      effect.type === 'result.request'
        ? [{ type: 'result.read', jobId: effect.params.jobId as string, card: null }]
        : rich(effect)
    const chat = card(1, none)
    assert.equal(chat.state, 'results.list')
    assert.match(chat.screen.text, /Такого заказа нет/)
  })

  test('orders the same again, at the price of now', () => {
    const chat = card(1)
    chat.press('🔁')
    assert.equal(chat.state, 'drafting.preview')
    assert.deepEqual(chat.context.draft?.answers, { prompt: 'кот <&>', aspect_ratio: '1:1' })
    chat.press('Запустить')
    assert.ok(chat.effect('job.start'))
  })

  test('sends a result again, and shows the screen beneath it', () => {
    const chat = card(1)
    chat.press('Прислать')
    const shown = { jobId: 'done', chatId: 7, language: 'ru' }
    assert.deepEqual(paramsOf(chat, 'telegram.sendAgain'), shown)
    chat.happen({ type: 'result.sent', jobId: 'done' })
    assert.deepEqual(paramsOf(chat, 'telegram.render'), { chatId: 7, below: true })
    assert.doesNotMatch(chat.screen.text, /Отправляю/)
  })

  test('keeps a result at hand and drops it again, and gives the original', () => {
    const chat = card(1)
    chat.press('В избранное')
    const kept = { userId: 7, jobId: 'done' }
    assert.deepEqual(paramsOf(chat, 'favourite.set'), { ...kept, saved: true })
    chat.press('Убрать')
    assert.deepEqual(paramsOf(chat, 'favourite.set'), { ...kept, saved: false })
    assert.ok(chat.button('В избранное'))
    chat.press('Оригинал')
    const shown = { jobId: 'done', chatId: 7, language: 'ru' }
    assert.deepEqual(paramsOf(chat, 'telegram.sendOriginal'), shown)
    assert.match(chat.screen.text, /Отправляю оригинал/)
  })

  test('leads back to an order in the making', () => {
    const chat = createChat()
    chat.command('start', 'm_z-image')
    chat.press('Начать')
    chat.command('history')
    chat.press('К заказу')
    assert.equal(chat.state, 'drafting.asking.writing')
  })
})

describe('a result as an input', () => {
  const toModels = (group: string): Chat => {
    const chat = card(1)
    chat.press('Что ещё')
    chat.press(group)
    return chat
  }

  test('fills the first file of the model that is picked', () => {
    const chat = toModels('Улучшение')
    chat.press('удаление фона')
    assert.equal(chat.state, 'drafting.preview')
    assert.equal(fileOf(chat), 'done-0')
  })

  test('goes back to the card of the picked model, not of one that was shown before', () => {
    const chat = createChat()
    chat.command('start', 'm_z-image')
    chat.command('history')
    chat.press('1. ')
    chat.press('Что ещё')
    chat.press('Улучшение')
    chat.press('удаление фона')
    chat.press('Назад')
    chat.press('Назад')
    assert.equal(chat.state, 'browsing.card')
    assert.match(chat.screen.text, /удаление фона/)
    assert.ok(chat.button('Начать'))
  })

  test('asks which file where there are several', () => {
    const chat = card(9)
    chat.press('Что ещё')
    assert.match(chat.screen.text, /Какой из файлов/)
    chat.press('3')
    chat.press('Улучшение')
    chat.press('удаление фона')
    assert.equal(fileOf(chat), 'several-2')
  })

  test('goes back choice by choice', () => {
    const chat = card(9)
    chat.press('Что ещё')
    chat.press('1')
    chat.press('Видео')
    chat.press('Назад')
    assert.match(chat.screen.text, /Что сделать/)
    chat.press('Назад')
    assert.match(chat.screen.text, /Какой из файлов/)
    chat.press('Назад')
    assert.equal(chat.state, 'results.card')
    const message = createChat()
    message.tapResult({ type: 'result.reuse', jobId: 'several' })
    message.press('Назад')
    assert.equal(message.state, 'menu')
  })

  test('is refused before the order begins when it is too large', () => {
    const refusing: Backend = (effect) =>
      effect.type === 'result.inspect'
        ? [
            {
              type: 'media.refused',
              serial: effect.params.serial as number,
              code: 'media.too-large',
            },
          ]
        : rich(effect)
    const chat = card(1, refusing)
    chat.press('Что ещё')
    chat.press('Улучшение')
    chat.press('удаление фона')
    assert.equal(chat.state, 'results.using')
    assert.match(chat.screen.text, /слишком большой/)
    assert.equal(chat.context.draft, null)
  })

  test('of Grok goes on by its task, with the resolution that it was made in', () => {
    const chat = card(5)
    chat.press('Что ещё')
    chat.press('Улучшение')
    chat.press('Grok')
    assert.equal(chat.state, 'drafting.preview')
    const { answers } = chat.context.draft ?? assert.fail()
    assert.equal(answers.task_id, 'task-video')
    assert.equal(answers['@source_resolution'], '480p')
    assert.equal(chat.context.quote?.priceKopecks, 786)
  })

  test('is offered to models that are on offer, priced, and take its kind first', () => {
    const source = { modelId: 'z-image', answers: {}, taskId: 't', hasFiles: true }
    const found = compatibleModels(source, 0, view.rates)
    assert.ok(found.length > 10)
    for (const model of found) assert.ok(mediaInput(model, 'image'), model.id)
    assert.deepEqual(compatibleModels({ ...source, hasFiles: false }, 0, view.rates), [])
    const text = { ...source, modelId: 'elevenlabs/speech-to-text' }
    assert.deepEqual(compatibleModels(text, 0, view.rates), [])
  })
})

describe('continuing a task', () => {
  const model = (id: string) => allModels.find((m) => m.id === id) ?? assert.fail(id)
  const upscale = model('grok-imagine/upscale')
  const task = (modelId: string, answers = {}, taskId: string | null = 'task') =>
    ({ modelId, answers, taskId }) as const

  test('begins with a setting that has a price, and fails where none has', () => {
    const from = (resolution: string) =>
      continuing(upscale, task('grok-imagine/text-to-video', { resolution }), 0)
    assert.equal(from('480p')?.resolution, undefined, 'the default will do')
    assert.equal(from('720p')?.resolution, '1080p')
    assert.equal(from('1080p'), undefined)
  })

  test('takes tasks of the right models only, and none that is forgotten', () => {
    assert.equal(continuing(upscale, task('grok-imagine/text-to-image'), 0), undefined)
    assert.equal(continuing(upscale, task('kling/v2-1-pro'), 0), undefined)
    assert.equal(continuing(upscale, task('grok-imagine/text-to-video', {}, null), 0), undefined)
    const animate = continuing(
      model('grok-imagine/image-to-video'),
      task('grok-imagine/text-to-image'),
      2,
    )
    assert.deepEqual(animate, { task_id: 'task', index: 2 })
  })
})
