import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createConversationDefinition } from '../../../../src/machines/conversation/definition.ts'
import {
  inviterOf,
  modelIn,
  modelLink,
  templateIn,
  templateLink,
} from '../../../../src/machines/conversation/start-links.ts'
import { orderAsTemplate } from '../../../../src/machines/conversation/templates/order-as-template.ts'
import { type Backend, createChat, photo, rich, view } from '../chat.ts'
import { assertScreen } from '../screen-rules.ts'

const open = (id: string, language: 'ru' | 'en' = 'ru', backend: Backend = rich) => {
  const chat = createChat({ language, backend })
  chat.command('start', `t_${id}_7`)
  return chat
}

describe('a template', () => {
  test('is chosen from the menu, its gaps are asked for one by one, and one tap orders it', () => {
    const chat = createChat()
    chat.press('Готовые идеи')
    chat.press('Открытка с именем')
    assert.equal(chat.state, 'templates.card')
    assert.match(chat.screen.text, /Кого поздравляем\?.*\n.*Что на открытке\?/)
    assert.match(chat.screen.text, /Цена: <b>\d/)
    chat.press('Сделать так же')
    assert.match(chat.screen.text, /Шаг 1 из 2\n✍️ Кого поздравляем\?/)
    chat.text('Машу')
    assert.match(chat.screen.text, /Шаг 2 из 2\n✍️ Что на открытке\?/)
    chat.text('пионы')
    assert.equal(chat.state, 'offering.choosing')
    assert.match(chat.screen.text, /«Машу, с праздником!», пионы, тёплые цвета/)
    chat.press('🎂 Открытка с именем')
    const { params } = chat.effect('job.start') ?? assert.fail('nothing starts')
    assert.equal(params.modelId, 'gpt-image-2-5-sunburst-text-to-image')
    const { prompt, ...choices } = params.answers as Record<string, string>
    assert.match(prompt ?? '', /«Машу, с праздником!», пионы/)
    assert.deepEqual(choices, { aspect_ratio: '1:1', resolution: '1K' })
  })

  test('that needs a photo asks for it, and takes the words under it for an open gap', () => {
    const chat = open('pet-hero')
    chat.press('Сделать так же')
    assert.match(chat.screen.text, /Пришлите фото/)
    chat.photo()
    assert.equal(chat.state, 'offering.choosing')
    assert.ok(chat.labels.some((label) => /Питомец-супергерой · /.test(label)))
    const other = open('product-photo')
    other.press('Сделать так же')
    other.photo('на столе')
    assert.equal(other.state, 'offering.choosing')
    assert.match(other.context.wish?.words ?? '', /этого товара: на столе, мягкий/)
  })

  test('with an example shows from a model’s card and from a wish what comes of it, and Back leads there', () => {
    const card = createChat()
    card.command('start', 'm_z-image')
    card.press('Пример')
    // The picture came above.
    assert.deepEqual(card.effect('template.show')?.params.id, 'film-poster')
    assert.equal(card.state, 'templates.card')
    card.press('Назад')
    assert.equal(card.state, 'browsing.card')
    card.press('Пример')
    card.press('Сделать так же')
    assert.equal(card.context.wish?.template?.title, card.context.place.templates?.card?.title)

    const wish = createChat()
    wish.happen({ type: 'wish.opened', task: 'draw' })
    wish.text('кот на луне')
    wish.press('Пример')
    assert.equal(wish.state, 'templates.card')
    wish.press('Назад')
    assert.equal(wish.state, 'offering.choosing')
    assert.equal(wish.context.wish?.words, 'кот на луне')
  })

  test('is left by Back, and another wish forgets it', () => {
    const chat = open('logo')
    chat.press('Сделать так же')
    chat.press('Назад')
    assert.equal(chat.state, 'templates.card')
    chat.press('Сделать так же')
    chat.text('Зерно')
    chat.text('кофейня')
    chat.press('Назад')
    assert.equal(chat.context.wish?.task, null)
    chat.happen({ type: 'wish.opened', task: 'edit' })
    assert.equal(chat.context.wish?.template, undefined)
  })

  test('shows its example above the card, and does not wait for it for ever', () => {
    const chat = open('birthday-card', 'en')
    assert.ok(chat.effect('template.show'))
    assert.deepEqual(chat.effects.findLast(({ type }) => type === 'telegram.render')?.params, {
      chatId: 7,
      below: true,
    })
    const silent: Backend = (effect) => (effect.type === 'template.show' ? [] : rich(effect))
    const waiting = open('birthday-card', 'en', silent)
    assert.equal(waiting.state, 'templates.showing')
  })

  test('may have any title', () => {
    const odd: Backend = (effect) =>
      rich(effect).map((event) =>
        event.type === 'template.read' && event.card !== null
          ? { ...event, card: { ...event.card, title: 'Cats <3 & dogs' } }
          : event,
      )
    const chat = open('sticker', 'en', odd)
    assertScreen(chat.screen, [])
    chat.press('Make one like this')
    chat.text('a panda')
    assert.equal(chat.state, 'offering.choosing')
    assertScreen(chat.screen, [])
    assert.match(chat.screen.text, /<b>Cats &lt;3 &amp; dogs<\/b>/)
  })

  test('that is gone, or never was, leads to the list of the others', () => {
    const chat = open('no-such-idea')
    assert.equal(chat.state, 'templates.list')
    assert.match(chat.screen.text, /Этой идеи больше нет/)
  })

  test('passes on by a link that carries the invitation, too', () => {
    const chat = open('logo')
    const share = chat.screen.keyboard.flat().find((b) => 'share' in b) ?? assert.fail()
    assert.ok('share' in share)
    assert.deepEqual(templateIn(share.share.start), { source: 'template', id: 'logo' })
    assert.equal(inviterOf(share.share.start), 7)
    const { inputOf } = createConversationDefinition(view)
    const event = { type: 'command.start', payload: share.share.start }
    assert.deepEqual(inputOf('conversation:1:8', event), {
      ...{ chatId: 8, userId: 8, languageCode: undefined, invitedBy: 7 },
    })
  })
})

describe('a shared result', () => {
  const sharing = () => {
    const chat = createChat()
    chat.tapResult({ type: 'result.share', jobId: 'done' })
    return chat
  }
  const linkOf = (chat: ReturnType<typeof createChat>) => {
    const found = chat.screen.keyboard.flat().find((b) => 'share' in b)
    return found !== undefined && 'share' in found ? found.share.start : assert.fail('no link')
  }

  test('has one link with its secret and the invitation, and hides its words until its owner shows them', () => {
    const chat = sharing()
    assert.equal(chat.state, 'results.sharing')
    assert.match(chat.screen.text, /🙈 Ваши слова скрыты: «кот &lt;&amp;&gt;»/)
    const link = linkOf(chat)
    assert.equal(inviterOf(link), 7)
    assert.equal(templateIn(link)?.source, 'share')
    chat.press('Показать мои слова')
    assert.equal(chat.effect('share.request')?.params.withWords, true)
    assert.match(chat.screen.text, /👁 Ваши слова увидит каждый/)
    assert.equal(linkOf(chat), link)
    chat.press('Скрыть мои слова')
    assert.equal(chat.effect('share.request')?.params.withWords, false)
    chat.press('Прислать для')
    assert.equal(chat.effect('share.send')?.params.jobId, 'done')
  })

  test('is opened from the history too, and Back leads there', () => {
    const chat = createChat()
    chat.command('history')
    chat.press('1. ')
    chat.press('Поделиться')
    assert.equal(chat.state, 'results.sharing')
    chat.press('Назад')
    assert.equal(chat.state, 'results.card')
  })

  test('is ordered by a friend with their own words, all else filled in', () => {
    const friend = createChat()
    friend.command('start', linkOf(sharing()))
    assert.equal(friend.state, 'templates.card')
    assert.match(friend.screen.text, /с вами поделились/)
    assert.match(friend.screen.text, /Слова автор оставил при себе/)
    friend.press('Сделать так же')
    friend.text('лиса')
    assert.equal(friend.state, 'offering.choosing')
    friend.press('Z-Image')
    assert.deepEqual(friend.effect('job.start')?.params.answers, {
      ...{ prompt: 'лиса', aspect_ratio: '1:1' },
    })
  })
})

describe('links that start the bot', () => {
  test('fit into Telegram’s 64 characters and come back as they were', () => {
    const user = 7_999_999_999_999
    const secret = 'a'.repeat(24)
    for (const link of [templateLink('share', secret, user), modelLink('x'.repeat(41), user)]) {
      assert.match(link, /^[A-Za-z0-9_-]{1,64}$/)
      assert.equal(inviterOf(link), user)
    }
    assert.deepEqual(templateIn(templateLink('share', secret, user)), {
      ...{ source: 'share', id: secret },
    })
    assert.equal(modelIn(modelLink('z-image', 7)), 'z-image')
    assert.equal(modelIn('m_z-image'), 'z-image')
    assert.equal(inviterOf('m_z-image'), null)
    assert.equal(templateIn('ref_7'), undefined)
  })
})

describe('an order as a template', () => {
  test('keeps choices, and nothing that its owner wrote or sent but the words apart', () => {
    const answers = {
      prompt: 'my secret cat',
      image_input: [photo],
      aspect_ratio: '1:1',
      resolution: '1K',
    }
    assert.deepEqual(orderAsTemplate('nano-banana-2-1', answers), {
      answers: { aspect_ratio: '1:1', resolution: '1K' },
      words: 'my secret cat',
      files: ['image'],
    })
    const spoken = { text: 'hello', voice: 'Rachel', seed: 5 }
    const kept = orderAsTemplate('elevenlabs/text-to-speech-turbo-2-5', spoken)
    assert.deepEqual([kept.answers, kept.words], [{ voice: 'Rachel' }, 'hello'])
    assert.deepEqual(orderAsTemplate('no-such-model', answers), {
      ...{ answers: {}, words: null, files: [] },
    })
  })
})
