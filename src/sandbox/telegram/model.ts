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

/** How a bot or a person takes part in a group, https://core.telegram.org/bots/api#chatmember */
export type MemberStatus = 'creator' | 'administrator' | 'member' | 'left' | 'kicked'

/** Kinds of chats that are no dialogue with a person, https://core.telegram.org/bots/api#chat */
export type GroupKind = 'group' | 'supergroup' | 'channel'

/** What a chat is called and how its id looks to bots. */
export interface GroupFacts {
  readonly id: number
  readonly kind: GroupKind
  readonly title: string
  readonly username: string | undefined
  readonly isForum: boolean
}

/** In whose name a message stands. */
export type Author =
  | { readonly kind: 'bot' }
  | { readonly kind: 'user'; readonly user: FakeUser }
  /** A channel, an administrator who stays anonymous, or a person in the name of a channel. */
  | { readonly kind: 'chat'; readonly chat: GroupFacts; readonly signature: string }

/** Who wrote a forwarded message first, https://core.telegram.org/bots/api#messageorigin */
export type ForwardOrigin = {
  /** Unix milliseconds of the original. */
  readonly date: number
} & (
  | { readonly type: 'user'; readonly sender: FakeUser | 'bot' }
  | { readonly type: 'hidden_user'; readonly name: string }
  | { readonly type: 'chat'; readonly chat: GroupFacts; readonly signature: string }
  | {
      readonly type: 'channel'
      readonly chat: GroupFacts
      readonly messageId: number
      readonly signature: string
    }
)

/** A file inside a message with what Telegram knows about it. */
export interface Media {
  readonly kind: MediaKind
  readonly file: StoredFile
  readonly width: number
  readonly height: number
  readonly duration: number
  readonly title: string
  readonly performer: string
  /** Of a sticker. */
  readonly emoji?: string
  readonly hasSpoiler: boolean
  /** Named by the id of a file that Telegram had, instead of uploaded or fetched. */
  readonly isById?: boolean
}

/** A message as the server keeps it. */
export interface StoredMessage {
  readonly id: number
  /** On which side it stands for the bot: its own, or anybody else's. */
  readonly from: 'user' | 'bot'
  readonly author: Author
  readonly date: number
  /** The topic that it belongs to. */
  readonly threadId: number | undefined
  readonly forward: ForwardOrigin | undefined
  /** A channel's post that Telegram itself put into the group which discusses it. */
  readonly automatic: boolean
  /** The bot made it, a person sent it: a chosen inline result. */
  readonly viaBot: boolean
  readonly effectId: string | undefined
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
  /** Emoji by who put them there: a user's id, or the bot. */
  readonly reactions: Map<number | 'bot', readonly string[]>
}

interface ChatBase {
  readonly id: number
  readonly messages: Map<number, StoredMessage>
  /** Names of topics by the id of the message that made them. */
  readonly topics: Map<number, string>
  nextMessageId: number
  action: { readonly name: string; readonly until: number } | undefined
}

/** The private chat of one bot with one user; its id is the user's. */
export interface PrivateChat extends ChatBase {
  readonly kind: 'private'
  readonly user: FakeUser
  /** The user has written to the bot or pressed Start. */
  started: boolean
  blocked: boolean
}

/** A group, a supergroup or a channel as one bot knows it. */
export interface GroupChat extends ChatBase, GroupFacts {
  /** People; who is in no list was never there. */
  readonly members: Map<number, MemberStatus>
  botStatus: MemberStatus
  /** The supergroup that this group became; nothing can be sent into it any more. */
  migratedTo: number | undefined
}

export type Chat = PrivateChat | GroupChat

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
  readonly chatId: number
  readonly messageId: number
  readonly data: string
  readonly createdAt: number
  answer: CallbackAnswer | undefined
}

/** One offer of a bot in inline mode, https://core.telegram.org/bots/api#inlinequeryresult */
export interface InlineResult {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly text: FormattedText | undefined
  readonly caption: FormattedText
  readonly media: Media | undefined
  readonly keyboard: InlineButton[][] | undefined
}

/** What a user typed after the bot's name in any chat. */
export interface InlineQuery {
  readonly id: string
  readonly userId: number
  readonly query: string
  readonly createdAt: number
  results: readonly InlineResult[] | undefined
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

/** What the bot's owner switched on at @BotFather. */
export interface BotAbilities {
  /** No privacy mode: all messages of its groups reach the bot. */
  readonly readsGroups: boolean
  readonly inline: boolean
  /** Chosen inline results are told to the bot. */
  readonly inlineFeedback: boolean
  /** Its private chats have topics. */
  readonly topics: boolean
}

/** Everything that belongs to one bot. */
export interface Bot {
  readonly id: number
  /** Undefined after its owner took it back: nothing works by it any more. */
  token: string | undefined
  readonly username: string
  readonly firstName: string
  readonly abilities: BotAbilities
  readonly updates: UpdateQueue
  readonly allowed: AllowedUpdates
  readonly files: FileHandles
  readonly chats: Map<number, Chat>
  readonly queries: Map<string, CallbackQuery>
  readonly inlineQueries: Map<string, InlineQuery>
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
  /** It was done, and whoever called has not heard of it: the connection ended before the answer. */
  unheard: boolean
}

/** What happens in a chat; drives server-sent events and `waitFor`. */
export interface ChatEvent {
  readonly type: 'message' | 'edited' | 'deleted' | 'action' | 'answer'
  readonly bot: Bot
  readonly chatId: number
  readonly data: StoredMessage | Record<string, unknown>
}

/** Everything the fake knows. */
export interface World {
  readonly now: () => number
  /** Waits in real or test time; rejects when the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  /** By their ids. */
  readonly bots: Map<number, Bot>
  readonly users: Map<number, FakeUser>
  readonly files: FileStore
  readonly calls: CallRecord[]
  readonly answers: CallbackAnswer[]
  readonly faults: FaultTable
  readonly events: EventEmitter<{ chat: [ChatEvent]; change: [] }>
}
