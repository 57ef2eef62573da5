import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { NewGroup } from '../../../src/sandbox/telegram/groups.ts'
import type { BotAbilities } from '../../../src/sandbox/telegram/model.ts'
import { callJson, type Started, startFake, TOKEN } from './support/fake.ts'

// biome-ignore lint/suspicious/noExplicitAny: updates of a foreign protocol, looked at by tests.
type Loose = any

const updates = ({ control }: Started, bot?: string): Loose[] => control.pendingUpdates(bot)
const texts = (server: Started) =>
  updates(server)
    .map(({ message }) => message?.text)
    .filter(Boolean)

/** Anna's group with Bob in it, and with the bot unless told otherwise. */
async function group(t: TestContext, options: NewGroup & { withBot?: boolean } = {}) {
  const server = await startFake(t)
  const anna = server.control.user(1, { firstName: 'Anna' })
  const bob = server.control.user(2, { firstName: 'Bob' })
  const chat = server.control.group(1, { title: 'Painters', withBot: true, ...options })
  chat.join(2)
  return { ...server, server, anna, bob, chat }
}

describe('groups', () => {
  test('tell the bot that it was added, by whom and to what', async (t) => {
    const { server, chat } = await group(t)
    const [added, service] = updates(server)
    assert.deepEqual(
      [added.my_chat_member.old_chat_member.status, added.my_chat_member.new_chat_member.status],
      ['left', 'member'],
    )
    assert.deepEqual([added.my_chat_member.from.id, added.my_chat_member.chat.id], [1, chat.id])
    assert.ok(chat.id < 0)
    assert.equal(added.my_chat_member.chat.type, 'group')
    assert.equal(service.message.new_chat_members[0].username, 'fake_test_bot')
    assert.equal(service.message.from.id, 1)
  })

  test('show in privacy mode only what is meant for the bot', async (t) => {
    const { server, bob, chat, ok } = await group(t)
    const { message_id } = await ok('sendMessage', { chat_id: chat.id, text: 'Hello' })
    const there = bob.at({ chatId: chat.id })
    there.sendText('just talking')
    there.sendText('/start@other_bot')
    there.sendText('mail me at a@fake_test_bot.example')
    there.sendCommand('start@Fake_Test_Bot', 'x')
    there.sendCommand('help')
    there.sendText('what do you think, @fake_test_bot?')
    there.sendText('thanks', { replyTo: message_id })
    assert.deepEqual(texts(server), [
      '/start@Fake_Test_Bot x',
      '/help',
      'what do you think, @fake_test_bot?',
      'thanks',
    ])
    const reply = updates(server).at(-1).message
    assert.equal(reply.reply_to_message.message_id, message_id)
    assert.deepEqual([reply.chat.id, reply.from.id], [chat.id, 2])
  })

  test('show everything to an administrator and to a bot without privacy mode', async (t) => {
    const { fake, control, server, bob, chat } = await group(t)
    chat.setBotStatus('administrator')
    bob.at({ chatId: chat.id }).sendText('just talking')
    assert.deepEqual(texts(server), ['just talking'])
    const abilities: Partial<BotAbilities> = { readsGroups: true }
    fake.addBot({ token: '9:curious', username: 'curious_bot', abilities })
    const other = control.group(1, { withBot: true, bot: 'curious_bot' })
    control.user(1, { bot: 'curious_bot' }).at({ chatId: other.id }).sendText('gossip')
    assert.equal(updates(server, 'curious_bot').at(-1).message.text, 'gossip')
    const me = await callJson(`${fake.url}/bot9:curious`, 'getMe')
    assert.equal(me.result.can_read_all_group_messages, true)
  })

  for (const [kind, name] of [
    ['group', 'group chat'],
    ['supergroup', 'supergroup chat'],
    ['channel', 'channel chat'],
  ] as const) {
    test(`are closed to a bot that was thrown out or never in: ${kind}`, async (t) => {
      const { server, chat, api } = await group(t, { kind, withBot: false })
      const send = async () => {
        const { status, description } = await api('sendMessage', { chat_id: chat.id, text: 'x' })
        return [status, description]
      }
      assert.deepEqual(await send(), [403, `Forbidden: bot is not a member of the ${name}`])
      chat.addBot()
      assert.equal((await send())[0], 200)
      chat.removeBot(1)
      assert.deepEqual(await send(), [403, `Forbidden: bot was kicked from the ${name}`])
      const last = updates(server).at(-1).my_chat_member.new_chat_member
      assert.deepEqual([last.status, last.until_date], ['kicked', 0])
      // A basic group can still be looked at, the others can't.
      const { status } = await api('getChat', { chat_id: chat.id })
      assert.equal(status, kind === 'group' ? 200 : 403)
    })
  }

  test('are left by the bot itself, which hears that it did', async (t) => {
    const { server, chat, ok, api } = await group(t)
    await ok('leaveChat', { chat_id: chat.id })
    const change = updates(server).at(-1).my_chat_member
    assert.deepEqual([change.from.is_bot, change.new_chat_member.status], [true, 'left'])
    assert.equal((await api('leaveChat', { chat_id: 1 })).status, 400)
  })

  test('become supergroups, and say where to when somebody sends to the old one', async (t) => {
    const { server, chat, api, anna } = await group(t)
    const next = chat.migrate()
    assert.match(String(next.id), /^-100\d{10}$/)
    const [before, after] = updates(server).slice(-2)
    assert.equal(before.message.migrate_to_chat_id, next.id)
    assert.deepEqual(
      [after.message.migrate_from_chat_id, after.message.chat.type],
      [chat.id, 'supergroup'],
    )
    const refused = await api('sendMessage', { chat_id: chat.id, text: 'x' })
    assert.deepEqual(
      [refused.status, refused.description, refused.parameters],
      [
        400,
        'Bad Request: group chat was upgraded to a supergroup chat',
        { migrate_to_chat_id: next.id },
      ],
    )
    assert.equal((await api('sendMessage', { chat_id: next.id, text: 'x' })).ok, true)
    assert.throws(() => anna.at({ chatId: chat.id }).sendText('x'), /upgraded/)
  })

  test('let administrators speak without a name, and people as their channels', async (t) => {
    const { server, control, anna, bob, chat } = await group(t, { kind: 'supergroup' })
    chat.setBotStatus('administrator')
    anna.at({ chatId: chat.id, as: 'anonymous' }).sendText('order!')
    const hidden = updates(server).at(-1).message
    assert.deepEqual(
      [hidden.from.username, hidden.from.is_bot, hidden.sender_chat.id],
      ['GroupAnonymousBot', true, chat.id],
    )
    assert.throws(
      () => bob.at({ chatId: chat.id, as: 'anonymous' }).sendText('x'),
      /administrators/,
    )
    const channel = control.group(2, { kind: 'channel', title: 'Bob writes' })
    bob.at({ chatId: chat.id, as: channel.id }).sendText('read me')
    const asChannel = updates(server).at(-1).message
    assert.deepEqual(
      [asChannel.from.username, asChannel.sender_chat.id, asChannel.sender_chat.type],
      ['Channel_Bot', channel.id, 'channel'],
    )
  })

  test('carry taps of anybody in them, each with who tapped', async (t) => {
    const { server, bob, chat, ok } = await group(t)
    const reply_markup = { inline_keyboard: [[{ text: 'Go', callback_data: 'go' }]] }
    const sent = await ok('sendMessage', { chat_id: chat.id, text: 'Menu', reply_markup })
    const queryId = bob.at({ chatId: chat.id }).tap(sent.message_id, 'Go')
    const { callback_query: query } = updates(server).at(-1)
    assert.deepEqual([query.from.id, query.message.chat.id], [2, chat.id])
    assert.equal(await ok('answerCallbackQuery', { callback_query_id: queryId }), true)
  })

  test('know their members', async (t) => {
    const { chat, ok, api } = await group(t)
    const member = async (user_id: number) =>
      (await ok('getChatMember', { chat_id: chat.id, user_id })).status
    assert.deepEqual(
      [await member(1), await member(2), await member(4242)],
      ['creator', 'member', 'member'],
    )
    assert.equal(await ok('getChatMemberCount', { chat_id: chat.id }), 3)
    const admins: Loose[] = await ok('getChatAdministrators', { chat_id: chat.id })
    assert.deepEqual(
      admins.map(({ user }) => user.id),
      [1],
    )
    const refused = await api('getChatAdministrators', { chat_id: 1 })
    assert.match(refused.description, /no administrators in the private chat/)
  })

  test("let only administrators delete other people's messages", async (t) => {
    const { bob, chat, api } = await group(t)
    const { id } = bob.at({ chatId: chat.id }).sendText('/spam')
    const remove = () => api('deleteMessage', { chat_id: chat.id, message_id: id })
    assert.equal((await remove()).description, "Bad Request: message can't be deleted")
    chat.setBotStatus('administrator')
    assert.equal((await remove()).ok, true)
    assert.equal(
      chat.chat().some((message) => message.id === id),
      false,
    )
  })

  test('are no place for invisible strangers', async (t) => {
    const { control, chat } = await group(t)
    const stranger = control.user(3)
    assert.throws(() => stranger.at({ chatId: chat.id }).sendText('x'), /no member/)
  })
})

describe('channels', () => {
  test('send posts and their edits under other names than messages, without a sender', async (t) => {
    const { server, anna, bob, chat, api } = await group(t, { kind: 'channel' })
    const post = anna.at({ chatId: chat.id }).sendText('News')
    const { channel_post } = updates(server).at(-1)
    assert.deepEqual(
      [channel_post.from, channel_post.sender_chat.id, channel_post.chat.type],
      [undefined, chat.id, 'channel'],
    )
    anna.at({ chatId: chat.id }).edit(post.id, 'Good news')
    const { edited_channel_post } = updates(server).at(-1)
    assert.equal(edited_channel_post.text, 'Good news')
    assert.ok(edited_channel_post.edit_date)
    assert.throws(() => bob.at({ chatId: chat.id }).sendText('x'), /only administrators/)
    const own = await api('sendMessage', { chat_id: chat.id, text: 'by the bot' })
    assert.deepEqual([own.result.from, own.result.sender_chat.id], [undefined, chat.id])
  })

  test('copy their posts into the group that discusses them, as Telegram', async (t) => {
    const { server, control, anna, chat } = await group(t, { kind: 'supergroup' })
    chat.setBotStatus('administrator')
    const channel = control.group(1, { kind: 'channel', title: 'News', withBot: true })
    const post = anna.at({ chatId: channel.id }).sendText('Read this')
    chat.discuss({ channelId: channel.id, messageId: post.id })
    const { message } = updates(server).at(-1)
    assert.equal(message.is_automatic_forward, true)
    assert.deepEqual([message.from.id, message.sender_chat.id], [777000, channel.id])
    assert.deepEqual(message.forward_origin, {
      type: 'channel',
      chat: { id: channel.id, title: 'News', type: 'channel' },
      message_id: post.id,
      date: message.forward_date,
    })
  })
})

describe('topics', () => {
  test('keep the thread of a forum on the way in and on the way out', async (t) => {
    const { server, anna, chat, ok, api } = await group(t, { kind: 'supergroup', isForum: true })
    chat.setBotStatus('administrator')
    const threadId = anna.at({ chatId: chat.id }).openTopic('Cats')
    assert.equal(updates(server).at(-1).message.forum_topic_created.name, 'Cats')
    const asked = anna.at({ chatId: chat.id, threadId }).sendText('draw one')
    const { message } = updates(server).at(-1)
    assert.deepEqual([message.message_thread_id, message.is_topic_message], [threadId, true])
    const sent = await ok('sendMessage', {
      chat_id: chat.id,
      text: 'here',
      message_thread_id: threadId,
    })
    assert.equal(sent.message_thread_id, threadId)
    const answer = await ok('sendMessage', {
      chat_id: chat.id,
      text: 'an answer stays where the question is',
      reply_parameters: { message_id: asked.id },
    })
    assert.equal(answer.message_thread_id, threadId)
    const general = await ok('sendMessage', { chat_id: chat.id, text: 'outside' })
    assert.equal(general.message_thread_id, undefined)
    for (const message_thread_id of [1, 999]) {
      const refused = await api('sendChatAction', {
        chat_id: chat.id,
        action: 'typing',
        message_thread_id,
      })
      assert.equal(refused.description, 'Bad Request: message thread not found')
    }
  })

  test('exist in private chats of a bot that has them switched on', async (t) => {
    const { fake, control, api } = await startFake(t)
    fake.addBot({ token: '9:threads', username: 'threads_bot', abilities: { topics: true } })
    const base = `${fake.url}/bot9:threads`
    const user = control.user(1, { bot: 'threads_bot' })
    const threadId = user.openTopic('Idea')
    user.at({ threadId }).sendText('a cat')
    const { message } = control.pendingUpdates('threads_bot').at(-1) as Loose
    assert.deepEqual(
      [message.message_thread_id, message.is_topic_message, message.chat.type],
      [threadId, true, 'private'],
    )
    const send = { chat_id: 1, text: 'x', message_thread_id: threadId }
    assert.equal((await callJson(base, 'sendMessage', send)).result.message_thread_id, threadId)
    assert.equal((await callJson(base, 'getMe')).result.has_topics_enabled, true)
    const created = await callJson(base, 'createForumTopic', { chat_id: 1, name: 'Bot made' })
    assert.equal(created.result.name, 'Bot made')
    const gone = { chat_id: 1, message_thread_id: created.result.message_thread_id }
    assert.equal((await callJson(base, 'deleteForumTopic', gone)).result, true)
    assert.match((await callJson(base, 'deleteForumTopic', gone)).description, /TOPIC_ID_INVALID/)
    control.user(1)
    assert.equal(
      (await api('sendMessage', send)).description,
      'Bad Request: message thread not found',
    )
    assert.match(
      (await api('createForumTopic', { chat_id: 1, name: 'x' })).description,
      /not a forum/,
    )
  })
})

describe('a revoked token', () => {
  test('is refused at once, also by a poll that waits and for files', async (t) => {
    const { fake, control, api, base } = await startFake(t)
    const waiting = api('getUpdates', { timeout: 20 })
    await control.waitFor(() => control.calls.some(({ method }) => method === 'getUpdates'))
    control.revokeToken('4242:new-token')
    assert.deepEqual([(await waiting).status, (await waiting).description], [401, 'Unauthorized'])
    assert.equal((await api('getMe')).status, 401)
    assert.equal((await fetch(`${fake.url}/file/bot${TOKEN}/photos/file_0.jpg`)).status, 401)
    const again = await callJson(base.replace(TOKEN, '4242:new-token'), 'getMe')
    assert.equal(again.result.username, 'fake_test_bot')
  })

  test('takes the webhook with it; what was not delivered waits for the new one', async (t) => {
    const { fake, control, ok } = await startFake(t)
    await ok('setWebhook', { url: 'http://127.0.0.1:9/hook' })
    control.revokeToken('4242:new-token')
    control.user(1).sendText('still there?')
    const base = `${fake.url}/bot4242:new-token`
    assert.equal((await callJson(base, 'getWebhookInfo')).result.url, '')
    const { result } = await callJson(base, 'getUpdates')
    assert.equal(result[0].message.text, 'still there?')
  })
})
