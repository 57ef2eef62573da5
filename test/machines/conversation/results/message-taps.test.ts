import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { allModels } from '../../../../src/machines/catalogue/catalogue.ts'
import { messageButtons } from '../../../../src/machines/conversation/results/message-buttons.ts'
import {
  messageTapIn,
  type ResultTap,
  tapData,
} from '../../../../src/machines/conversation/results/message-taps.ts'
import type { ResultCard } from '../../../../src/machines/conversation/results/results.ts'
import { type Backend, type Chat, createChat, openModel, rich, view } from '../chat.ts'
import { moments } from '../exploration.ts'
import { orders } from '../orders.ts'
import { FORBIDDEN } from '../screen-rules.ts'

const again = { type: 'result.again', jobId: 'done', priceKopecks: 0 } as const
const tapped = (tap: ResultTap, backend: Backend = rich): Chat => {
  const chat = createChat({ backend })
  chat.tapResult(tap)
  return chat
}
const starts = (chat: Chat) => chat.effects.filter(({ type }) => type === 'job.start')
const buttonsOf = (facts: Partial<ResultCard>, language: 'ru' | 'en' = 'ru') =>
  messageButtons({ ...(orders[0] as ResultCard), ...facts }, view.rates, language)
const labelsOf = (facts: Partial<ResultCard>) =>
  buttonsOf(facts).map((row) => row.map(({ text }) => text))

describe('the buttons of a result', () => {
  test('offer only what can be done with it, with the price of the same again', () => {
    assert.deepEqual(labelsOf({}), [
      ['🔁 Ещё раз · бесплатно'],
      ['✏️ Другие слова', '🎲 Варианты'],
      ['✨ Чётче', '🎬 Оживить'],
      ['🪄 Что ещё', '📄 Оригинал'],
      ['🔗 Поделиться', '⭐ В избранное'],
    ])
    const paid = { modelId: 'google/imagen4-fast', answers: { prompt: 'кот' }, saved: true }
    assert.match(labelsOf(paid)[0]?.[0] ?? '', /^🔁 Ещё раз · 3,14.₽$/)
    assert.equal(labelsOf(paid).at(-1)?.at(-1), '✖️ Убрать из избранного')
    assert.deepEqual(labelsOf({ modelId: 'no-such-model' }), [['⭐ В избранное']])
  })

  test('fit into Telegram for every model in both languages, and come back as they were', () => {
    for (const { id } of allModels) {
      for (const language of ['ru', 'en'] as const) {
        const jobId = '0123456789abcdefghijklmn'
        for (const { text, callback_data } of buttonsOf({ modelId: id, jobId }, language).flat()) {
          assert.ok(Buffer.byteLength(callback_data) <= 64)
          assert.ok(text.length <= 64)
          assert.doesNotMatch(text, FORBIDDEN)
          const tap = messageTapIn(callback_data) ?? assert.fail(callback_data)
          assert.equal(tapData(tap as ResultTap), callback_data)
        }
      }
    }
  })

  test('of anything else are none', () => {
    for (const data of [
      '',
      'r:',
      'r:delete:j',
      'r:again:J!',
      'r:again:j:-1',
      `r:again:j:${'9'.repeat(13)}`,
    ]) {
      assert.equal(messageTapIn(data), undefined, data)
    }
  })
})

describe('a tap on a result', () => {
  test('is answered in every state, and what it opens stands below everything', () => {
    for (const { snapshot } of moments) {
      const chat = createChat()
      chat.snapshot = snapshot
      chat.tapResult({ type: 'result.vary', jobId: 'done' })
      const answers = chat.effects.filter(({ type }) => type === 'telegram.answer')
      assert.equal(answers.length, 1)
      assert.deepEqual(chat.effect('telegram.render')?.params, { chatId: 7, below: true })
      assert.equal(chat.state, 'results.varying')
    }
  })

  test('orders the same again at once, at the price on the button', () => {
    const chat = tapped(again)
    assert.equal(chat.state, 'watching')
    const [start] = starts(chat)
    const { answers, priceKopecks, copies } = start?.params ?? assert.fail()
    assert.deepEqual([priceKopecks, copies], [0, undefined])
    assert.deepEqual(answers, { prompt: 'кот <&>', aspect_ratio: '1:1' })
  })

  test('shows the price of now where the button has none, or another one', () => {
    assert.equal(tapped({ ...again, priceKopecks: null }).state, 'drafting.preview')
    const dearer: Backend = (effect) =>
      effect.type === 'job.start'
        ? [{ type: 'job.refused', jobId: effect.params.jobId as string, reason: 'price-changed' }]
        : rich(effect)
    const chat = tapped(again, dearer)
    assert.deepEqual([chat.state, chat.context.refusal], ['drafting.preview', 'price-changed'])
  })

  test('works twice, but a double tap is one', () => {
    const chat = tapped(again)
    chat.tapResult(again, 300)
    assert.deepEqual(
      chat.effects.map(({ type }) => type),
      ['telegram.answer'],
    )
    chat.tapResult(again)
    assert.equal(starts(chat).length, 1)
    assert.equal(chat.context.tracked.length, 2)
  })

  test('asks for other words and keeps the rest', () => {
    const chat = tapped({ type: 'result.reword', jobId: 'done' })
    assert.equal(chat.state, 'drafting.asking.writing')
    assert.match(chat.screen.text, /кот &lt;&amp;&gt;/)
    chat.text('пёс')
    assert.equal(chat.state, 'drafting.preview')
    assert.deepEqual(chat.context.draft?.answers, { prompt: 'пёс', aspect_ratio: '1:1' })
    assert.equal(starts(chat).length, 0)
  })

  test('makes two to four of the same, each an order of its own, and no more by a repeat', () => {
    const chat = tapped({ type: 'result.vary', jobId: 'done' })
    assert.deepEqual(chat.labels, ['2', '3', '4', '◀️ Назад', '🏠 В меню'])
    chat.press('3')
    assert.equal(starts(chat)[0]?.params.copies, 3)
    const { jobId } = chat.context
    chat.happen({
      type: 'job.failed',
      jobId: jobId ?? '',
      modelId: 'z-image',
      error: 'kie.failed',
      refundKopecks: 0,
    })
    chat.press('Попробовать снова')
    chat.press('Запустить')
    assert.equal(starts(chat)[0]?.params.copies, undefined)
  })

  test('says what variants cost together', () => {
    const paid: Backend = (effect) =>
      rich(effect).map((event) =>
        event.type === 'result.read' && event.card !== null
          ? {
              ...event,
              card: {
                ...event.card,
                modelId: 'google/imagen4-fast',
                answers: { prompt: 'кот', seed: '7' },
              },
            }
          : event,
      )
    const chat = tapped({ type: 'result.vary', jobId: 'done' }, paid)
    assert.match(chat.labels[2] ?? '', /^4 · 12,56.₽$/)
    chat.press('4')
    assert.deepEqual(starts(chat)[0]?.params.answers, { prompt: 'кот' }, 'a seed would repeat it')
  })

  test('makes a picture clearer, or a film of it, by one tap on a pick with its price', () => {
    const tasks = [
      ['result.enhance', 'upscale'],
      ['result.animate', 'animate'],
    ] as const
    for (const [type, task] of tasks) {
      const chat = tapped({ type, jobId: 'done' })
      assert.equal(chat.state, 'offering.choosing')
      assert.equal(chat.context.wish?.task, task)
      assert.match(chat.labels[0] ?? '', /^⚡ .*₽$/)
      chat.press('⚡')
      assert.equal(chat.state, 'watching')
      assert.ok(JSON.stringify(starts(chat)[0]?.params.answers).includes('done-0'))
    }
  })

  test('looks into a film before it is offered larger, for its length is the price', () => {
    const chat = tapped({ type: 'result.enhance', jobId: 'video' })
    assert.equal(chat.context.wish?.task, 'sharpenVideo')
    assert.equal(chat.context.wish?.looked.length, 1)
    assert.equal(chat.state, 'offering.choosing')
  })

  test('asks which file of several, then goes on with that one', () => {
    const chat = tapped({ type: 'result.enhance', jobId: 'several' })
    assert.match(chat.screen.text, /Какой из файлов/)
    chat.press('2')
    assert.equal(chat.state, 'offering.choosing')
    assert.deepEqual(
      chat.context.wish?.files.map(({ fileId }) => fileId),
      ['several-1'],
    )
  })

  test('keeps an order in the making while a result is gone on with', () => {
    const chat = createChat()
    openModel(chat, 'z-image')
    const { draft } = chat.context
    chat.tapResult({ type: 'result.animate', jobId: 'done' })
    assert.deepEqual(chat.context.draft, draft)
    assert.ok(chat.button('К заказу'))
  })

  test('keeps it, drops it and gives the original without leaving the screen', () => {
    const chat = createChat()
    openModel(chat, 'z-image')
    const before = [chat.state, chat.context]
    chat.tapResult({ type: 'result.favoured', jobId: 'done' })
    assert.deepEqual(chat.effects, [
      { type: 'favourite.set', params: { userId: 7, jobId: 'done', saved: true } },
      {
        type: 'telegram.markResult',
        params: { jobId: 'done', chatId: 7, language: 'ru', messageId: 40, saved: true },
      },
      { type: 'telegram.answer', params: { queryId: 'query', text: '⭐ Добавлено в избранное.' } },
    ])
    chat.tapResult({ type: 'result.unfavoured', jobId: 'done' })
    assert.equal(chat.effect('favourite.set')?.params.saved, false)
    chat.tapResult({ type: 'result.original', jobId: 'done' })
    assert.equal(chat.effect('telegram.sendOriginal')?.params.jobId, 'done')
    assert.deepEqual([chat.state, chat.context], before)
  })

  test('of somebody else, or of a model that no longer exists, leads nowhere', () => {
    const none: Backend = (effect) =>
      effect.type === 'result.request'
        ? [{ type: 'result.read', jobId: effect.params.jobId as string, card: null }]
        : rich(effect)
    for (const chat of [tapped(again, none), tapped({ ...again, jobId: 'gone' })]) {
      assert.equal(chat.state, 'menu')
      assert.match(chat.screen.text, /Такого заказа нет/)
      assert.equal(starts(chat).length, 0)
    }
  })
})
