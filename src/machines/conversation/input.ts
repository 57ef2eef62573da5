import * as z from 'zod'

/** The kinds of media a message can carry; `photo` is always its largest size. */
export const MEDIA_KINDS = [
  'photo',
  'document',
  'video',
  'audio',
  'voice',
  'animation',
  'video_note',
  'sticker',
] as const

const mediaSchema = z.object({
  kind: z.enum(MEDIA_KINDS),
  /** Valid for this bot only; does not expire. */
  fileId: z.string(),
  /** The same for every bot and every upload of the same file; can't be downloaded by. */
  uniqueId: z.string(),
  size: z.number().exactOptional(),
  mime: z.string().exactOptional(),
  fileName: z.string().exactOptional(),
  width: z.number().exactOptional(),
  height: z.number().exactOptional(),
  duration: z.number().exactOptional(),
})

const common = {
  updateId: z.int(),
  chatId: z.int(),
  userId: z.int(),
  languageCode: z.string().exactOptional(),
  firstName: z.string().exactOptional(),
  messageId: z.int().exactOptional(),
  /** The message of this chat that it answers. */
  replyTo: z.int().exactOptional(),
  /** The topic of the chat in which it happened. */
  threadId: z.int().exactOptional(),
  /** The person's public name, without the @. */
  username: z.string().exactOptional(),
}

/**
 * What a person did, in the words of the conversation and no longer in Telegram's. Plain JSON that
 * PostgreSQL can store: no U+0000, no lone surrogates.
 */
export const telegramInputSchema = z.discriminatedUnion('kind', [
  /** `name` in lower case, without slash and without this bot's name; `payload` trimmed. */
  z.object({ kind: z.literal('command'), ...common, name: z.string(), payload: z.string() }),
  /** `forwardedFrom`: who wrote it, if it was passed on and they let that be seen. */
  z.object({
    kind: z.literal('text'),
    ...common,
    text: z.string(),
    forwardedFrom: z.int().exactOptional(),
  }),
  /** `messageId` is null when the message with the button is unknown. */
  z.object({
    kind: z.literal('tap'),
    ...common,
    data: z.string(),
    queryId: z.string(),
    messageId: z.int().nullable(),
  }),
  /** Items of one album share `groupId` and arrive as separate inputs. */
  z.object({
    kind: z.literal('media'),
    ...common,
    media: mediaSchema,
    caption: z.string().exactOptional(),
    groupId: z.string().exactOptional(),
  }),
  /** New words for a message of before. */
  z.object({ kind: z.literal('edited'), ...common, text: z.string() }),
  z.object({ kind: z.literal('blocked'), ...common }),
  z.object({ kind: z.literal('unblocked'), ...common }),
  /** A message that the bot has no use for; `what` is Telegram's name of it. */
  z.object({ kind: z.literal('unsupported'), ...common, what: z.string() }),
])

export type TelegramInput = z.infer<typeof telegramInputSchema>
export type TelegramMedia = z.infer<typeof mediaSchema>
