import * as z from 'zod'

/** PostgreSQL's jsonb refuses U+0000 and lone surrogates: one such update would never be stored. */
const text = z.string().transform((value) => value.replaceAll('\0', '').toWellFormed())

const maybe = <T extends z.ZodType>(schema: T) => schema.nullish().transform((v) => v ?? undefined)

const id = z.int()

const user = z.object({
  id,
  first_name: maybe(text),
  username: maybe(text),
  language_code: maybe(text),
})

const chat = z.object({ id, type: z.string() })

const topic = { message_thread_id: maybe(id), is_topic_message: maybe(z.boolean()) }

const file = z.object({
  file_id: text,
  file_unique_id: text,
  file_size: maybe(z.number()),
  mime_type: maybe(text),
  file_name: maybe(text),
  width: maybe(z.number()),
  height: maybe(z.number()),
  duration: maybe(z.number()),
})

export type TelegramFile = z.infer<typeof file>

/** Amounts in Stars are whole Stars: https://core.telegram.org/bots/api#successfulpayment. */
const payment = z.object({
  currency: text,
  total_amount: z.int().positive(),
  invoice_payload: text,
  telegram_payment_charge_id: text.pipe(z.string().min(1)),
})

/** The parts of a message that are read here; the rest stays for `otherKeys`. */
export const messageSchema = z.object({
  message_id: id,
  ...topic,
  chat,
  from: maybe(user),
  forward_origin: maybe(z.object({ sender_user: maybe(z.object({ id })) })),
  reply_to_message: maybe(z.object({ message_id: maybe(id), from: maybe(z.object({ id })) })),
  text: maybe(text),
  caption: maybe(text),
  media_group_id: maybe(text),
  photo: maybe(z.array(file).min(1)),
  document: maybe(file),
  video: maybe(file),
  audio: maybe(file),
  voice: maybe(file),
  animation: maybe(file),
  video_note: maybe(file),
  sticker: maybe(file),
  successful_payment: maybe(payment),
  refunded_payment: maybe(payment),
})

/** `message` may be missing (inline) or inaccessible (date 0, only id and chat). */
export const callbackQuerySchema = z.object({
  id: text,
  from: user,
  message: maybe(z.object({ message_id: id, ...topic, chat })),
  data: maybe(text),
})

export const chatMemberSchema = z.object({
  chat,
  from: user,
  old_chat_member: maybe(z.object({ status: z.string() })),
  new_chat_member: z.object({ status: z.string() }),
})

export const preCheckoutSchema = z.object({
  id: text,
  from: user,
  currency: text,
  total_amount: z.int(),
  invoice_payload: text,
})

export const inlineQuerySchema = z.object({ id: text, from: user, query: z.string() })

export type InlineQuery = z.infer<typeof inlineQuerySchema>
export type PreCheckoutQuery = z.infer<typeof preCheckoutSchema>
export type Message = z.infer<typeof messageSchema>
export type CallbackQuery = z.infer<typeof callbackQuerySchema>
export type ChatMemberUpdated = z.infer<typeof chatMemberSchema>
export type User = z.infer<typeof user>
