import { BotApiError, badRequest } from '../api-error.ts'
import { integerArg, requiredArg } from '../args.ts'
import { readChat, writableChat } from '../chat-lookup.ts'
import { tellMembership } from '../group-actions.ts'
import { isAdmin, isMember } from '../groups.ts'
import { LIMITS } from '../limits.ts'
import { memberJson } from '../member-json.ts'
import { appendMessage, removeMessage } from '../messages.ts'
import type { MethodCall, Methods } from '../method.ts'
import type { GroupChat } from '../model.ts'
import { chatJson, userJson } from '../sender-json.ts'

const GIFTS = {
  unlimited_gifts: true,
  limited_gifts: true,
  unique_gifts: true,
  premium_subscription: true,
}

function getChat({ world, bot, args }: MethodCall) {
  const chat = readChat(world, bot, args)
  return {
    accepted_gift_types: GIFTS,
    ...chatJson(chat),
    accent_color_id: Math.abs(chat.id) % 7,
    max_reaction_count: 11,
  }
}

/** The group that `chat_id` names; `refusal` is what a private chat is told. */
function groupOf({ world, bot, args }: MethodCall, refusal: string): GroupChat {
  const chat = readChat(world, bot, args)
  if (chat.kind === 'private') throw badRequest(refusal)
  return chat
}

function getChatMember(call: MethodCall) {
  const { world, bot, args } = call
  const chat = readChat(world, bot, args)
  const id = integerArg(args, 'user_id', 0, 0, Number.MAX_SAFE_INTEGER)
  if (id === 0) throw badRequest('invalid user_id specified')
  if (chat.kind === 'private') {
    const user = id === chat.id && world.users.get(id)
    if (!user && id !== bot.id) throw badRequest('member not found')
    return { user: user ? userJson(user) : memberJson(bot, chat, 'member').user, status: 'member' }
  }
  if (id === bot.id) return memberJson(bot, chat, chat.botStatus)
  const user = world.users.get(id)
  if (!user) throw badRequest('user not found')
  return memberJson(user, chat, chat.members.get(id) ?? 'left')
}

function getChatAdministrators(call: MethodCall) {
  const chat = groupOf(call, 'there are no administrators in the private chat')
  const people = [...chat.members].filter(([, status]) => isAdmin(status))
  const own = isAdmin(chat.botStatus) ? [memberJson(call.bot, chat, chat.botStatus)] : []
  return [
    ...people.flatMap(([id, status]) => {
      const user = call.world.users.get(id)
      return user ? [memberJson(user, chat, status)] : []
    }),
    ...own,
  ]
}

function getChatMemberCount({ world, bot, args }: MethodCall): number {
  const chat = readChat(world, bot, args)
  if (chat.kind === 'private') return 2
  const everybody = [...chat.members.values(), chat.botStatus]
  return everybody.filter((status) => isMember(status)).length
}

function leaveChat(call: MethodCall): boolean {
  const chat = groupOf(call, "chat member status can't be changed in private chats")
  if (!isMember(chat.botStatus))
    throw new BotApiError(403, `Forbidden: bot is not a member of the ${chat.kind} chat`)
  tellMembership(call.world, call.bot, chat, { status: 'left', by: 'bot' })
  return true
}

/** https://core.telegram.org/bots/api#createforumtopic */
function createForumTopic({ world, bot, args }: MethodCall) {
  const name = requiredArg(args, 'name')
  if ([...name].length > LIMITS.topicNameLength) throw badRequest('TOPIC_TITLE_INVALID')
  const chat = writableChat(world, bot, args)
  const hasTopics = chat.kind === 'private' ? bot.abilities.topics : chat.isForum
  if (!hasTopics) throw badRequest('the chat is not a forum')
  if (chat.kind !== 'private' && !isAdmin(chat.botStatus))
    throw badRequest('not enough rights to create a topic')
  const facts = { name, icon_color: 0x6fb9f0 }
  const threadId = chat.nextMessageId
  chat.topics.set(threadId, name)
  const extra = { forum_topic_created: facts }
  appendMessage(world, bot, chat, { from: 'bot', threadId, extra })
  return { message_thread_id: threadId, ...facts }
}

/** The topic with all its messages, https://core.telegram.org/bots/api#deleteforumtopic */
function deleteForumTopic({ world, bot, args }: MethodCall): boolean {
  const chat = writableChat(world, bot, args)
  const threadId = integerArg(args, 'message_thread_id', 0, 0, Number.MAX_SAFE_INTEGER)
  if (!chat.topics.has(threadId)) throw badRequest('TOPIC_ID_INVALID')
  if (chat.kind !== 'private' && !isAdmin(chat.botStatus))
    throw badRequest('not enough rights to delete messages')
  for (const message of chat.messages.values()) {
    if (message.threadId === threadId) removeMessage(world, bot, chat, message)
  }
  chat.topics.delete(threadId)
  return true
}

export const chatMethods: Methods = {
  getChat,
  getChatMember,
  getChatAdministrators,
  getChatMemberCount,
  leaveChat,
  createForumTopic,
  deleteForumTopic,
}
