import { toHtml } from './entities-html.ts'
import type { MediaKind } from './files.ts'
import type { InlineButton } from './keyboard.ts'
import type { Bot, Chat, Media, StoredMessage } from './model.ts'
import { forwardedFrom, previewOf, senderOf } from './sender-names.ts'
import { serviceWords } from './service-words.ts'
import type { Invoice } from './stars.ts'

/** A file of a message with its address on this server. */
export interface ChatMedia {
  readonly kind: MediaKind
  readonly url: string
  readonly fileName?: string
  readonly mime?: string
  readonly width?: number
  readonly height?: number
  readonly size?: number
  /** Seconds, as the sender said. */
  readonly duration?: number
}

/** One inline button. */
export interface ChatButton {
  readonly text: string
  readonly data?: string
  readonly url?: string
  /** Pays the invoice that it stands below. */
  readonly pay?: true
  readonly style?: string
  /** Goes to the clipboard. */
  readonly copy?: string
  /** Goes after the bot's name into the message box; `here` or into another chat. */
  readonly inline?: { readonly query: string; readonly here: boolean }
  /** Does nothing. */
  readonly disabled?: true
}

/** What a message holds besides words and files. */
export type ChatFacts =
  | { readonly kind: 'contact'; readonly name: string; readonly phone: string }
  | { readonly kind: 'location'; readonly latitude: number; readonly longitude: number }
  | { readonly kind: 'poll'; readonly question: string; readonly options: readonly string[] }

/** A message as the sandbox page shows it. */
export interface ChatMessage {
  readonly id: number
  readonly from: 'user' | 'bot'
  readonly date: number
  readonly text?: string
  readonly html?: string
  readonly caption?: string
  readonly captionHtml?: string
  readonly media?: ChatMedia
  readonly groupId?: string
  readonly keyboard?: ChatButton[][]
  readonly edited?: boolean
  readonly invoice?: {
    readonly title: string
    readonly description: string
    readonly stars: number
  }
  /** Who stands over it in a group; a chat has a negative id. */
  readonly sender?: { readonly id: number; readonly name: string }
  readonly replyTo?: { readonly id: number; readonly name: string; readonly preview: string }
  /** Name of who wrote it first. */
  readonly forward?: string
  readonly threadId?: number
  readonly reactions?: readonly {
    readonly emoji: string
    readonly by: readonly (number | 'bot')[]
  }[]
  readonly facts?: ChatFacts
  /** What happened to the chat, in words. */
  readonly service?: string
  readonly viaBot?: true
  /** Its arrival is celebrated. */
  readonly effect?: true
  /** Stars that were paid or given back. */
  readonly receipt?: { readonly kind: 'paid' | 'refunded'; readonly stars: number }
}

function inlineView(button: InlineButton): ChatButton['inline'] {
  const here = button.switch_inline_query_current_chat
  if (typeof here === 'string') return { query: here, here: true }
  const chosen = button.switch_inline_query_chosen_chat as { query?: string } | undefined
  const away = button.switch_inline_query ?? (chosen && (chosen.query ?? ''))
  return typeof away === 'string' ? { query: away, here: false } : undefined
}

/** A button without what only the server needs. */
export function buttonView(button: InlineButton): ChatButton {
  const { text, callback_data: data, url, pay, style, copy_text: copy, disabled } = button
  const inline = inlineView(button)
  return {
    text,
    ...(data !== undefined && { data }),
    ...(url !== undefined && { url }),
    ...(pay === true && { pay }),
    ...(style !== undefined && { style }),
    ...(copy !== undefined && { copy: copy.text }),
    ...(inline && { inline }),
    ...(disabled !== undefined && { disabled: true as const }),
  }
}

function factsView({ extra }: StoredMessage): ChatFacts | undefined {
  const { contact, location, poll } = extra as Record<string, Record<string, unknown> | undefined>
  if (contact)
    return {
      kind: 'contact',
      name: `${contact.first_name} ${contact.last_name ?? ''}`.trim(),
      phone: String(contact.phone_number),
    }
  if (location) {
    const { latitude, longitude } = location
    return { kind: 'location', latitude: Number(latitude), longitude: Number(longitude) }
  }
  if (!poll) return undefined
  const options = (poll.options as { text: string }[]).map(({ text }) => text)
  return { kind: 'poll', question: String(poll.question), options }
}

function reactionsView({ reactions }: StoredMessage): ChatMessage['reactions'] {
  const by = new Map<string, (number | 'bot')[]>()
  for (const [who, list] of reactions)
    for (const emoji of list) by.set(emoji, [...(by.get(emoji) ?? []), who])
  return by.size > 0 ? [...by].map(([emoji, people]) => ({ emoji, by: people })) : undefined
}

function replyView(bot: Bot, chat: Chat, { replyTo }: StoredMessage): ChatMessage['replyTo'] {
  const answered = replyTo === undefined ? undefined : chat.messages.get(replyTo)
  if (!answered || answered.deleted) return undefined
  const { name } = senderOf(bot, answered)
  return { id: answered.id, name, preview: previewOf(answered) }
}

function receiptView({ extra }: StoredMessage): ChatMessage['receipt'] {
  const kind = extra.successful_payment ? 'paid' : 'refunded'
  const payment = extra.successful_payment ?? extra.refunded_payment
  return payment ? { kind, stars: (payment as { total_amount: number }).total_amount } : undefined
}

const invoiceView = ({ title, description, stars }: Invoice) => ({ title, description, stars })

const mediaView = ({ kind, file, width, height, duration }: Media): ChatMedia => ({
  kind,
  url: `/sandbox/files/${file.id}`,
  mime: file.mime,
  size: file.bytes.length,
  ...(file.fileName && { fileName: file.fileName }),
  ...(width > 0 && height > 0 && { width, height }),
  ...(duration > 0 && { duration }),
})

/** What the page needs of a stored message; dates in milliseconds. */
export function chatMessage(bot: Bot, chat: Chat, message: StoredMessage): ChatMessage {
  const { text, caption, media, keyboard, invoice } = message
  const receipt = receiptView(message)
  const facts = factsView(message)
  const service = serviceWords(bot, message)
  const reactions = reactionsView(message)
  const replyTo = replyView(bot, chat, message)
  return {
    id: message.id,
    from: message.from,
    date: message.date,
    ...(text && { text: text.text, html: toHtml(text) }),
    ...(caption.text && { caption: caption.text, captionHtml: toHtml(caption) }),
    ...(media && { media: mediaView(media) }),
    ...(message.groupId && { groupId: message.groupId }),
    ...(keyboard && { keyboard: keyboard.map((row) => row.map(buttonView)) }),
    ...(invoice && { invoice: invoiceView(invoice) }),
    ...(receipt && { receipt }),
    ...(message.edits > 0 && { edited: true }),
    ...(chat.kind !== 'private' && { sender: senderOf(bot, message) }),
    ...(replyTo && { replyTo }),
    ...(message.forward && { forward: forwardedFrom(bot, message.forward) }),
    ...(message.threadId !== undefined && { threadId: message.threadId }),
    ...(reactions && { reactions }),
    ...(facts && { facts }),
    ...(service && { service }),
    ...(message.viaBot && { viaBot: true as const }),
    ...(message.effectId !== undefined && { effect: true as const }),
  }
}
