import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { refused, startFake } from './support/fake.ts'

const bad = (text: string) => `Bad Request: ${text}`

describe('sendMessage', () => {
  test('takes 1 to 4096 UTF-16 units after parsing', async (t) => {
    const { api, control } = await startFake(t)
    control.user(1)
    const send = (text: string, parse_mode = '') =>
      api('sendMessage', { chat_id: 1, text, parse_mode })
    refused(await send(''), 400, bad('message text is empty'))
    refused(await api('sendMessage', { chat_id: 1 }), 400, bad('message text is empty'))
    refused(await send(' \n '), 400, bad('text must be non-empty'))
    refused(await send('<b></b>', 'HTML'), 400, bad('text must be non-empty'))
    assert.equal((await send('x'.repeat(4096))).ok, true)
    assert.equal((await send('🎨'.repeat(2048))).ok, true)
    refused(await send('x'.repeat(4097)), 400, bad('message is too long'))
    refused(await send(`${'🎨'.repeat(2048)}x`), 400, bad('message is too long'))
    assert.equal((await send('&lt;'.repeat(4096), 'HTML')).ok, true)
    refused(await send('x'.repeat(32_769)), 400, bad('text is too long'))
  })

  test('trims the text and counts entity offsets in UTF-16 units', async (t) => {
    const { ok, control } = await startFake(t)
    control.user(1)
    const sent = await ok('sendMessage', {
      chat_id: 1,
      text: '\n 🎨<b>жирный &amp; <i>оба</i></b>  ',
      parse_mode: 'html',
    })
    assert.equal(sent.text, '🎨жирный & оба')
    assert.deepEqual(sent.entities, [
      { type: 'bold', offset: 2, length: 12 },
      { type: 'italic', offset: 11, length: 3 },
    ])
  })

  test('takes entities without a parse mode and refuses strange ones', async (t) => {
    const { api, ok, control } = await startFake(t)
    control.user(1)
    const entities = [{ type: 'spoiler', offset: 0, length: 3 }]
    const sent = await ok('sendMessage', { chat_id: 1, text: 'abc', entities })
    assert.deepEqual(sent.entities, entities)
    refused(
      await api('sendMessage', {
        chat_id: 1,
        text: 'a',
        entities: [{ type: 'x', offset: 0, length: 1 }],
      }),
      400,
      bad("can't parse MessageEntity: Unsupported type specified"),
    )
  })

  test('finds commands, links, mentions, hashtags and addresses', async (t) => {
    const { ok, control } = await startFake(t)
    control.user(1)
    const text = '/start@fake_test_bot https://example.com/x. @someone #тег a@example.com a/b'
    const sent = await ok('sendMessage', { chat_id: 1, text })
    const found = sent.entities.map(({ type, offset, length }: Record<string, number>) => [
      type,
      text.slice(offset, (offset ?? 0) + (length ?? 0)),
    ])
    assert.deepEqual(found, [
      ['bot_command', '/start@fake_test_bot'],
      ['url', 'https://example.com/x'],
      ['mention', '@someone'],
      ['hashtag', '#тег'],
      ['email', 'a@example.com'],
    ])
  })

  test('knows its chats', async (t) => {
    const { api, control } = await startFake(t)
    control.user(1)
    control.user(2, { started: false })
    const user = control.user(3)
    user.block()
    const send = (params: object) => api('sendMessage', { text: 'x', ...params })
    refused(await send({}), 400, bad('chat_id is empty'))
    refused(await send({ chat_id: 77 }), 400, bad('chat not found'))
    refused(await send({ chat_id: '@nobody' }), 400, bad('chat not found'))
    refused(
      await send({ chat_id: 2 }),
      403,
      "Forbidden: bot can't initiate conversation with a user",
    )
    refused(await send({ chat_id: 3 }), 403, 'Forbidden: bot was blocked by the user')
    user.unblock()
    assert.equal((await send({ chat_id: '3' })).ok, true)
  })

  test('replies to a message that exists', async (t) => {
    const { api, ok, control } = await startFake(t)
    const { id } = control.user(1).sendText('question')
    const reply = (message_id: number, extra = {}) =>
      api('sendMessage', { chat_id: 1, text: 'x', reply_parameters: { message_id, ...extra } })
    assert.equal((await reply(id)).result.reply_to_message.text, 'question')
    refused(await reply(99), 400, bad('message to be replied not found'))
    assert.equal((await reply(99, { allow_sending_without_reply: true })).ok, true)
    const old = await ok('sendMessage', { chat_id: 1, text: 'x', reply_to_message_id: id })
    assert.equal(old.reply_to_message.message_id, id)
  })

  test('ignores parameters that it does not know', async (t) => {
    const { ok, control } = await startFake(t)
    control.user(1)
    await ok('sendMessage', { chat_id: 1, text: 'x', future_parameter: { deep: [1] } })
  })

  test('refuses a parse mode that it does not know', async (t) => {
    const { api, control } = await startFake(t)
    control.user(1)
    refused(
      await api('sendMessage', { chat_id: 1, text: 'x', parse_mode: 'BBCode' }),
      400,
      bad('unsupported parse_mode'),
    )
  })
})

describe('the API itself', () => {
  test('knows its tokens and methods', async (t) => {
    const { api, fake, base } = await startFake(t)
    refused(await api('sendTelepathy'), 404, 'Not Found: method not found')
    const wrong = await fetch(`${fake.url}/bot1:wrong/getMe`)
    assert.deepEqual(
      [wrong.status, await wrong.json()],
      [401, { ok: false, error_code: 401, description: 'Unauthorized' }],
    )
    const me = (await (await fetch(`${base}/getme`)).json()) as { result: { username: string } }
    assert.equal(me.result.username, 'fake_test_bot')
  })

  test('refuses a body that is no JSON object', async (t) => {
    const { base } = await startFake(t)
    for (const body of ['{', '[1]']) {
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`${base}/getMe`, { method: 'POST', headers, body })
      assert.equal(answer.status, 400)
    }
  })

  test('reads a text whose characters are cut between TCP chunks', async (t) => {
    const { base, control } = await startFake(t)
    const user = control.user(1)
    const bytes = Buffer.from(JSON.stringify({ chat_id: 1, text: 'привет🎨мир' }))
    const body = ReadableStream.from(
      (async function* () {
        for (const byte of bytes) yield new Uint8Array([byte])
      })(),
    )
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
    await fetch(`${base}/sendMessage`, init)
    assert.equal(user.chat()[0]?.text, 'привет🎨мир')
  })

  test('refuses everybody after logOut', async (t) => {
    const { ok, api } = await startFake(t)
    await ok('close')
    await ok('logOut')
    refused(await api('getMe'), 401, 'Unauthorized')
  })

  test('keeps commands and descriptions per language and scope', async (t) => {
    const { ok, api } = await startFake(t)
    const commands = [{ command: 'start', description: 'Begin' }]
    await ok('setMyCommands', { commands })
    await ok('setMyCommands', {
      commands: [{ command: 'start', description: 'Начать' }],
      language_code: 'ru',
    })
    assert.deepEqual(await ok('getMyCommands'), commands)
    assert.deepEqual(await ok('getMyCommands', { language_code: 'de' }), [])
    await ok('setMyDescription', { description: 'd'.repeat(512) })
    assert.equal((await ok('getMyDescription')).description.length, 512)
    refused(
      await api('setMyShortDescription', { short_description: 'd'.repeat(121) }),
      400,
      bad('ABOUT_TOO_LONG'),
    )
    const set = (command: string) =>
      api('setMyCommands', { commands: [{ command, description: 'x' }] })
    refused(await set('Wrong'), 400, bad('BOT_COMMAND_INVALID'))
    refused(await api('setMyCommands'), 400, bad('parameter "commands" is required'))
  })

  test('shows a chat and what the bot does in it', async (t) => {
    const { ok, api, control } = await startFake(t)
    control.user(1, { firstName: 'Ann', username: 'ann' })
    assert.equal((await ok('getChat', { chat_id: '@ann' })).first_name, 'Ann')
    await ok('sendChatAction', { chat_id: 1, action: 'upload_photo' })
    assert.equal(control.action(1), 'upload_photo')
    await ok('sendMessage', { chat_id: 1, text: 'done' })
    assert.equal(control.action(1), undefined)
    refused(
      await api('sendChatAction', { chat_id: 1, action: 'dance' }),
      400,
      bad('wrong parameter action in request'),
    )
  })
})
