import { isHeard } from './group-hearing.ts'
import { isMember, makeGroup } from './groups.ts'
import { TIMES } from './limits.ts'
import { memberJson } from './member-json.ts'
import { messageJson } from './message-json.ts'
import { appendMessage, type NewMessage } from './messages.ts'
import type { Bot, Chat, FakeUser, GroupChat, MemberStatus, StoredMessage, World } from './model.ts'
import { push } from './push-update.ts'
import { botJson, chatJson, userJson } from './sender-json.ts'
import { UserActionError } from './user-action-error.ts'
import { seconds } from './world.ts'

/** Queues what was said, edited or happened in a chat, if the bot may hear it. */
export function tellMessage(bot: Bot, chat: Chat, message: StoredMessage, edited = false): void {
  if (chat.kind !== 'private' && !isHeard(bot, chat, message)) return
  const noun = chat.kind === 'channel' ? 'channel_post' : 'message'
  const kind = edited ? `edited_${noun}` : noun
  push(bot, kind, messageJson(bot, chat, message), `message:${chat.id}`, TIMES.messageUpdateMs)
}

/** Says it and tells the bot, if it is there to hear it. */
export function announce(world: World, bot: Bot, chat: Chat, message: NewMessage): StoredMessage {
  const stored = appendMessage(world, bot, chat, message)
  tellMessage(bot, chat, stored)
  return stored
}

interface Change {
  readonly status: MemberStatus
  /** Who did it; the bot itself when it left by its own will. */
  readonly by: FakeUser | 'bot'
}

const actorJson = (bot: Bot, by: Change['by']) => (by === 'bot' ? botJson(bot) : userJson(by))

/** Changes what the bot is in the group and tells it, as `my_chat_member`. */
export function tellMembership(world: World, bot: Bot, chat: GroupChat, change: Change): void {
  const before = chat.botStatus
  if (before === change.status) return
  chat.botStatus = change.status
  const payload = {
    chat: chatJson(chat),
    from: actorJson(bot, change.by),
    date: seconds(world.now()),
    old_chat_member: memberJson(bot, chat, before),
    new_chat_member: memberJson(bot, chat, change.status),
  }
  push(bot, 'my_chat_member', payload, `member:${chat.id}`, TIMES.messageUpdateMs)
  world.events.emit('change')
}

/** What people do with groups, seen by one bot. */
export function createGroupActions(world: World) {
  const say = (bot: Bot, chat: GroupChat, user: FakeUser, extra: Record<string, unknown>) =>
    announce(world, bot, chat, { from: 'user', author: { kind: 'user', user }, extra })

  const mayManage = (chat: GroupChat, user: FakeUser) => {
    if (!isMember(chat.members.get(user.id)))
      throw new UserActionError('this user is no member of the group')
  }

  /** In a channel a bot can only be an administrator. */
  function addBot(bot: Bot, chat: GroupChat, user: FakeUser, status?: MemberStatus): void {
    mayManage(chat, user)
    if (isMember(chat.botStatus)) throw new UserActionError('the bot is there already')
    const usual = chat.kind === 'channel' ? 'administrator' : 'member'
    tellMembership(world, bot, chat, { status: status ?? usual, by: user })
    if (chat.kind === 'channel') return
    const added = botJson(bot)
    say(bot, chat, user, {
      new_chat_participant: added,
      new_chat_member: added,
      new_chat_members: [added],
    })
  }

  function setBotStatus(bot: Bot, chat: GroupChat, user: FakeUser, status: MemberStatus): void {
    mayManage(chat, user)
    tellMembership(world, bot, chat, { status, by: user })
  }

  /**
   * Throws the bot out. The message about its own removal is the last that it gets of a group
   * (Client.cpp, need_skip_update_message); a channel has none.
   */
  function removeBot(bot: Bot, chat: GroupChat, user: FakeUser): void {
    mayManage(chat, user)
    if (!isMember(chat.botStatus)) throw new UserActionError('the bot is not there')
    const removed = botJson(bot)
    const extra = { left_chat_participant: removed, left_chat_member: removed }
    if (chat.kind !== 'channel') say(bot, chat, user, extra)
    tellMembership(world, bot, chat, { status: 'kicked', by: user })
  }

  function join(bot: Bot, chat: GroupChat, user: FakeUser): void {
    if (isMember(chat.members.get(user.id))) return
    chat.members.set(user.id, 'member')
    if (chat.kind === 'channel') return
    const joined = userJson(user)
    say(bot, chat, user, {
      new_chat_participant: joined,
      new_chat_member: joined,
      new_chat_members: [joined],
    })
  }

  /** The old group stays as a shell whose id leads nowhere. */
  function migrate(bot: Bot, chat: GroupChat, user: FakeUser): GroupChat {
    mayManage(chat, user)
    if (chat.kind !== 'group') throw new UserActionError('only a basic group can be upgraded')
    const next = makeGroup(bot, user.id, { kind: 'supergroup', title: chat.title })
    for (const [id, status] of chat.members) next.members.set(id, status)
    next.botStatus = chat.botStatus
    say(bot, chat, user, { migrate_to_chat_id: next.id })
    say(bot, next, user, { migrate_from_chat_id: chat.id })
    chat.migratedTo = next.id
    return next
  }

  /** A new topic; its id is that of the message which tells of it. */
  function openTopic(bot: Bot, chat: Chat, user: FakeUser, name: string): number {
    const hasTopics = chat.kind === 'private' ? bot.abilities.topics : chat.isForum
    if (!hasTopics) throw new UserActionError('this chat has no topics')
    const threadId = chat.nextMessageId
    chat.topics.set(threadId, name)
    const extra = { forum_topic_created: { name, icon_color: 0x6fb9f0 } }
    announce(world, bot, chat, { from: 'user', author: { kind: 'user', user }, threadId, extra })
    return threadId
  }

  return { addBot, removeBot, setBotStatus, join, migrate, openTopic }
}

export type GroupActions = ReturnType<typeof createGroupActions>
