import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { callJson, filePart, refused, startFake } from './support/fake.ts'
import { mp3Header, mp4Header, oggHeader, pngImage, webpHeader } from './support/images.ts'

// biome-ignore lint/suspicious/noExplicitAny: updates of a foreign protocol, looked at by tests.
type Loose = any

async function person(t: TestContext) {
  const server = await startFake(t)
  const user = server.control.user(1, { firstName: 'Anna', username: 'anna' })
  const last = (): Loose => server.control.pendingUpdates().at(-1)
  return { ...server, user, last }
}

describe('what people send', () => {
  test('is no text at all when it is invisible, as far as the real one sees it', async (t) => {
    const { user, last } = await person(t)
    for (const nothing of ['', ' \n', '\u200b', '\u200b \u200c\ufeff', '\u00a0'])
      assert.throws(() => user.sendText(nothing), /message text is empty/)
    for (const something of ['\u3164', '\u2800', '\ufe0f', '\u200e']) {
      user.sendText(something)
      assert.equal(last().message.text, something)
    }
  })

  test('may be a voice note, a round film or a sticker, each with its facts', async (t) => {
    const { user, last } = await person(t)
    await user.sendFile(oggHeader(), { kind: 'voice', duration: 4 })
    assert.deepEqual(
      [last().message.voice.duration, last().message.voice.mime_type],
      [4, 'audio/ogg'],
    )
    await user.sendFile(mp4Header(), { kind: 'video_note', duration: 6 })
    const note = last().message.video_note
    assert.deepEqual(
      [note.length, note.duration, note.file_name, note.width],
      [384, 6, undefined, undefined],
    )
    await user.sendFile(webpHeader(512, 512), { kind: 'sticker', emoji: '🐱' })
    const { sticker } = last().message
    assert.deepEqual(
      [sticker.emoji, sticker.type, sticker.width, sticker.is_animated],
      ['🐱', 'regular', 512, false],
    )
  })

  test('may be a contact, a place or a poll', async (t) => {
    const { user, last } = await person(t)
    user.sendContact({ phoneNumber: '+49301234', firstName: 'Bob', userId: 2 })
    assert.deepEqual(last().message.contact, {
      ...{ phone_number: '+49301234', first_name: 'Bob', user_id: 2 },
    })
    user.sendLocation({ latitude: 55.75, longitude: 37.6 })
    assert.deepEqual(last().message.location, { latitude: 55.75, longitude: 37.6 })
    user.sendPoll({ question: 'Cat or dog?', options: ['Cat', 'Dog'] })
    const { poll } = last().message
    assert.deepEqual(
      [poll.question, poll.options[1].text, poll.total_voter_count],
      ['Cat or dog?', 'Dog', 0],
    )
  })

  test('may be several files at once, as one album with the caption on its first', async (t) => {
    const { user, control } = await person(t)
    await user.sendAlbum(
      [
        { bytes: pngImage(), kind: 'photo' },
        { bytes: mp4Header(), kind: 'video' },
      ],
      { caption: 'both' },
    )
    const [first, second] = control.pendingUpdates().map(({ message }: Loose) => message)
    assert.ok(first.photo && second.video)
    assert.equal(first.media_group_id, second.media_group_id)
    assert.deepEqual([first.caption, second.caption], ['both', undefined])
    await assert.rejects(
      user.sendAlbum([pngImage(), { bytes: mp3Header(), kind: 'audio' }]),
      /do not go into one album/,
    )
    await assert.rejects(user.sendAlbum(Array(11).fill(pngImage())), /at most 10/)
    await user.sendAlbum([pngImage()])
    assert.equal(user.chat().at(-1)?.groupId, undefined)
  })

  test('may be changed later, which a bot hears that has not refused to', async (t) => {
    const { user, control, ok, last } = await person(t)
    const sent = user.sendText('a cta')
    user.edit(sent.id, 'a cat')
    assert.deepEqual(
      [last().edited_message.text, last().edited_message.message_id],
      ['a cat', sent.id],
    )
    assert.ok(last().edited_message.edit_date)
    const photo = await user.sendPhoto(pngImage(), { caption: 'old' })
    user.edit(photo.id, 'new')
    assert.equal(last().edited_message.caption, 'new')
    const before = control.pendingUpdates().length
    await ok('getUpdates', { allowed_updates: ['message'] })
    user.edit(sent.id, 'a dog')
    assert.equal(control.pendingUpdates().length, before)
    const { message_id } = await ok('sendMessage', { chat_id: 1, text: 'mine' })
    assert.throws(() => user.edit(message_id, 'yours'), /not their own/)
    assert.throws(() => user.edit(sent.id, '\u200b'), /empty/)
  })

  test('may be deleted, without a word to the bot, which then finds nothing', async (t) => {
    const { user, control, ok, api } = await person(t)
    const { message_id } = await ok('sendMessage', { chat_id: 1, text: 'mine' })
    user.remove(message_id)
    assert.deepEqual(user.chat(), [])
    assert.equal(control.pendingUpdates().length, 0)
    const edit = { chat_id: 1, message_id, text: 'x' }
    refused(await api('editMessageText', edit), 400, 'Bad Request: message to edit not found')
    const answer = { chat_id: 1, text: 'x', reply_parameters: { message_id } }
    refused(await api('sendMessage', answer), 400, 'Bad Request: message to be replied not found')
  })

  test('may answer a message', async (t) => {
    const { user, ok, last } = await person(t)
    const { message_id } = await ok('sendMessage', { chat_id: 1, text: 'Which one?' })
    user.sendText('this one', { replyTo: message_id })
    assert.equal(last().message.reply_to_message.text, 'Which one?')
    await user.sendFile(pngImage(), { replyTo: message_id })
    assert.equal(last().message.reply_to_message.message_id, message_id)
  })
})

describe('forwarded messages', () => {
  test('say who wrote them first: a person, one who hides, a group, a channel', async (t) => {
    const { user, control, last } = await person(t)
    const bob = control.user(2, { firstName: 'Bob' })
    const date = Date.UTC(2025, 0, 1)
    const sender = { id: 2, firstName: 'Bob', languageCode: 'en', username: undefined, stars: 0 }
    user.sendForwarded('one', { type: 'user', sender, date })
    const seconds = date / 1000
    assert.deepEqual(last().message.forward_origin, {
      type: 'user',
      sender_user: { id: 2, is_bot: false, first_name: 'Bob', language_code: 'en' },
      date: seconds,
    })
    assert.deepEqual([last().message.forward_from.id, last().message.forward_date], [2, seconds])
    user.sendForwarded('two', { type: 'hidden_user', name: 'Somebody', date })
    assert.deepEqual(last().message.forward_origin, {
      ...{ type: 'hidden_user', sender_user_name: 'Somebody', date: seconds },
    })
    const channel = control.group(2, { kind: 'channel', title: 'News' })
    const post = bob.at({ chatId: channel.id }).sendText('read')
    user.forward({ chatId: channel.id, messageId: post.id })
    assert.deepEqual(
      [last().message.forward_origin.chat.id, last().message.forward_origin.message_id],
      [channel.id, post.id],
    )
    assert.equal(last().message.text, 'read')
  })

  test("keep the origin when they go on, and the bot's own come back under its name", async (t) => {
    const { user, ok, last } = await person(t)
    const sent = await ok('sendMessage', { chat_id: 1, text: 'from the bot' })
    const copy = user.forward({ chatId: 1, messageId: sent.message_id })
    assert.equal(last().message.forward_origin.sender_user.username, 'fake_test_bot')
    assert.equal(last().message.from.id, 1)
    user.forward({ chatId: 1, messageId: copy.id })
    assert.equal(last().message.forward_origin.sender_user.username, 'fake_test_bot')
    assert.throws(() => user.edit(copy.id, 'x'), /can't be edited/)
  })

  test('are made by bots too, and copies without an origin', async (t) => {
    const { user, ok, api } = await person(t)
    const photo = await user.sendPhoto(pngImage(), { caption: 'mine' })
    const from = { chat_id: 1, from_chat_id: 1, message_id: photo.id }
    const forwarded = await ok('forwardMessage', from)
    assert.equal(forwarded.forward_origin.sender_user.id, 1)
    assert.equal(forwarded.caption, 'mine')
    const copied = await ok('copyMessage', { ...from, caption: 'other' })
    assert.deepEqual(Object.keys(copied), ['message_id'])
    const seen = user.chat().at(-1)
    assert.deepEqual([seen?.caption, seen?.forward, seen?.from], ['other', undefined, 'bot'])
    const nowhere = await api('forwardMessage', { ...from, message_id: 99 })
    refused(nowhere, 400, 'Bad Request: message to forward not found')
  })
})

describe('reactions', () => {
  test('of people reach a bot that asked for them by name', async (t) => {
    const { user, control, ok, last } = await person(t)
    const { message_id } = await ok('sendMessage', { chat_id: 1, text: 'Result' })
    user.react(message_id, '👍')
    assert.equal(control.pendingUpdates().length, 0)
    await ok('getUpdates', { allowed_updates: ['message_reaction'] })
    user.react(message_id, '🔥')
    const { message_reaction: reaction } = last()
    assert.deepEqual(
      [reaction.old_reaction, reaction.new_reaction, reaction.user.id, reaction.message_id],
      [[{ type: 'emoji', emoji: '👍' }], [{ type: 'emoji', emoji: '🔥' }], 1, message_id],
    )
    user.react(message_id)
    assert.deepEqual(last().message_reaction.new_reaction, [])
  })

  test('of the bot are one of the known emoji on a message that is there', async (t) => {
    const { user, api } = await person(t)
    const { id } = user.sendText('hi')
    const react = (reaction: unknown, message_id = id) =>
      api('setMessageReaction', { chat_id: 1, message_id, reaction })
    const emoji = (...list: string[]) => list.map((one) => ({ type: 'emoji', emoji: one }))
    assert.equal((await react(emoji('👀'))).result, true)
    assert.deepEqual(user.chat()[0]?.reactions.get('bot'), ['👀'])
    refused(await react(emoji('🦖')), 400, 'Bad Request: REACTION_INVALID')
    refused(await react(emoji('👀', '🔥')), 400, 'Bad Request: REACTIONS_TOO_MANY')
    refused(await react({}), 400, 'Bad Request: expected an Array of ReactionType')
    refused(await react(emoji('👀'), 99), 400, 'Bad Request: message to react not found')
    await react([])
    assert.equal(user.chat()[0]?.reactions.size, 0)
  })
})

describe('inline mode', () => {
  test('offers what the bot answers and sends what the user chooses', async (t) => {
    const { fake, control } = await startFake(t)
    const abilities = { inline: true, inlineFeedback: true }
    fake.addBot({ token: '9:inline', username: 'inline_bot', abilities })
    const call = (method: string, params: Record<string, unknown>) =>
      callJson(`${fake.url}/bot9:inline`, method, params)
    const user = control.user(1, { bot: 'inline_bot' })
    const last = (): Loose => control.pendingUpdates('inline_bot').at(-1)
    const queryId = user.askInline('cat')
    assert.deepEqual(
      [last().inline_query.id, last().inline_query.query, last().inline_query.chat_type],
      [queryId, 'cat', 'sender'],
    )
    const article = (id: string, message_text: string) => ({
      ...{ type: 'article', id, title: 'T', input_message_content: { message_text } },
    })
    const answer = (results: unknown, inline_query_id = queryId) =>
      call('answerInlineQuery', { inline_query_id, results })
    const same = await answer([article('a', 'x'), article('a', 'y')])
    refused(same, 400, 'Bad Request: RESULT_ID_DUPLICATE')
    const many = Array.from({ length: 51 }, (_, index) => article(String(index), 'x'))
    refused(await answer(many), 400, 'Bad Request: RESULTS_TOO_MUCH')
    refused(await answer([article('a', '')]), 400, 'Bad Request: message text is empty')
    const led = (start_parameter: string) =>
      call('answerInlineQuery', {
        ...{ inline_query_id: queryId, results: [], button: { text: 'Open', start_parameter } },
      })
    refused(await led('two words'), 400, 'Bad Request: START_PARAM_INVALID')
    assert.equal((await answer([article('a', 'A cat!')])).result, true)
    assert.match((await answer([article('a', 'late')])).description, /query is too old/)
    const sent = user.chooseInline(queryId, 'a')
    const [message, chosen] = control.pendingUpdates('inline_bot').slice(-2) as Loose[]
    assert.deepEqual(
      [message.message.text, message.message.via_bot.username, message.message.from.id],
      ['A cat!', 'inline_bot', 1],
    )
    assert.deepEqual([chosen.chosen_inline_result.result_id, sent.viaBot], ['a', true])
  })

  test('is off unless the owner switched it on', async (t) => {
    const { user, ok } = await person(t)
    assert.throws(() => user.askInline('cat'), /no inline mode/)
    assert.equal((await ok('getMe')).supports_inline_queries, false)
  })
})

describe('kinds of messages that a bot sends', () => {
  test('are round films, stickers, places, contacts and polls', async (t) => {
    const { form, ok, api, user } = await person(t)
    const note = await form('sendVideoNote', { chat_id: '1', video_note: filePart(mp4Header()) })
    assert.deepEqual([note.result.video_note.length, note.result.caption], [240, undefined])
    const sticker = await form('sendSticker', {
      ...{ chat_id: '1', emoji: '🐱', sticker: filePart(webpHeader(512, 512)) },
    })
    assert.equal(sticker.result.sticker.emoji, '🐱')
    const place = await ok('sendLocation', { chat_id: 1, latitude: 1.5, longitude: 2 })
    assert.deepEqual(place.location, { latitude: 1.5, longitude: 2 })
    const bob = { chat_id: 1, phone_number: '+1', first_name: 'Bob' }
    assert.equal((await ok('sendContact', bob)).contact.first_name, 'Bob')
    const poll = await ok('sendPoll', { chat_id: 1, question: 'Q?', options: ['a', { text: 'b' }] })
    assert.equal(poll.poll.options.length, 2)
    const bad = await api('sendPoll', { chat_id: 1, question: 'Q?', options: ['a', ' '] })
    refused(bad, 400, 'Bad Request: text must be non-empty')
    const away = await api('sendLocation', { chat_id: 1, latitude: 91, longitude: 0 })
    refused(away, 400, 'Bad Request: invalid location specified')
    assert.equal(user.chat().length, 5)
  })

  test('may come with an effect, in private chats only', async (t) => {
    const { control, ok, api } = await person(t)
    const effect = { text: 'x', message_effect_id: '5104841245755180586' }
    const sent = await ok('sendMessage', { chat_id: 1, ...effect })
    assert.equal(sent.effect_id, effect.message_effect_id)
    const group = control.group(1, { withBot: true })
    const refusal = await api('sendMessage', { chat_id: group.id, ...effect })
    refused(refusal, 400, 'Bad Request: EFFECT_ID_INVALID')
  })

  test('are never empty text, whatever invisible signs it is made of', async (t) => {
    const { api, ok } = await person(t)
    for (const text of ['\u200b', '\u200e\u200f', '\u2800', '\u3000 \n', '\u{e0020}'])
      refused(
        await api('sendMessage', { chat_id: 1, text }),
        400,
        'Bad Request: text must be non-empty',
      )
    refused(
      await api('sendMessage', { chat_id: 1, text: '' }),
      400,
      'Bad Request: message text is empty',
    )
    for (const text of ['\u3164', '\ufe0f'])
      assert.equal((await ok('sendMessage', { chat_id: 1, text })).text, text)
    const cleaned = await ok('sendMessage', { chat_id: 1, text: '\u2028a\tb\r\u202ec\u00a0' })
    assert.equal(cleaned.text, 'a bc\u00a0')
  })
})
