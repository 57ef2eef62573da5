import { badRequest } from '../api-error.ts'
import { type Args, booleanArg, integerArg, isObject, jsonArg, requiredArg } from '../args.ts'
import { readChat, writableChat } from '../chat-lookup.ts'
import { replyMarkup } from '../keyboard.ts'
import { TIMES } from '../limits.ts'
import { messageJson } from '../message-json.ts'
import { appendMessage, emit, type NewMessage } from '../messages.ts'
import type { MethodCall, Methods } from '../method.ts'
import type { Chat } from '../model.ts'
import { messageText } from '../text.ts'

interface Reply {
  readonly messageId: number
  readonly optional: boolean
}

function replyParameters(args: Args): Reply {
  const value = jsonArg(args, 'reply_parameters', 'reply parameters')
  if (value === undefined)
    return {
      messageId: integerArg(args, 'reply_to_message_id', 0, 0, 2 ** 31 - 1),
      optional: booleanArg(args, 'allow_sending_without_reply'),
    }
  if (!isObject(value)) throw badRequest('Object expected as reply parameters')
  if (Object.keys(value).length === 0) return { messageId: 0, optional: true }
  const messageId = Number(value.message_id)
  if (!Number.isInteger(messageId)) throw badRequest('Can\'t find field "message_id"')
  return { messageId, optional: value.allow_sending_without_reply === true }
}

/** The message that is replied to, checked; undefined when there is none. */
export function replyTarget(chat: Chat, args: Args): number | undefined {
  const { messageId, optional } = replyParameters(args)
  if (messageId <= 0) return undefined
  const target = chat.messages.get(messageId)
  if (target && !target.deleted) return messageId
  if (optional) return undefined
  throw badRequest('message to be replied not found')
}

/** Sends content with everything that all send methods have in common. */
export function deliver({ world, bot, args }: MethodCall, content: Partial<NewMessage>) {
  const { inline, other } = replyMarkup(args)
  const chat = writableChat(world, bot, args)
  const replyTo = replyTarget(chat, args)
  const message = appendMessage(world, bot, chat, {
    from: 'bot',
    replyTo,
    keyboard: inline,
    replyKeyboard: other,
    ...content,
  })
  return messageJson(bot, chat, message)
}

const ACTIONS = new Set([
  'typing',
  'upload_photo',
  'record_video',
  'upload_video',
  'record_voice',
  'upload_voice',
  'record_audio',
  'upload_audio',
  'upload_document',
  'choose_sticker',
  'find_location',
  'record_video_note',
  'upload_video_note',
  'cancel',
])

function sendChatAction({ world, bot, args }: MethodCall) {
  const name = requiredArg(args, 'action').toLowerCase()
  if (!ACTIONS.has(name)) throw badRequest('Wrong parameter action in request')
  const chat = writableChat(world, bot, args)
  chat.action = name === 'cancel' ? undefined : { name, until: world.now() + TIMES.chatActionMs }
  emit(world, bot, chat.user.id, 'action', { action: chat.action?.name ?? null })
  return true
}

function getChat({ world, bot, args }: MethodCall) {
  const { user } = readChat(world, bot, args)
  return {
    id: user.id,
    first_name: user.firstName,
    ...(user.username === undefined ? {} : { username: user.username }),
    type: 'private',
    accent_color_id: user.id % 7,
    max_reaction_count: 11,
    accepted_gift_types: {
      unlimited_gifts: true,
      limited_gifts: true,
      unique_gifts: true,
      premium_subscription: true,
    },
  }
}

export const sendMessageMethods: Methods = {
  sendMessage: (call) => deliver(call, { text: messageText(call.args) }),
  sendChatAction,
  getChat,
}
