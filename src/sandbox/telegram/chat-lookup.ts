import { BotApiError, badRequest, forbidden } from './api-error.ts'
import { type Args, integerArg, textArg } from './args.ts'
import { isMember, kindName } from './groups.ts'
import type { Bot, Chat, GroupChat, StoredMessage, World } from './model.ts'

function namedChat(world: World, bot: Bot, name: string): Chat | undefined {
  if (!name.startsWith('@')) return bot.chats.get(Number.parseInt(name, 10))
  const wanted = name.slice(1).toLowerCase()
  const isIt = (username: string | undefined) => username?.toLowerCase() === wanted
  const user = [...world.users.values()].find(({ username }) => isIt(username))
  if (user) return bot.chats.get(user.id)
  return [...bot.chats.values()].find((chat) => chat.kind !== 'private' && isIt(chat.username))
}

type Access = 'read' | 'write'

/** The rules of tdlib/telegram-bot-api, Client.cpp, check_chat_access. */
function checkGroup(chat: GroupChat, access: Access): void {
  const outside = () => forbidden(`bot is not a member of the ${kindName(chat)}`)
  const kicked = () => forbidden(`bot was kicked from the ${kindName(chat)}`)
  if (chat.kind === 'group') {
    if (access === 'read') return
    if (chat.migratedTo !== undefined)
      throw new BotApiError(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
        migrate_to_chat_id: chat.migratedTo,
      })
    if (chat.botStatus === 'kicked') throw kicked()
    if (!isMember(chat.botStatus)) throw outside()
    return
  }
  if (chat.botStatus === 'kicked') throw kicked()
  const isPublic = chat.username !== undefined
  if (!isMember(chat.botStatus) && !(isPublic && access === 'read')) throw outside()
}

/** The chat that `chat_id` names, with the server's complaints. */
export function readChat(world: World, bot: Bot, args: Args, name = 'chat_id'): Chat {
  const raw = textArg(args, name)
  if (raw === '') throw badRequest(`${name} is empty`)
  const chat = namedChat(world, bot, raw)
  if (!chat) throw badRequest('chat not found')
  if (chat.kind !== 'private') checkGroup(chat, 'read')
  return chat
}

/** The chat that `chat_id` names, if the bot may write into it. */
export function writableChat(world: World, bot: Bot, args: Args): Chat {
  const chat = readChat(world, bot, args)
  if (chat.kind !== 'private') {
    checkGroup(chat, 'write')
    return chat
  }
  if (chat.blocked) throw forbidden('bot was blocked by the user')
  if (!chat.started) throw forbidden("bot can't initiate conversation with a user")
  return chat
}

const MAX_ID = 2 ** 31 - 1

/** The message that `message_id` names; `what` is how the error calls it. */
export function namedMessage(chat: Chat, args: Args, what: string): StoredMessage {
  const message = chat.messages.get(integerArg(args, 'message_id', 0, 0, MAX_ID))
  if (!message || message.deleted) throw badRequest(`${what} not found`)
  return message
}

/**
 * The topic that `message_thread_id` names, or that of the message which is answered; a chat
 * without such a topic refuses (Client.cpp, TdOnCheckForumTopicCallback).
 */
export function namedThread(chat: Chat, args: Args, replyTo?: number): number | undefined {
  const id = integerArg(args, 'message_thread_id', 0, 0, MAX_ID)
  if (id === 0) return replyTo === undefined ? undefined : chat.messages.get(replyTo)?.threadId
  if (!chat.topics.has(id)) throw badRequest('message thread not found')
  return id
}
