import { badRequest } from '../api-error.ts'
import { type Args, integerArg, requiredArg, textArg } from '../args.ts'
import { readChat } from '../chat-lookup.ts'
import { contentOf, originOf } from '../forwarding.ts'
import type { MethodCall, Methods } from '../method.ts'
import type { StoredMessage } from '../model.ts'
import { messageCaption } from '../text.ts'
import { deliver } from './send-message.ts'

const MAX_ID = 2 ** 31 - 1

/** The message of another chat that `from_chat_id` and `message_id` name. */
function source(call: MethodCall, what: string): StoredMessage {
  const { world, bot, args } = call
  requiredArg(args, 'from_chat_id')
  const chat = readChat(world, bot, args, 'from_chat_id')
  const message = chat.messages.get(integerArg(args, 'message_id', 0, 0, MAX_ID))
  if (!message || message.deleted) throw badRequest(`message to ${what} not found`)
  const isService = !message.text && !message.media && Object.keys(message.extra).length > 0
  if (isService || message.invoice) throw badRequest(`The message can't be ${PAST[what]}`)
  return message
}

const PAST: Record<string, string> = { forward: 'forwarded', copy: 'copied' }

function forwardMessage(call: MethodCall) {
  const message = source(call, 'forward')
  return deliver(call, { ...contentOf(message), forward: originOf(message) })
}

/** A caption that is given, even an empty one, takes the place of the old one. */
const caption = (args: Args, message: StoredMessage) =>
  args.values.has('caption') && message.media ? messageCaption(args) : message.caption

/** https://core.telegram.org/bots/api#copymessage: only the new message's id is answered. */
function copyMessage(call: MethodCall) {
  const message = source(call, 'copy')
  const keyboard = textArg(call.args, 'reply_markup') === '' ? { keyboard: message.keyboard } : {}
  const sent = deliver(call, {
    ...contentOf(message),
    ...keyboard,
    caption: caption(call.args, message),
  })
  return { message_id: sent.message_id }
}

export const forwardMethods: Methods = { forwardMessage, copyMessage }
