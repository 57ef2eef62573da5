import type { EventEmitter } from 'node:events'
import type { FormattedText } from './entities.ts'
import type { FaultTable } from './faults.ts'
import type { FileHandles, FileStore, MediaKind, StoredFile } from './files.ts'
import type { InlineButton } from './keyboard.ts'
import type { Checkout, Invoice, StarLedger } from './stars.ts'
import type { AllowedUpdates, UpdateQueue } from './updates.ts'

/** A person with an account. */
export interface FakeUser {
  readonly id: number
  firstName: string
  languageCode: string
  username: string | undefined
  /** What is left in the user's wallet. */
  stars: number
}

/** A file inside a message with what Telegram knows about it. */
export interface Media {
  readonly kind: MediaKind
  readonly file: StoredFile
  readonly width: number
  readonly height: number
  readonly duration: number
  readonly title: string
  readonly performer: string
  readonly hasSpoiler: boolean
}

/** A message as the server keeps it. */
export interface StoredMessage {
  readonly id: number
  readonly from: 'user' | 'bot'
  readonly date: number
  readonly groupId: string | undefined
  readonly replyTo: number | undefined
  /** Fields of a service message or of a kind that has no model here. */
  readonly extra: Record<string, unknown>
  readonly invoice: Invoice | undefined
  text: FormattedText | undefined
  caption: FormattedText
  media: Media | undefined
  keyboard: InlineButton[][] | undefined
  replyKeyboard: Record<string, unknown> | undefined
  editDate: number | undefined
  edits: number
  deleted: boolean
}

/** The private chat of one bot with one user. */
export interface Chat {
  readonly user: FakeUser
  readonly messages: Map<number, StoredMessage>
  nextMessageId: number
  /** The user has written to the bot or pressed Start. */
  started: boolean
  blocked: boolean
  action: { readonly name: string; readonly until: number } | undefined
}

/** What a bot answered to a tap. */
export interface CallbackAnswer {
  readonly queryId: string
  readonly userId: number
  readonly text: string
  readonly alert: boolean
  readonly url: string
  readonly time: number
}

/** A tap on an inline button. */
export interface CallbackQuery {
  readonly id: string
  readonly userId: number
  readonly messageId: number
  readonly data: string
  readonly createdAt: number
  answer: CallbackAnswer | undefined
}

/** Settings of a webhook and how it does. */
export interface Webhook {
  readonly url: string
  readonly secretToken: string
  readonly maxConnections: number
  readonly ipAddress: string
  readonly hasCertificate: boolean
  lastError: { readonly at: number; readonly message: string } | undefined
}

/** Everything that belongs to one bot. */
export interface Bot {
  readonly id: number
  readonly token: string
  readonly username: string
  readonly firstName: string
  readonly updates: UpdateQueue
  readonly allowed: AllowedUpdates
  readonly files: FileHandles
  readonly chats: Map<number, Chat>
  readonly queries: Map<string, CallbackQuery>
  readonly checkouts: Map<string, Checkout>
  readonly stars: StarLedger
  readonly settings: Map<string, unknown>
  webhook: Webhook | undefined
  loggedOut: boolean
}

/** One received API call, as tests and the sandbox page see it. */
export interface CallRecord {
  readonly seq: number
  readonly method: string
  readonly bot: string
  readonly chatId: number | undefined
  readonly time: number
  readonly via: 'http' | 'webhook'
  readonly payload: Record<string, unknown>
  ok: boolean | undefined
  error: string | undefined
  fault: string | undefined
}

/** What happens in a chat; drives server-sent events and `waitFor`. */
export interface ChatEvent {
  readonly type: 'message' | 'edited' | 'deleted' | 'action' | 'answer'
  readonly bot: Bot
  readonly userId: number
  readonly data: StoredMessage | Record<string, unknown>
}

/** Everything the fake knows. */
export interface World {
  readonly now: () => number
  /** Waits in real or test time; rejects when the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly bots: Map<string, Bot>
  readonly users: Map<number, FakeUser>
  readonly files: FileStore
  readonly calls: CallRecord[]
  readonly answers: CallbackAnswer[]
  readonly faults: FaultTable
  readonly events: EventEmitter<{ chat: [ChatEvent]; change: [] }>
}
