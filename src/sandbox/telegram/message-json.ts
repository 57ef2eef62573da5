import type { FormattedText } from './entities.ts'
import type { Bot, Chat, Media, StoredMessage } from './model.ts'
import { photoSizes } from './photo-sizes.ts'
import { botJson, chatJson, forwardJson, present, senderJson } from './sender-json.ts'
import { invoiceJson } from './stars.ts'
import { seconds } from './world.ts'

type Json = Record<string, unknown>

const photoJson = (bot: Bot, media: Media): Json[] =>
  photoSizes(media).map(({ width, height, side }) => {
    const handle = bot.files.of(media.file, 'photo', side)
    // A smaller copy is drawn when it is downloaded, so its size is not known here.
    const size = side === undefined ? media.file.bytes.length : undefined
    return present({
      file_id: handle.fileId,
      file_unique_id: handle.uniqueId,
      file_size: size,
      width,
      height,
    })
  })

const DIMENSIONED = new Set(['video', 'animation', 'sticker'])
const TIMED = new Set(['video', 'animation', 'audio', 'voice', 'video_note'])
/** Kinds that have no name of their own and say no type. */
const NAMELESS = new Set(['voice', 'video_note', 'sticker'])

const stickerJson = ({ emoji }: Media): Json =>
  present({ type: 'regular', is_animated: false, is_video: false, emoji: emoji || undefined })

function fileJson(bot: Bot, media: Media): Json {
  const handle = bot.files.of(media.file, media.kind)
  const visual = DIMENSIONED.has(media.kind)
  return present({
    duration: TIMED.has(media.kind) ? media.duration : undefined,
    width: visual ? media.width : undefined,
    height: visual ? media.height : undefined,
    title: media.title || undefined,
    performer: media.performer || undefined,
    length: media.kind === 'video_note' ? media.width : undefined,
    ...(media.kind === 'sticker' ? stickerJson(media) : {}),
    file_name: NAMELESS.has(media.kind) ? undefined : media.file.fileName || undefined,
    mime_type: media.kind === 'voice' || !NAMELESS.has(media.kind) ? media.file.mime : undefined,
    file_id: handle.fileId,
    file_unique_id: handle.uniqueId,
    file_size: media.file.bytes.length,
  })
}

function mediaJson(bot: Bot, media: Media): Json {
  if (media.kind === 'photo') return { photo: photoJson(bot, media) }
  const file = fileJson(bot, media)
  // For old clients an animation is a document too.
  return media.kind === 'animation' ? { animation: file, document: file } : { [media.kind]: file }
}

const formatted = (name: string, entitiesName: string, value: FormattedText | undefined): Json => {
  if (!value || value.text === '') return {}
  const entities = value.entities.length > 0 ? { [entitiesName]: value.entities } : {}
  return { [name]: value.text, ...entities }
}

/** The message as the Bot API shows it to this bot. */
export function messageJson(bot: Bot, chat: Chat, message: StoredMessage, nested = false): Json {
  const reply = message.replyTo === undefined ? undefined : chat.messages.get(message.replyTo)
  return present({
    message_id: message.id,
    ...senderJson(bot, chat, message),
    chat: chatJson(chat),
    date: seconds(message.date),
    edit_date: message.editDate === undefined ? undefined : seconds(message.editDate),
    message_thread_id: message.threadId,
    ...(message.forward ? forwardJson(bot, message.forward, message.automatic) : {}),
    media_group_id: message.groupId,
    reply_to_message:
      reply && !reply.deleted && !nested ? messageJson(bot, chat, reply, true) : undefined,
    ...(message.media ? mediaJson(bot, message.media) : {}),
    has_media_spoiler: message.media?.hasSpoiler || undefined,
    ...formatted('text', 'entities', message.text),
    ...formatted('caption', 'caption_entities', message.caption),
    invoice: message.invoice && invoiceJson(message.invoice),
    ...message.extra,
    reply_markup: message.keyboard ? { inline_keyboard: message.keyboard } : undefined,
    via_bot: message.viaBot ? botJson(bot) : undefined,
    is_topic_message: message.threadId === undefined ? undefined : true,
    effect_id: message.effectId,
  })
}
