import { badRequest } from '../api-error.ts'
import { type Args, jsonArg, textArg } from '../args.ts'
import { namedMessage, writableChat } from '../chat-lookup.ts'
import { isAdmin } from '../groups.ts'
import { inlineMarkup } from '../keyboard.ts'
import { TIMES } from '../limits.ts'
import { messageJson } from '../message-json.ts'
import { changeMessage, type MessageContent, removeMessage } from '../messages.ts'
import type { MethodCall, Methods } from '../method.ts'
import type { Chat, StoredMessage } from '../model.ts'
import { messageCaption, messageText } from '../text.ts'
import { singleMedia } from './send-media.ts'

const NOT_MODIFIED =
  'message is not modified: specified new message content and reply markup are exactly the same ' +
  'as a current content and reply markup of the message'

function checkTarget(args: Args): void {
  if (textArg(args, 'chat_id') !== '' || textArg(args, 'message_id') !== '') return
  if (textArg(args, 'inline_message_id') === '')
    throw badRequest('Message identifier is not specified')
  throw badRequest('MESSAGE_ID_INVALID')
}

interface Target {
  readonly chat: Chat
  readonly message: StoredMessage
}

function target({ world, bot, args }: MethodCall): Target {
  checkTarget(args)
  const chat = writableChat(world, bot, args)
  const message = namedMessage(chat, args, 'message to edit')
  if (message.from !== 'bot') throw badRequest("message can't be edited")
  return { chat, message }
}

type Change = (message: StoredMessage) => Partial<MessageContent>

/** Omitting `reply_markup` in an edit removes the keyboard, as in Telegram. */
function edit(call: MethodCall, change: Change): unknown {
  const keyboard = inlineMarkup(call.args)
  const { chat, message } = target(call)
  const { text, caption, media } = message
  const content = { text, caption, media, keyboard, ...change(message) }
  if (!changeMessage(call.world, call.bot, chat, message, content)) throw badRequest(NOT_MODIFIED)
  return messageJson(call.bot, chat, message)
}

function editMessageText(call: MethodCall): unknown {
  const text = messageText(call.args)
  return edit(call, (message) => {
    if (!message.text) throw badRequest('there is no text in the message to edit')
    return { text }
  })
}

function editMessageCaption(call: MethodCall): unknown {
  const caption = messageCaption(call.args)
  return edit(call, (message) => {
    if (!message.media || message.media.kind === 'sticker')
      throw badRequest('there is no caption in the message to edit')
    return { caption }
  })
}

const ALBUM: Record<string, readonly string[]> = {
  audio: ['audio'],
  document: ['document'],
  photo: ['photo', 'video'],
  video: ['photo', 'video'],
}

async function editMessageMedia(call: MethodCall): Promise<unknown> {
  target(call)
  const { media, caption } = await singleMedia(call)
  return edit(call, (message) => {
    if (!message.text && !message.media) throw badRequest("message can't be edited")
    const allowed = message.groupId && message.media && ALBUM[message.media.kind]
    if (allowed && !allowed.includes(media.kind))
      throw badRequest("Can't use the media of the specified type in the album")
    return { media, caption, text: undefined }
  })
}

function deleteOne({ world, bot }: MethodCall, { chat, message }: Target): void {
  const isOwn = message.from === 'bot' || chat.kind === 'private'
  if (!isOwn && !isAdmin(chat.botStatus)) throw badRequest("message can't be deleted")
  if (world.now() - message.date > TIMES.deleteMs)
    throw badRequest("message can't be deleted for everyone")
  removeMessage(world, bot, chat, message)
}

function deleteMessage(call: MethodCall): boolean {
  const { world, bot, args } = call
  if (textArg(args, 'chat_id') === '') throw badRequest('Chat identifier is not specified')
  if (textArg(args, 'message_id') === '') throw badRequest('Message identifier is not specified')
  const chat = writableChat(world, bot, args)
  deleteOne(call, { chat, message: namedMessage(chat, args, 'message to delete') })
  return true
}

function deleteMessages(call: MethodCall): boolean {
  const { world, bot, args } = call
  const ids = jsonArg(args, 'message_ids', 'message_ids')
  if (!Array.isArray(ids) || ids.length === 0)
    throw badRequest('Message identifiers are not specified')
  if (ids.length > 100) throw badRequest('Too many message identifiers specified')
  const chat = writableChat(world, bot, args)
  for (const id of ids) {
    const message = chat.messages.get(Number(id))
    // Unknown ones are skipped, as in Telegram.
    if (message && !message.deleted) deleteOne(call, { chat, message })
  }
  return true
}

export const editMethods: Methods = {
  editMessageText,
  editMessageCaption,
  editMessageMedia,
  editMessageReplyMarkup: (call) => edit(call, () => ({})),
  deleteMessage,
  deleteMessages,
}
