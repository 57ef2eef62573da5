import { badRequest } from '../api-error.ts'
import {
  type Args,
  booleanArg,
  integerArg,
  isObject,
  jsonArg,
  requiredArg,
  textArg,
} from '../args.ts'
import { namedThread, writableChat } from '../chat-lookup.ts'
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

/** https://core.telegram.org/bots/api#sendmessage: effects are for private chats only. */
function effectOf(chat: Chat, args: Args): string | undefined {
  const id = textArg(args, 'message_effect_id')
  if (id === '' || id === '0') return undefined
  if (chat.kind !== 'private' || !/^\d{1,19}$/.test(id)) throw badRequest('EFFECT_ID_INVALID')
  return id
}

/** What all send methods take besides their content, checked. */
export function frameOf({ world, bot, args }: MethodCall) {
  const chat = writableChat(world, bot, args)
  const replyTo = replyTarget(chat, args)
  const threadId = namedThread(chat, args, replyTo)
  return { chat, frame: { replyTo, threadId, effectId: effectOf(chat, args) } }
}

/** Sends content with everything that all send methods have in common. */
export function deliver(call: MethodCall, content: Partial<NewMessage>) {
  const { world, bot, args } = call
  const { inline, other } = replyMarkup(args)
  const { chat, frame } = frameOf(call)
  const message = appendMessage(world, bot, chat, {
    from: 'bot',
    ...frame,
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
  namedThread(chat, args)
  chat.action = name === 'cancel' ? undefined : { name, until: world.now() + TIMES.chatActionMs }
  emit(world, bot, chat.id, 'action', { action: chat.action?.name ?? null })
  return true
}

export const sendMessageMethods: Methods = {
  sendMessage: (call) => deliver(call, { text: messageText(call.args) }),
  sendChatAction,
}
