import { toHtml } from './entities-html.ts'
import type { MediaKind } from './files.ts'
import type { InlineButton } from './keyboard.ts'
import type { Media, StoredMessage } from './model.ts'
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
}

/** One inline button. */
export interface ChatButton {
  readonly text: string
  readonly data?: string
  readonly url?: string
  /** Pays the invoice that it stands below. */
  readonly pay?: true
}

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
  /** Stars that were paid or given back. */
  readonly receipt?: { readonly kind: 'paid' | 'refunded'; readonly stars: number }
}

/** A button without what only the server needs. */
export const buttonView = ({ text, callback_data: data, url, pay }: InlineButton): ChatButton => ({
  text,
  ...(data !== undefined && { data }),
  ...(url !== undefined && { url }),
  ...(pay === true && { pay }),
})

function receiptView({ extra }: StoredMessage): ChatMessage['receipt'] {
  const kind = extra.successful_payment ? 'paid' : 'refunded'
  const payment = extra.successful_payment ?? extra.refunded_payment
  return payment ? { kind, stars: (payment as { total_amount: number }).total_amount } : undefined
}

const invoiceView = ({ title, description, stars }: Invoice) => ({ title, description, stars })

const mediaView = ({ kind, file, width, height }: Media): ChatMedia => ({
  kind,
  url: `/sandbox/files/${file.id}`,
  mime: file.mime,
  size: file.bytes.length,
  ...(file.fileName && { fileName: file.fileName }),
  ...(width > 0 && height > 0 && { width, height }),
})

/** What the page needs of a stored message; dates in milliseconds. */
export function chatMessage(message: StoredMessage): ChatMessage {
  const { text, caption, media, keyboard, invoice } = message
  const receipt = receiptView(message)
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
  }
}
