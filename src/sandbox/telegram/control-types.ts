import type { FaultTable } from './faults.ts'
import type { CallbackAnswer, CallRecord } from './model.ts'
import type { ChargeOptions, PaymentOutcome, PayOptions } from './payment-actions.ts'
import type { SeenMessage } from './seen-message.ts'
import type { CheckoutAnswer, Invoice, StarLedger } from './stars.ts'
import type { FileOptions } from './user-actions.ts'
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

/** One person with a phone. */
export interface ControlledUser {
  readonly id: number
  sendText(text: string, options?: { replyTo?: number }): SeenMessage
  sendCommand(name: string, argument?: string): SeenMessage
  tap(messageId: number, target: string, options?: { stale?: boolean }): string
  resendTap(queryId: string): string
  sendPhoto(bytes: Buffer, options?: PhotoOptions): Promise<SeenMessage>
  sendFile(bytes: Buffer, options: FileOptions): Promise<SeenMessage>
  sendAlbum(files: readonly Buffer[], options?: FileOptions): Promise<SeenMessage[]>
  sendRaw(update: Record<string, unknown>): void
  /** Presses Pay below an invoice; resolves when Telegram has decided. */
  pay(messageId: number, options?: PayOptions): Promise<PaymentOutcome>
  /** What is left in the wallet. */
  stars(): number
  block(): void
  unblock(): void
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
  /** The messages the user sees now, in order; with `deleted` also those that are gone. */
  chat(userId: number, options?: { deleted?: boolean; bot?: string }): SeenMessage[]
  /** What the chat header says the bot is doing, such as `upload_photo`. */
  action(userId: number, options?: { bot?: string }): string | undefined
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
