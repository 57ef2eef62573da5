import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { filePart, startFake, TOKEN } from './support/fake.ts'
import { mp3Header, pngImage } from './support/images.ts'

interface Heard {
  readonly document: { readonly mime_type: string }
}

async function started(t: TestContext) {
  const server = await startFake(t)
  const http = async (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) }
    const answer = await fetch(`${server.fake.url}/sandbox${path}`, init)
    const text = await answer.text()
    return { status: answer.status, body: answer.ok ? JSON.parse(text) : text }
  }
  return { ...server, http }
}

/** The first events of a stream. */
async function read(stream: Response, count: number): Promise<[string, Record<string, unknown>][]> {
  const events: [string, Record<string, unknown>][] = []
  let text = ''
  for await (const chunk of stream.body ?? []) {
    text += Buffer.from(chunk).toString('utf8')
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const match = /^event: (\w+)\ndata: (.*)$/.exec(block)
      if (match) events.push([match[1] as string, JSON.parse(match[2] as string)])
    }
    if (events.length === count) break
  }
  return events
}

describe('control', () => {
  test('records every call without file bytes or tokens', async (t) => {
    const { control, api, form, fake } = await started(t)
    control.user(1)
    await form('sendPhoto', { chat_id: '1', photo: filePart(pngImage(), 'a.png', 'image/png') })
    await api('sendMessage', { chat_id: 99, text: 'x', reply_markup: { inline_keyboard: [] } })
    await fetch(`${fake.url}/bot1:secret/getMe`)
    const [photo, message, stranger] = control.calls
    const size = pngImage().length
    assert.deepEqual(photo?.payload.photo, { fileName: 'a.png', mime: 'image/png', size })
    assert.deepEqual(message?.payload.reply_markup, { inline_keyboard: [] })
    assert.deepEqual(
      [message?.method, message?.chatId, message?.ok, message?.error],
      ['sendMessage', 99, false, 'Bad Request: chat not found'],
    )
    assert.deepEqual([stranger?.bot, stranger?.ok], ['unknown', false])
    const log = JSON.stringify(control.calls)
    assert.ok(!log.includes(TOKEN) && !log.includes('1:secret'))
  })

  test('waits for a state and says what it saw when it does not come', async (t) => {
    const { control, ok } = await started(t)
    const user = control.user(1)
    const waiting = control.waitFor(() => user.chat().find(({ text }) => text === 'later'))
    await ok('sendMessage', { chat_id: 1, text: 'later' })
    assert.equal((await waiting).text, 'later')
    await assert.rejects(
      control.waitFor(() => false, { timeoutMs: 5 }),
      /waited 5 ms in vain; last calls: sendMessage ok/,
    )
    await assert.rejects(
      control.waitFor(() => assert.fail('inside')),
      /inside/,
    )
  })

  test('tells the bot about blocking and unblocking', async (t) => {
    const { control } = await started(t)
    const user = control.user(1)
    user.block()
    user.block()
    user.unblock()
    const statuses = control.pendingUpdates().map(({ my_chat_member }) => {
      const { new_chat_member } = my_chat_member as { new_chat_member: { status: string } }
      return new_chat_member.status
    })
    assert.deepEqual(statuses, ['kicked', 'member'])
  })

  test('keeps two bots apart', async (t) => {
    const { fake, control, ok } = await started(t)
    fake.addBot({ token: '7:other', id: 7, username: 'other_bot' })
    const first = control.user(1)
    const second = control.user(1, { bot: 'other_bot' })
    second.sendText('to the other')
    await ok('sendMessage', { chat_id: 1, text: 'from the first' })
    assert.deepEqual([first.chat().length, second.chat().length], [1, 1])
    assert.equal(control.pendingUpdates().length, 0)
    assert.equal(control.pendingUpdates('other_bot').length, 1)
  })
})

describe('/sandbox', () => {
  test('makes users from 1001', async (t) => {
    const { http } = await started(t)
    const first = await http('POST', '/users', { firstName: 'Анна', languageCode: 'ru' })
    assert.deepEqual(first.body, {
      ...{ id: 1001, firstName: 'Анна', languageCode: 'ru' },
      stars: 1_000_000,
    })
    assert.equal((await http('POST', '/users', { firstName: 'Bob' })).body.id, 1002)
    assert.equal((await http('GET', '/users')).body.length, 2)
    assert.equal((await http('POST', '/users', {})).status, 400)
    assert.equal((await http('GET', '/chats/5')).status, 404)
  })

  test('shows a chat with safe HTML', async (t) => {
    const { http, ok, control } = await started(t)
    const user = control.user(1)
    user.sendText('<script>alert(1)</script>')
    await ok('sendMessage', {
      chat_id: 1,
      text: '<b>b <i>both</i></b> <a href="https://e.com/?a=1&amp;b">l</a> <tg-spoiler>s</tg-spoiler>',
      parse_mode: 'HTML',
      reply_markup: { inline_keyboard: [[{ text: 'x', callback_data: 'd' }]] },
    })
    await ok('sendChatAction', { chat_id: 1, action: 'typing' })
    const { body } = await http('GET', '/chats/1')
    assert.equal(body.action, 'typing')
    assert.equal(body.messages[0].html, '&lt;script&gt;alert(1)&lt;/script&gt;')
    assert.equal(
      body.messages[1].html,
      '<b>b <i>both</i></b> <a href="https://e.com/?a=1&amp;b" target="_blank" rel="noopener noreferrer">l</a> <span class="spoiler">s</span>',
    )
    assert.deepEqual(body.messages[1].keyboard, [[{ text: 'x', data: 'd' }]])
    assert.deepEqual([body.messages[0].from, body.messages[1].from], ['user', 'bot'])
  })

  test('never turns a script into a link', async (t) => {
    const { http, ok, control } = await started(t)
    control.user(1)
    const entities = [{ type: 'text_link', offset: 0, length: 1, url: 'javascript:alert(1)' }]
    await ok('sendMessage', { chat_id: 1, text: 'x', entities })
    assert.equal((await http('GET', '/chats/1')).body.messages[0].html, 'x')
  })

  test('sends texts, taps and files like an app', async (t) => {
    const { http, ok, control, fake } = await started(t)
    control.user(1)
    await http('POST', '/chats/1/text', { text: '/start' })
    await ok('sendMessage', {
      chat_id: 1,
      text: 'menu',
      reply_markup: { inline_keyboard: [[{ text: 'x', callback_data: 'd' }]] },
    })
    const tap = await http('POST', '/chats/1/tap', { messageId: 2, data: 'd' })
    await ok('answerCallbackQuery', { callback_query_id: tap.body.queryId, text: 'hi' })
    assert.equal((await http('POST', '/chats/1/tap', { messageId: 2, data: 'no' })).status, 409)
    const upload = await fetch(`${fake.url}/sandbox/chats/1/file?as=document&caption=look`, {
      method: 'POST',
      headers: { 'content-type': 'image/png', 'x-file-name': encodeURIComponent('фото.png') },
      body: new Uint8Array(pngImage(20, 10)),
    })
    const message = (await upload.json()) as { media: Record<string, unknown>; caption: string }
    assert.deepEqual(message.media, {
      kind: 'document',
      url: message.media.url,
      fileName: 'фото.png',
      mime: 'image/png',
      size: pngImage(20, 10).length,
      width: 20,
      height: 10,
    })
    assert.equal(message.caption, 'look')
    const file = await fetch(fake.url + message.media.url)
    assert.deepEqual(Buffer.from(await file.arrayBuffer()), pngImage(20, 10))
    const kinds = control.pendingUpdates().map((update) => Object.keys(update)[1])
    assert.deepEqual(kinds, ['message', 'callback_query', 'message'])
  })

  test('refuses what an app would refuse', async (t) => {
    const { http, control, fake } = await started(t)
    control.user(1)
    const body = 'no picture'
    const upload = await fetch(`${fake.url}/sandbox/chats/1/file?as=photo`, {
      method: 'POST',
      body,
    })
    assert.equal(upload.status, 400)
    await http('POST', '/chats/1/block', { blocked: true })
    assert.equal((await http('POST', '/chats/1/text', { text: 'x' })).status, 409)
    await http('POST', '/chats/1/block', { blocked: false })
    assert.equal((await http('POST', '/chats/1/text', { text: 'x' })).status, 200)
  })

  test('streams what happens', async (t) => {
    const { fake, ok, control } = await started(t)
    const user = control.user(1)
    control.user(2)
    const stream = await fetch(`${fake.url}/sandbox/chats/1/events`)
    assert.equal(stream.headers.get('content-type')?.split(';')[0], 'text/event-stream')
    const reply_markup = { inline_keyboard: [[{ text: 'x', callback_data: 'd' }]] }
    await ok('sendMessage', { chat_id: 2, text: 'not for the stream' })
    await ok('sendChatAction', { chat_id: 1, action: 'typing' })
    await ok('sendMessage', { chat_id: 1, text: 'one', reply_markup })
    const callback_query_id = user.tap(1, 'd')
    await ok('answerCallbackQuery', { callback_query_id, text: 'toast', show_alert: true })
    await ok('editMessageText', { chat_id: 1, message_id: 1, text: 'two' })
    await ok('deleteMessage', { chat_id: 1, message_id: 1 })
    const events = await read(stream, 5)
    assert.deepEqual(
      events.map(([type]) => type),
      ['action', 'message', 'answer', 'edited', 'deleted'],
    )
    assert.equal(events[0]?.[1].action, 'typing')
    assert.equal(events[1]?.[1].text, 'one')
    const answer = { queryId: callback_query_id, userId: 1, text: 'toast', alert: true }
    assert.deepEqual(events[2]?.[1], answer)
    assert.deepEqual([events[3]?.[1].text, events[3]?.[1].edited], ['two', true])
    assert.deepEqual(events[4]?.[1], { id: 1 })
  })

  test('streams news of other chats in one line each, when asked for', async (t) => {
    const { fake, ok, control } = await started(t)
    control.user(1, { firstName: 'Anna' })
    const bob = control.user(2, { firstName: 'Bob' })
    const shared = control.group(1, { title: 'Painters', withBot: true })
    shared.join(2)
    const foreign = control.group(2, { title: 'Not hers', withBot: true })
    const stream = await fetch(`${fake.url}/sandbox/chats/1/events?news=1`)
    bob.sendText('what one types is no news')
    bob.at({ chatId: foreign.id }).sendText('nor is a group of others')
    bob.at({ chatId: shared.id }).sendText('look!')
    await ok('sendMessage', { chat_id: 2, text: 'your\npicture' })
    await ok('sendMessage', { chat_id: 1, text: 'here' })
    const events = await read(stream, 3)
    assert.deepEqual(
      events
        .slice(0, 2)
        .map(([type, { title, sender, preview }]) => [type, title, sender, preview]),
      [
        ['news', 'Painters', 'Bob', 'look!'],
        ['news', 'Bob', 'Bob', 'your picture'],
      ],
    )
    assert.deepEqual([events[2]?.[0], events[2]?.[1].text], ['message', 'here'])
  })

  test('sends albums, answers, edits, forwards, reacts and deletes', async (t) => {
    const { http, fake, control } = await started(t)
    control.user(1)
    const form = new FormData()
    form.append('as', JSON.stringify(['photo', 'photo']))
    form.append('caption', 'two')
    for (const name of ['a.png', 'b.png']) form.append(name, filePart(pngImage(), name))
    const url = `${fake.url}/sandbox/chats/1/album`
    const sent = await fetch(url, { method: 'POST', body: form })
    const album = (await sent.json()) as { id: number; caption?: string; groupId?: string }[]
    assert.deepEqual([album.length, album[0]?.caption], [2, 'two'])
    assert.equal(album[0]?.groupId, album[1]?.groupId)
    const id = album[0]?.id ?? 0
    const said = await http('POST', '/chats/1/text', { text: 'this', replyTo: id })
    assert.deepEqual(said.body.replyTo, { id, name: 'User 1', preview: 'Photo, two' })
    const edit = { messageId: said.body.id, text: 'that' }
    assert.equal((await http('POST', '/chats/1/edit', edit)).body.text, 'that')
    const passed = await http('POST', '/chats/1/forward', { chatId: 1, messageId: id })
    assert.deepEqual([passed.body.forward, passed.body.caption], ['User 1', 'two'])
    await http('POST', '/chats/1/react', { messageId: id, emoji: ['🔥'] })
    await http('POST', '/chats/1/delete', { messageId: said.body.id })
    const { body } = await http('GET', '/chats/1')
    assert.deepEqual(body.messages[0].reactions, [{ emoji: '🔥', by: [1] }])
    assert.equal(
      body.messages.some((one: { id: number }) => one.id === said.body.id),
      false,
    )
    assert.equal((await http('POST', '/chats/1/text', { text: '\u200b' })).status, 409)
  })

  test('believes what the app says of the type of a file, alone or in an album', async (t) => {
    const { fake, control } = await started(t)
    control.user(1)
    const claims = ['audio/x-mp3', 'application/pdf']
    const chat = `${fake.url}/sandbox/chats/1`
    const body = new Uint8Array(mp3Header())
    for (const mime of claims) {
      const headers = { 'content-type': mime }
      await fetch(`${chat}/file?as=document`, { method: 'POST', headers, body })
    }
    const form = new FormData()
    form.append('as', JSON.stringify(claims.map(() => 'document')))
    for (const mime of claims) form.append(mime, filePart(mp3Header(), 'a.mp3', mime))
    await fetch(`${chat}/album`, { method: 'POST', body: form })
    const heard = control.pendingUpdates().map(({ message }) => message as Heard)
    assert.deepEqual(
      heard.map(({ document }) => document.mime_type),
      [...claims, ...claims],
    )
  })

  test('makes groups, speaks in them for whom it names, and throws the bot out', async (t) => {
    const { http, api } = await started(t)
    for (const firstName of ['Anna', 'Bob']) await http('POST', '/users', { firstName })
    const forum = { userId: 1001, title: 'Art', kind: 'supergroup', isForum: true }
    const { id } = (await http('POST', '/groups', forum)).body
    assert.deepEqual((await http('GET', '/groups?user=1002')).body, [])
    const stranger = await http('POST', `/chats/${id}/text?user=1002`, { text: 'x' })
    assert.equal(stranger.status, 409)
    await http('POST', `/groups/${id}/people`, { userId: 1002 })
    const { threadId } = (
      await http('POST', `/groups/${id}/topics`, { userId: 1001, name: 'Cats' })
    ).body
    const said = await http('POST', `/chats/${id}/text?user=1002&thread=${threadId}`, {
      text: '/x',
    })
    assert.deepEqual(said.body.sender, { id: 1002, name: 'Bob' })
    assert.equal(said.body.threadId, threadId)
    const hidden = await http('POST', `/chats/${id}/text?user=1001&anonymous=1`, { text: 'hush' })
    assert.deepEqual(hidden.body.sender, { id, name: 'Art' })
    const [group] = (await http('GET', '/groups?user=1002')).body
    assert.deepEqual(
      [group.role, group.botStatus, group.people],
      ['member', 'member', [1001, 1002]],
    )
    assert.deepEqual(group.topics, [{ id: threadId, name: 'Cats' }])
    await http('POST', `/groups/${id}/bot`, { userId: 1001, status: 'administrator' })
    await http('POST', `/groups/${id}/bot`, { userId: 1001, status: 'kicked' })
    assert.equal((await api('sendMessage', { chat_id: id, text: 'x' })).status, 403)
    const { messages } = (await http('GET', `/chats/${id}?user=1001`)).body
    const services = messages.flatMap(({ service }: { service?: string }) => service ?? [])
    assert.deepEqual(services, [
      'Anna added Fake',
      'Bob joined the group',
      'The topic “Cats” was created',
      'Anna removed Fake',
    ])
  })

  test('fills a wallet', async (t) => {
    const { http, control } = await started(t)
    control.user(1, { stars: 5 })
    assert.equal((await http('POST', '/users/1/stars', { add: 10 })).body.stars, 15)
  })

  test('adds, lists and clears faults', async (t) => {
    const { http, api } = await started(t)
    const added = await http('POST', '/faults', { kind: 'flood', method: 'getMe', retryAfter: 3 })
    assert.equal(added.status, 200)
    assert.equal((await http('GET', '/faults')).body.length, 1)
    assert.equal((await api('getMe')).status, 429)
    assert.equal((await http('POST', '/faults', { kind: 'magic' })).status, 400)
    await http('POST', '/faults', { kind: 'flood', times: 0 })
    await http('DELETE', '/faults')
    assert.deepEqual((await http('GET', '/faults')).body, [])
  })

  test('lists calls after a number, and bots', async (t) => {
    const { http, ok } = await started(t)
    await ok('getMe')
    await ok('setWebhook', { url: 'https://example.com/' })
    const { body: calls } = await http('GET', '/calls?since=1')
    assert.deepEqual(
      calls.map(({ seq, method }: { seq: number; method: string }) => [seq, method]),
      [[2, 'setWebhook']],
    )
    const { body: bots } = await http('GET', '/bots')
    assert.deepEqual(
      [bots[0].username, bots[0].webhook.url],
      ['fake_test_bot', 'https://example.com/'],
    )
  })

  test('ends streams and polls when it closes', async (t) => {
    const { fake, base, control } = await started(t)
    control.user(1)
    const stream = await fetch(`${fake.url}/sandbox/chats/1/events`)
    const polled = fetch(`${base}/getUpdates?timeout=50`)
    const ended = Promise.allSettled([stream.text(), polled])
    await fake.close()
    await ended
  })
})
