import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { MediaFile } from '../../../../src/machines/catalogue/media.ts'
import type { ConversationEvent } from '../../../../src/machines/conversation/events.ts'
import { drawScreen } from '../../../../src/machines/conversation/screens/draw.ts'
import type { Language } from '../../../../src/machines/texts/translate.ts'
import { balanceFacts, type Chat, createChat, mute, openModel, photo, view } from '../chat.ts'

const voice: MediaFile = { kind: 'voice', fileId: 'AwAC', uniqueId: 'v', size: 9_000, duration: 4 }
const song: MediaFile = {
  kind: 'audio',
  fileId: 'CQAC',
  uniqueId: 's',
  size: 900_000,
  duration: 60,
}
const film: MediaFile = {
  kind: 'video',
  fileId: 'BAAC',
  uniqueId: 'f',
  size: 900_000,
  duration: 6,
  width: 640,
  height: 480,
}
const scan: MediaFile = { kind: 'document', fileId: 'BQAD', uniqueId: 'd', mime: 'image/png' }

/** What a person sends, one message after another: words, or a file with the words under it. */
type Sent = string | [MediaFile, string?, string?]

const eventOf = (sent: Sent): ConversationEvent => {
  if (typeof sent === 'string') return { type: 'text.received', text: sent }
  const [media, caption, groupId] = sent
  return { type: 'media.received', media, ...(caption && { caption }), ...(groupId && { groupId }) }
}

/**
 * Real wishes as people write them, and the order that is offered first: the task's first words on
 * its button, with three dots where one thing is still to be said.
 */
const WISHES: readonly [Language, string, ...Sent[]][] = [
  ['ru', '🎨 Нарисовать', 'рыжий кот в скафандре на луне, мультик'],
  ['ru', '🎨 Нарисовать', 'нарисуй логотип для кофейни "Зерно"'],
  ['ru', '🎨 Нарисовать', 'нарсиуй девушку с зонтиком под дождем'],
  ['ru', '🎨 Нарисовать', 'Открытка маме на 8 марта с тюльпанами'],
  ['ru', '🎨 Нарисовать', 'картинка волк воет на луну'],
  ['ru', '🎨 Нарисовать', 'аватарка для телеги в стиле киберпанк'],
  ['ru', '🎨 Нарисовать', 'домик в деревне'],
  ['ru', '📹 Видео', 'видео как дракон летит над замком'],
  ['ru', '📹 Видео', 'сделай короткий ролик про котенка в снегу'],
  ['ru', '🎵 Песня', 'песня на день рождения Маши, веселая'],
  ['ru', '🎵 Песня', 'напиши песню про дачу и шашлыки'],
  ['ru', '🎼 Музыка', 'спокойный бит без слов для сторис'],
  ['ru', '🎙 Озвучить', 'озвучь: Добро пожаловать в наш магазин!'],
  ['ru', '🎙 Озвучить', 'прочитай голосом диктора: Внимание, поезд отправляется'],
  ['ru', '✏️ Изменить фото…', [photo]],
  ['ru', '✏️ Изменить фото', [photo, 'сделай меня в костюме космонавта']],
  ['ru', '✏️ Изменить фото', [photo, 'стиль аниме']],
  ['ru', '🎬 Оживить фото', [photo, 'оживи пожалуйста']],
  ['ru', '🎬 Оживить фото', [photo, 'пусть бабушка помашет рукой, видео']],
  ['ru', '✂️ Убрать фон', [photo, 'убери фон']],
  ['ru', '✨ Сделать чётче', [photo, 'сделай четче, размыто']],
  ['ru', '✏️ Изменить фото', [photo], 'добавь на голову корону'],
  ['ru', '✏️ Изменить фото', [photo, '', 'a'], [photo, 'соедини нас на одном фото', 'a']],
  ['ru', '🗣 Говорящий портрет', [photo], [voice]],
  ['ru', '🗣 Говорящий портрет', [voice], [photo]],
  ['ru', '🗣 Говорящий портрет…', [voice]],
  ['ru', '🎬 Оживить фото…', 'хочу оживить фото дедушки'],
  ['ru', '✨ Видео чётче', [film]],
  ['ru', '✏️ Изменить фото', [scan, 'перекрась стены в синий']],
  ['ru', '✏️ Изменить фото', 'https://example.com/cat.jpg замени кота на собаку'],
  ['en', '🎨 Draw', 'a ginger cat astronaut, pixar style'],
  ['en', '🎨 Draw', 'draw me a logo for a bakery'],
  ['en', '🎨 Draw', 'cyberpunk city wallpaper 4k'],
  ['en', '🎨 Draw', 'pcture of a wolf howling at the moon'],
  ['en', '🎨 Draw', 'poster for a jazz night'],
  ['en', '🎨 Draw', 'cozy cabin in the woods'],
  ['en', '📹 Video', 'video of a dragon flying over a castle'],
  ['en', '📹 Video', 'make a short clip: waves at sunset'],
  ['en', '📹 Video', 'cinematic movie shot of a samurai'],
  ['en', '🎵 Song', 'song for my wife, 10 years together'],
  ['en', '🎵 Song', 'write a rap about monday mornings'],
  ['en', '🎼 Instrumental', 'lofi beat for studying'],
  ['en', '🎙 Read aloud', 'read aloud: Welcome to our podcast!'],
  ['en', '🎙 Read aloud', 'voice over for an ad: Fresh bread every day'],
  ['en', '✏️ Edit the photo…', [photo]],
  ['en', '✏️ Edit the photo', [photo, 'put me on a beach in Bali']],
  ['en', '✏️ Edit the photo', [photo, 'change my hair to red']],
  ['en', '✏️ Edit the photo', [photo, 'anime style pls']],
  ['en', '🎬 Animate the photo', [photo, 'animate this']],
  ['en', '🎬 Animate the photo', [photo, 'make him dance']],
  ['en', '✂️ Remove the background', [photo, 'remove the background']],
  ['en', '✨ Make it sharper', [photo, 'enhance the quality']],
  ['en', '✏️ Edit the photo', [photo], 'give him sunglasses'],
  ['en', '✏️ Edit the photo', [photo, 'us two hugging', 'b'], [photo, '', 'b']],
  ['en', '🗣 Talking portrait', [photo, 'make it talk'], [voice]],
  ['en', '🗣 Talking portrait…', [voice]],
  ['en', '🗣 Talking portrait…', [song]],
  ['en', '✨ Sharper video', [film]],
  ['en', '🎭 Remake the video', [film, 'restyle it as anime']],
  ['en', '✏️ Edit the photo…', 'https://example.com/cat.jpg'],
]

/** What a person never reads who has simply said what they want. */
const REFUSING =
  /выберите кнопкой|жду команды|не понимаю|choose with a button|waiting for|don't understand/i

const said = (chat: Chat): string => [chat.screen.text, ...chat.labels].join('\n')

describe('a wish', () => {
  test('of sixty real ones brings up an order for it, and nothing of it is lost', () => {
    assert.deepEqual(
      [30, 30],
      ['ru', 'en'].map((l) => WISHES.filter((w) => w[0] === l).length),
    )
    const wrong: string[] = []
    for (const [language, expected, ...messages] of WISHES) {
      const chat = createChat({ language })
      for (const sent of messages) chat.happen(eventOf(sent))
      const name = JSON.stringify(messages.map((m) => (typeof m === 'string' ? m : m.slice(0, 2))))
      assert.equal(chat.state, 'offering.choosing', name)
      assert.doesNotMatch(said(chat), REFUSING, name)
      const first = chat.labels.find((label) => !label.startsWith('🔍')) ?? ''
      const isWhole = !expected.endsWith('…')
      const fits = first.startsWith(expected) && (!isWhole || !first.includes('…'))
      if (!fits) wrong.push(`${name}: ${first} instead of ${expected}`)
      const { words, files } = chat.context.wish ?? assert.fail('no wish')
      assert.equal(files.length, filesIn(messages), name)
      for (const word of wordsIn(messages)) assert.ok(words?.includes(word), `${word} of ${name}`)
    }
    assert.deepEqual(wrong, [])
  })

  test('becomes a running order by one tap, at the price on the button', () => {
    for (const [language, expected, ...messages] of WISHES) {
      if (expected.endsWith('…')) continue
      const chat = createChat({ language })
      for (const sent of messages) chat.happen(eventOf(sent))
      const { label, event } = chat.button(expected)
      chat.press(expected)
      const order = chat.effect('job.start')?.params ?? assert.fail(`${expected} starts nothing`)
      assert.ok(event.type === 'pick.confirmed' && event.kopecks === order.priceKopecks)
      assert.match(label, /(бесплатно|free|₽|₽.≈.\$[\d.]+)$/u)
      assert.equal(chat.state, 'watching')
    }
  })
})

const filesIn = (messages: readonly Sent[]): number =>
  messages.filter((m) => typeof m !== 'string' || m.startsWith('https:')).length

/** Every word of what was sent, but for links. */
const wordsIn = (messages: readonly Sent[]): string[] =>
  messages
    .flatMap((m) => (typeof m === 'string' ? m : (m[1] ?? '')).split(/\s+/))
    .filter((word) => word !== '' && !word.startsWith('https:'))

describe('a wish that is put right', () => {
  test('goes on with the new words, and takes no notice of other messages', () => {
    const chat = createChat()
    chat.text('рыжий кот на лнуе')
    assert.equal(chat.state, 'offering.choosing')
    chat.happen({ type: 'message.edited', text: 'рыжий кот на луне' })
    assert.equal(chat.state, 'offering.choosing')
    assert.equal(chat.context.wish?.words, 'рыжий кот на луне')
    assert.match(chat.screen.text, /рыжий кот на луне/)
    chat.happen({ type: 'message.edited', text: 'привет' })
    assert.equal(chat.context.wish?.words, 'рыжий кот на луне')
  })
})

describe('the message that a file came in', () => {
  const from = (chat: Chat, type: string) => chat.effect(type)?.params.message
  const send = (chat: Chat, media: MediaFile, messageId: number) =>
    chat.happen({ type: 'media.received', media, messageId, groupId: 'scans' })

  test('is known while the file is looked into, one of an album after the other', () => {
    const chat = createChat({ backend: mute })
    const second = { ...scan, fileId: 'BQAE' }
    send(chat, scan, 11)
    assert.deepEqual(from(chat, 'wish.inspect'), { chatId: 7, messageId: 11 })
    send(chat, second, 12)
    const { serial } = chat.context
    chat.happen({ type: 'media.inspected', serial, media: { ...scan, kind: 'image' } })
    assert.deepEqual(from(chat, 'wish.inspect'), { chatId: 7, messageId: 12 })
    chat.text('https://example.com/a.png')
    chat.happen({ type: 'media.refused', serial: serial + 1, code: 'media.unusable' })
    assert.equal(chat.effect('wish.inspect')?.params.serial, serial + 2)
    assert.equal(from(chat, 'wish.inspect'), undefined)
  })

  test('is known while words are found for it, and while a question waits for it', () => {
    const chat = createChat()
    chat.happen({ type: 'media.received', media: photo, messageId: 21 })
    chat.press('Описать фото словами')
    assert.deepEqual(from(chat, 'words.improve'), { chatId: 7, messageId: 21 })
    const other = createChat({ backend: mute })
    openModel(other, 'recraft-remove-background')
    send(other, scan, 31)
    assert.deepEqual(from(other, 'media.inspect'), { chatId: 7, messageId: 31 })
  })
})

describe('the words of a wish', () => {
  test('are made richer, shown, and ordered as shown; one tap brings the own ones back', () => {
    const chat = createChat()
    chat.text('кот в снегу')
    chat.press('Дополнить')
    assert.partialDeepStrictEqual(chat.effect('words.improve')?.params, {
      how: 'enrich',
      words: 'кот в снегу',
    })
    assert.equal(chat.state, 'offering.choosing')
    assert.equal(chat.effect('job.start'), undefined)
    assert.match(chat.screen.text, /🪄 «A cat in the snow, soft light»\nБыло: «кот в снегу»/)
    chat.press('Вернуть мои слова')
    assert.equal(chat.context.wish?.words, 'кот в снегу')
    assert.equal(chat.context.wish?.improved, undefined)
    chat.press('По-английски')
    chat.press('🎨 Нарисовать')
    const answers = { prompt: 'A cat in the snow, soft light' }
    assert.partialDeepStrictEqual(chat.effect('job.start')?.params, { answers })
  })

  test('are found for a photo, and heard in a recording, which comes back with the own ones', () => {
    const chat = createChat()
    chat.photo()
    chat.press('Описать фото словами')
    assert.equal(chat.context.wish?.files.length, 1)
    chat.press('Вернуть мои слова')
    assert.equal(chat.context.wish?.words, null)
    const other = createChat()
    other.happen({ type: 'media.received', media: voice })
    other.press('Понять, что сказано')
    assert.partialDeepStrictEqual(other.effect('words.improve')?.params, {
      how: 'hear',
      media: { fileId: voice.fileId },
    })
    assert.equal(other.context.wish?.files.length, 0)
    assert.ok(other.labels.some((label) => label.startsWith('🎨 Нарисовать')))
    other.press('Вернуть мои слова')
    assert.equal(other.context.wish?.files[0]?.fileId, voice.fileId)
    const long = createChat()
    long.happen({ type: 'media.received', media: { ...song, duration: 300 } })
    assert.ok(!long.labels.some((label) => label.includes('Понять')))
  })

  test('of a photo are drawn anew or used on it, whatever else they might ask for', () => {
    const chat = createChat()
    chat.photo()
    chat.press('Описать фото словами')
    assert.match(chat.labels[0] ?? '', /^🎨 Нарисовать/)
    assert.ok(chat.labels.some((label) => label.startsWith('✏️ Изменить фото')))
    chat.press('🎨 Нарисовать')
    const answers = chat.effect('job.start')?.params.answers ?? {}
    assert.partialDeepStrictEqual(answers, { prompt: 'A cat in the snow, soft light' })
    assert.ok(!JSON.stringify(answers).includes(photo.fileId ?? ''))
    const sharp = createChat({ backend: mute })
    sharp.photo()
    sharp.happen({ type: 'balance.read', ...balanceFacts })
    sharp.press('Описать фото словами')
    const { serial } = sharp.context
    const words = 'Портрет, неглубокая резкость'
    sharp.happen({ type: 'words.improved', serial, how: 'describe', words })
    sharp.happen({ type: 'balance.read', ...balanceFacts })
    assert.match(sharp.labels[0] ?? '', /^🎨 Нарисовать/)
  })

  test('become the lyrics of a song, which are sung as they are shown', () => {
    const lines = '[Verse]\nСнег идёт, и ты со мной,\nТихо светит дом родной'
    const chat = createChat({ backend: mute })
    chat.text('песня про зиму и дом')
    chat.happen({ type: 'balance.read', ...balanceFacts, availableKopecks: 100_000 })
    chat.press('Сочинить слова песни')
    assert.equal(chat.state, 'offering.improving')
    assert.match(chat.screen.text, /Подбираю слова/)
    const { serial } = chat.context
    chat.happen({ type: 'words.improved', serial, how: 'lyrics', words: lines })
    chat.happen({ type: 'balance.read', ...balanceFacts, availableKopecks: 100_000 })
    assert.ok(chat.screen.text.includes(lines))
    chat.press('🎵 Песня')
    assert.partialDeepStrictEqual(chat.effect('job.start')?.params.answers, {
      custom_mode: true,
      instrumental: false,
      lyrics: lines,
      style: 'песня про зиму и дом',
      title: 'Снег идёт, и ты со мной',
    })
  })

  test('stay as they are where nothing comes, in time, or within the day', () => {
    for (const [reason, said] of [
      ['over', /На сегодня улучшений больше нет/],
      ['failed', /Подобрать слова не получилось/],
    ] as const) {
      const chat = createChat({ backend: mute })
      chat.text('кот в снегу')
      chat.happen({ type: 'balance.read', ...balanceFacts })
      chat.press('Дополнить')
      const { serial } = chat.context
      chat.happen({ type: 'words.refused', serial: serial - 1, reason })
      assert.equal(chat.state, 'offering.improving')
      chat.happen({ type: 'words.refused', serial, reason })
      chat.happen({ type: 'balance.read', ...balanceFacts })
      assert.match(chat.screen.text, said)
      assert.equal(chat.context.wish?.words, 'кот в снегу')
    }
  })

  test('are left alone without a chat model, in a text to be read aloud, and when written anew', () => {
    const chat = createChat()
    chat.text('кот в снегу')
    const { improvements: _, ...plain } = view
    const words = /слов|английски/
    assert.ok(chat.labels.some((label) => words.test(label)))
    const without = drawScreen(chat.snapshot, plain)?.keyboard.flat() ?? []
    assert.ok(!without.some(({ label }) => words.test(label)))
    chat.press('Дополнить')
    chat.text('другой кот')
    assert.equal(chat.context.wish?.improved, undefined)
    const voiced = createChat()
    voiced.text('озвучь: привет всем')
    voiced.press('🎙 Озвучить')
    assert.equal(voiced.state, 'watching')
  })
})
