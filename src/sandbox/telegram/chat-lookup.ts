import { badRequest, forbidden } from './api-error.ts'
import { type Args, integerArg, textArg } from './args.ts'
import type { Bot, Chat, StoredMessage, World } from './model.ts'

/** The chat that `chat_id` names, with the server's complaints. */
export function readChat(world: World, bot: Bot, args: Args): Chat {
  const raw = textArg(args, 'chat_id')
  if (raw === '') throw badRequest('chat_id is empty')
  const user = raw.startsWith('@')
    ? [...world.users.values()].find(({ username }) => username === raw.slice(1))
    : world.users.get(Number.parseInt(raw, 10))
  const chat = user && bot.chats.get(user.id)
  if (!chat) throw badRequest('chat not found')
  return chat
}

/** The chat that `chat_id` names, if the bot may write into it. */
export function writableChat(world: World, bot: Bot, args: Args): Chat {
  const chat = readChat(world, bot, args)
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
