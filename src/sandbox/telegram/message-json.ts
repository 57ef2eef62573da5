import type { FormattedText } from './entities.ts'
import type { Bot, Chat, FakeUser, Media, StoredMessage } from './model.ts'
import { photoSizes } from './photo-sizes.ts'
import { invoiceJson } from './stars.ts'
import { seconds } from './world.ts'

type Json = Record<string, unknown>

/** Leaves out what is absent, as the server does. */
const present = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** The user as the Bot API shows one. */
export const userJson = (user: FakeUser): Json =>
  present({
    id: user.id,
    is_bot: false,
    first_name: user.firstName,
    username: user.username,
    language_code: user.languageCode || undefined,
  })

/** The bot as a sender. */
export const botJson = (bot: Bot): Json => ({
  id: bot.id,
  is_bot: true,
  first_name: bot.firstName,
  username: bot.username,
})

/** The private chat with a user. */
export const chatJson = (user: FakeUser): Json =>
  present({ id: user.id, first_name: user.firstName, username: user.username, type: 'private' })

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

const DIMENSIONED = new Set(['video', 'animation'])
const TIMED = new Set(['video', 'animation', 'audio', 'voice'])

function fileJson(bot: Bot, media: Media): Json {
  const handle = bot.files.of(media.file, media.kind)
  const visual = DIMENSIONED.has(media.kind)
  return present({
    duration: TIMED.has(media.kind) ? media.duration : undefined,
    width: visual ? media.width : undefined,
    height: visual ? media.height : undefined,
    title: media.title || undefined,
    performer: media.performer || undefined,
    file_name: media.kind === 'voice' ? undefined : media.file.fileName || undefined,
    mime_type: media.file.mime,
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
    from: message.from === 'bot' ? botJson(bot) : userJson(chat.user),
    chat: chatJson(chat.user),
    date: seconds(message.date),
    edit_date: message.editDate === undefined ? undefined : seconds(message.editDate),
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
  })
}
