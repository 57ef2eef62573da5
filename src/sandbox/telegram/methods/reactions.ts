import { badRequest } from '../api-error.ts'
import { jsonArg } from '../args.ts'
import { namedMessage, readChat } from '../chat-lookup.ts'
import { setReactions } from '../messages.ts'
import type { MethodCall, Methods } from '../method.ts'
import { reactionEmoji } from '../reactions.ts'

/** https://core.telegram.org/bots/api#setmessagereaction: a bot has one reaction per message. */
function setMessageReaction({ world, bot, args }: MethodCall): boolean {
  const emoji = reactionEmoji(jsonArg(args, 'reaction', 'reaction types') ?? [])
  const chat = readChat(world, bot, args)
  const message = namedMessage(chat, args, 'message to react')
  if (emoji.length > 1) throw badRequest('REACTIONS_TOO_MANY')
  setReactions(world, bot, chat, message, 'bot', emoji)
  return true
}

export const reactionMethods: Methods = { setMessageReaction }
