import type { Contact, Location, Poll } from './facts-json.ts'
import type { FaultTable } from './faults.ts'
import type { NewGroup } from './groups.ts'
import type {
  CallbackAnswer,
  CallRecord,
  ForwardOrigin,
  GroupKind,
  InlineResult,
  MemberStatus,
} from './model.ts'
import type { ChargeOptions, PaymentOutcome, PayOptions } from './payment-actions.ts'
import type { SeenMessage } from './seen-message.ts'
import type { CheckoutAnswer, Invoice, StarLedger } from './stars.ts'
import type { AlbumFile, FileOptions, Place } from './user-actions.ts'
import type { UserFacts } from './world.ts'

/** Who a test user is and whom they talk to. */
export interface UserOptions extends UserFacts {
  /** The bot this user talks to, by username; the first one by default. */
  readonly bot?: string
  /** False for a user who has never pressed Start; true by default. */
  readonly started?: boolean
}

/** How a user's app sends a picture. */
export interface PhotoOptions {
  readonly caption?: string
  readonly asDocument?: boolean
  readonly fileName?: string
}

/** Which messages of a chat. */
export interface ChatOptions {
  /** Also those that are gone. */
  readonly deleted?: boolean
  /** Only the newest so many. */
  readonly last?: number
}

/** What a person does in one chat. */
export interface Speaker {
  sendText(text: string, options?: { replyTo?: number }): SeenMessage
  sendCommand(name: string, argument?: string): SeenMessage
  tap(messageId: number, target: string, options?: { stale?: boolean }): string
  sendPhoto(bytes: Buffer, options?: PhotoOptions): Promise<SeenMessage>
  /** Any kind of file: also a voice note, a round film or a sticker, by `kind`. */
  sendFile(bytes: Buffer, options: FileOptions): Promise<SeenMessage>
  /** Several files at once; pictures unless their kinds are given. */
  sendAlbum(files: readonly (Buffer | AlbumFile)[], options?: FileOptions): Promise<SeenMessage[]>
  sendContact(contact: Contact): SeenMessage
  sendLocation(location: Location): SeenMessage
  sendPoll(poll: Poll): SeenMessage
  /** Passes on a message that the person sees in another chat. */
  forward(source: { chatId: number; messageId: number }): SeenMessage
  /** Passes on words from a chat that the bot never saw. */
  sendForwarded(text: string, origin: ForwardOrigin): SeenMessage
  /** New words for a text or a caption of their own. */
  edit(messageId: number, words: string): SeenMessage
  /** For everybody. */
  remove(messageId: number): void
  /** Sets all reactions of this person; none takes them back. */
  react(messageId: number, ...emoji: string[]): void
  /** Types a query after the bot's name; returns its id. */
  askInline(query: string): string
  /** What the bot offers to that query, undefined while it has not answered. */
  inlineResults(queryId: string): readonly InlineResult[] | undefined
  chooseInline(queryId: string, resultId: string): SeenMessage
  /** Opens a topic in this chat; returns its thread id. */
  openTopic(name: string): number
}

/** One person with a phone; in their private chat with the bot unless `at` another place. */
export interface ControlledUser extends Speaker {
  readonly id: number
  /** The same person in a group, in a topic, or in another name. */
  at(place: Place): Speaker
  resendTap(queryId: string): string
  sendRaw(update: Record<string, unknown>): void
  /** Presses Pay below an invoice; resolves when Telegram has decided. */
  pay(messageId: number, options?: PayOptions): Promise<PaymentOutcome>
  /** What is left in the wallet. */
  stars(): number
  block(): void
  unblock(): void
  chat(options?: ChatOptions): SeenMessage[]
}

/** A group, a supergroup or a channel, as its people handle it. */
export interface ControlledGroup {
  readonly id: number
  readonly kind: GroupKind
  /** Brings a person in. */
  join(userId: number): void
  /** Puts the bot in; in a channel as an administrator. */
  addBot(by?: number, status?: MemberStatus): void
  /** Makes the bot an administrator, or a plain member again. */
  setBotStatus(status: MemberStatus, by?: number): void
  /** Throws the bot out. */
  removeBot(by?: number): void
  botStatus(): MemberStatus
  /** Turns a basic group into a supergroup with another id. */
  migrate(by?: number): ControlledGroup
  /** A channel's post that Telegram puts into this group for discussion. */
  discuss(post: { channelId: number; messageId: number }): SeenMessage
  chat(options?: { deleted?: boolean }): SeenMessage[]
}

/** What happens to Stars beyond the Pay button; `bot` is the first one unless named. */
export interface PaymentControl {
  book(bot?: string): StarLedger
  /** Stars that come without a checkout; returns the charge id. */
  charge(userId: number, options: ChargeOptions, bot?: string): string
  /** A checkout of any invoice; resolves with the bot's answer, undefined when it was late. */
  checkout(
    userId: number,
    invoice: Pick<Invoice, 'payload' | 'stars'>,
    bot?: string,
  ): Promise<CheckoutAnswer | undefined>
  /** Tells of a payment once more. */
  resend(chargeId: string, bot?: string): void
  /** A refund that the bot did not ask for. */
  refundOutside(chargeId: string, options?: { quiet?: boolean }, bot?: string): void
}

/** The hand of the tests: people, what they see, and what the bots did. */
export interface Control {
  user(id: number, options?: UserOptions): ControlledUser
  /** A new group that this person made; without the bot, unless `withBot`. */
  group(
    creatorId: number,
    options?: NewGroup & { readonly withBot?: boolean; readonly bot?: string },
  ): ControlledGroup
  /** The owner takes the bot's token back and, with `next`, uses another from now on. */
  revokeToken(next?: string, bot?: string): void
  /** The messages of a chat as people see them now; with `deleted` also those that are gone. */
  chat(chatId: number, options?: ChatOptions & { readonly bot?: string }): SeenMessage[]
  /** What the chat header says the bot is doing, such as `upload_photo`. */
  action(chatId: number, options?: { bot?: string }): string | undefined
  readonly answers: readonly CallbackAnswer[]
  readonly calls: readonly CallRecord[]
  readonly faults: FaultTable
  readonly payments: PaymentControl
  pendingUpdates(bot?: string): Record<string, unknown>[]
  /** Bytes behind a file_id of the bot. */
  getFile(fileId: string, bot?: string): Buffer
  /** Resolves with the first truthy value of the predicate, looked at after every change. */
  waitFor<T>(
    predicate: (control: Control) => T,
    options?: { timeoutMs?: number },
  ): Promise<NonNullable<T>>
}
