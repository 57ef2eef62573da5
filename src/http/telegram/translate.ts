import type { ReportedPayment } from '../../actors/payments/payment-recorder.ts'
import {
  MEDIA_KINDS,
  type TelegramInput,
  type TelegramMedia,
} from '../../machines/conversation/input.ts'
import { languageOf } from '../../machines/texts/translate.ts'
import { isCommand } from './conversation-event.ts'
import type {
  CallbackQuery,
  ChatMemberUpdated,
  Message,
  TelegramFile,
  User,
} from './update-schema.ts'

/** What became of an update; `raw` of a malformed one is JSON text, safe to store. */
export type Translation =
  | { readonly kind: 'input'; readonly input: TelegramInput }
  | { readonly kind: 'payment'; readonly payment: PaymentInput }
  | { readonly kind: 'foreign'; readonly foreign: ForeignInput }
  | { readonly kind: 'ignored'; readonly what: string }
  | {
      readonly kind: 'malformed'
      readonly updateId: number | null
      readonly reason: string
      readonly raw: string
    }

/**
 * Somebody speaks to the bot in a chat that is no person's: a group, a channel, a topic of one. A
 * conversation exists for a person only, so this never becomes an input.
 */
export interface ForeignInput {
  readonly chatId: number
  readonly languageCode?: string
  readonly messageId?: number
  /** The topic it was said in. */
  readonly threadId?: number
  /** A button was pressed: this query waits for an answer. */
  readonly queryId?: string
}

/** Stars that were paid, or went back. */
export interface PaymentInput {
  readonly updateId: number
  readonly what: 'paid' | 'refunded'
  readonly currency: string
  readonly payment: ReportedPayment
}

/** An update that needs no answer. */
export const ignored = (what: string): Translation => ({ kind: 'ignored', what: fieldName(what) })

const fieldName = (key: string) => key.replace(/\W/g, '').slice(0, 64)

/**
 * A message as input. `otherKeys` are the message's own field names: they name what is unsupported.
 */
export function fromMessage(
  updateId: number,
  message: Message,
  otherKeys: readonly string[],
  bot: BotName,
): Translation {
  const common = {
    ...origin(updateId, message.from, message.chat.id),
    messageId: message.message_id,
    ...threadOf(message),
    ...defined({ replyTo: message.reply_to_message?.message_id }),
  }
  const payment = paymentIn(updateId, message)
  if (payment !== undefined) return { kind: 'payment', payment }
  if (!isOfPerson(message.chat) && message.chat.id !== bot.deskChatId) {
    return isToBot(message, bot) ? foreign(message) : ignored('group')
  }
  const command = commandIn(message, bot.username)
  if (command) return input({ kind: 'command', ...common, ...command })
  if (message.text !== undefined) {
    if (!isVisible(message.text)) return input({ kind: 'unsupported', ...common, what: 'empty' })
    const forwardedFrom = message.forward_origin?.sender_user?.id
    return input({ kind: 'text', ...common, text: message.text, ...defined({ forwardedFrom }) })
  }
  const media = findMedia(message)
  if (media) {
    const { media_group_id: groupId } = message
    const caption = isVisible(message.caption) ? message.caption : undefined
    return input({ kind: 'media', ...common, media, ...defined({ caption, groupId }) })
  }
  const what = otherKeys.find((key) => !COMMON_KEYS.has(key)) ?? 'empty'
  return SERVICE_KEYS.has(what)
    ? ignored(what)
    : input({ kind: 'unsupported', ...common, what: fieldName(what) })
}

/** New words of a person's text or caption; what else can change about a message needs no answer. */
export function fromEditedMessage(updateId: number, message: Message): Translation {
  const text = message.text ?? message.caption
  if (!isOfPerson(message.chat) || text === undefined || !isVisible(text)) {
    return ignored('edited_message')
  }
  const common = { ...origin(updateId, message.from, message.chat.id), ...threadOf(message) }
  return input({ kind: 'edited', ...common, messageId: message.message_id, text })
}

/** The payer is whose private chat it is: a refund is told by the bot itself. */
function paymentIn(updateId: number, message: Message): PaymentInput | undefined {
  const { successful_payment: paid, refunded_payment: refunded, chat, from } = message
  const report = paid ?? refunded
  if (report === undefined) return undefined
  return {
    updateId,
    what: paid ? 'paid' : 'refunded',
    currency: report.currency,
    payment: {
      chargeId: report.telegram_payment_charge_id,
      userId: chat.type === 'private' ? chat.id : (from?.id ?? chat.id),
      stars: report.total_amount,
      payload: report.invoice_payload,
      language: languageOf(from?.language_code),
    },
  }
}

/** A pressed button as input; a private chat has the id of its person, so it is always known. */
export function fromCallbackQuery(
  updateId: number,
  query: CallbackQuery,
  { deskChatId }: Pick<BotName, 'deskChatId'> = {},
): Translation {
  const { message } = query
  const isDesk = message !== undefined && message.chat.id === deskChatId
  if (message && !isDesk && !isOfPerson(message.chat)) {
    const language = defined({ languageCode: query.from.language_code })
    return { kind: 'foreign', foreign: { chatId: message.chat.id, queryId: query.id, ...language } }
  }
  const common = {
    ...origin(updateId, query.from, isDesk ? message.chat.id : query.from.id),
    ...(message === undefined ? {} : threadOf(message)),
  }
  if (query.data === undefined) return input({ kind: 'unsupported', ...common, what: 'game' })
  return input({
    kind: 'tap',
    ...common,
    data: query.data,
    queryId: query.id,
    messageId: message?.message_id ?? null,
  })
}

/** The person has blocked the bot, or has come back; or somebody has put it into a chat. */
export function fromMyChatMember(
  updateId: number,
  member: ChatMemberUpdated,
  { deskChatId }: Pick<BotName, 'deskChatId'> = {},
): Translation {
  if (member.chat.id === deskChatId && deskChatId < 0) return ignored('desk')
  if (!isOfPerson(member.chat)) return wasAdded(member) ? foreign(member) : ignored('group')
  const kind = { kicked: 'blocked', member: 'unblocked' } as const
  const { status } = member.new_chat_member
  if (status !== 'kicked' && status !== 'member') return ignored('my_chat_member')
  return input({ kind: kind[status], ...origin(updateId, member.from, member.chat.id) })
}

/** The bot's own id and name, and where its staff is. */
export interface BotName {
  readonly id: number
  readonly username: string
  /** The chat of the staff, where what is said is no dialogue. */
  readonly deskChatId?: number
}

/** A private chat has the id of its person; whatever else there is has a negative one. */
const isOfPerson = ({ type, id }: { type: string; id: number }) => type === 'private' && id > 0

/** In a group that the bot hears in full, only what is said to it: a command, its name, a reply. */
function isToBot({ text, caption, reply_to_message: reply }: Message, bot: BotName): boolean {
  const words = (text ?? caption ?? '').toLowerCase()
  const name = bot.username.toLowerCase()
  const [, addressee = name] = /^\/\w+(?:@(\w+))?/.exec(words) ?? [undefined, null]
  if (addressee !== null) return addressee === name
  return reply?.from?.id === bot.id || new RegExp(`(?:^|\\W)@${name}(?!\\w)`).test(words)
}

const PRESENT = new Set(['member', 'administrator', 'restricted'])

const wasAdded = ({ old_chat_member: before, new_chat_member: after }: ChatMemberUpdated) =>
  PRESENT.has(after.status) && !PRESENT.has(before?.status ?? 'left')

const foreign = (said: Message | ChatMemberUpdated): Translation => ({
  kind: 'foreign',
  foreign: {
    chatId: said.chat.id,
    ...defined({
      languageCode: said.from?.language_code,
      ...('message_id' in said && {
        messageId: said.message_id,
        ...threadOf(said),
      }),
    }),
  },
})

/** Outside of forums a thread is only a chain of replies. */
const threadOf = (said: Pick<Message, 'is_topic_message' | 'message_thread_id'>) =>
  said.is_topic_message ? defined({ threadId: said.message_thread_id }) : {}

/** What an app shows nothing for: spaces, marks of direction, fillers, the empty Braille pattern. */
const INVISIBLE = /^[\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\ufffc]*$/u

const isVisible = (words: string | undefined): boolean =>
  words !== undefined && !INVISIBLE.test(words)

/** A command in a text, or, with a file, in its caption if the bot has such a command. */
function commandIn({ text, caption }: Message, botName: string) {
  const words = text ?? caption
  const command = words?.startsWith('/') ? parseCommand(words, botName) : undefined
  return text !== undefined || isCommand(command?.name) ? command : undefined
}

const input = (value: TelegramInput): Translation => ({ kind: 'input', input: value })

const origin = (updateId: number, from: User | undefined, chatId: number) => ({
  updateId,
  chatId,
  userId: from?.id ?? chatId,
  ...defined({
    languageCode: from?.language_code,
    firstName: from?.first_name,
    username: from?.username,
  }),
})

/** `/Name@Bot payload`; the suffix of another bot stays part of the name, which is then unknown. */
function parseCommand(text: string, botName: string) {
  const [, name = '', payload = ''] = /^\/(\S*)\s*([\s\S]*)$/.exec(text) ?? []
  const lower = name.toLowerCase()
  const suffix = `@${botName.toLowerCase()}`
  return {
    name: lower.endsWith(suffix) ? lower.slice(0, -suffix.length) : lower,
    payload: payload.trim(),
  }
}

/** An animation also comes as `document`, so that one is asked last. */
const SEARCH_ORDER = [...MEDIA_KINDS].sort(
  (a, b) => Number(a === 'document') - Number(b === 'document'),
)

function findMedia(message: Message): TelegramMedia | undefined {
  for (const kind of SEARCH_ORDER) {
    const file = kind === 'photo' ? largest(message.photo) : message[kind]
    if (file) return toMedia(kind, file)
  }
  return undefined
}

const area = ({ width = 0, height = 0 }: TelegramFile) => width * height

const largest = (sizes: readonly TelegramFile[] | undefined) =>
  sizes?.reduce((best, size) => (area(size) > area(best) ? size : best))

const toMedia = (kind: TelegramMedia['kind'], file: TelegramFile): TelegramMedia => ({
  kind,
  fileId: file.file_id,
  uniqueId: file.file_unique_id,
  ...defined({
    size: file.file_size,
    mime: file.mime_type,
    fileName: file.file_name,
    width: file.width,
    height: file.height,
    duration: file.duration,
  }),
})

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

const defined = <T extends object>(fields: T): Defined<T> =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<T>

const words = (...lines: string[]) => new Set(lines.flatMap((line) => line.split(' ')))

/** Fields that any message may have and that say nothing about its kind. */
const COMMON_KEYS = words(
  'message_id message_thread_id direct_messages_topic from sender_chat chat date edit_date',
  'sender_boost_count sender_business_bot business_connection_id sender_tag author_signature',
  'forward_origin forward_from forward_date is_automatic_forward is_topic_message via_bot',
  'reply_to_message external_reply quote reply_to_story effect_id has_protected_content',
  'is_from_offline is_paid_post paid_star_count media_group_id entities caption caption_entities',
  'link_preview_options show_caption_above_media has_media_spoiler reply_markup',
)

/** Notices that Telegram itself puts into a private chat: nobody waits for an answer to them. */
const SERVICE_KEYS = words(
  'pinned_message message_auto_delete_timer_changed write_access_allowed chat_background_set',
  'forum_topic_created forum_topic_edited connected_website',
)
