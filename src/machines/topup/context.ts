import type { Language } from '../texts/translate.ts'
import { worthOf } from './amounts.ts'
import type { Receipt, StampedTopupEvent } from './events.ts'

/** How the money comes: by an invoice, by bank transfer, or for no invoice that we know. */
export type Way = 'stars' | 'manual' | 'found'

export interface TopupInput {
  id: string
  way: Way
  botId: number
  /** Who asked for it; for a found payment, who paid. */
  userId: number
  language: Language
  /** What is credited for exactly `stars` Stars. */
  kopecks: number
  stars: number
  at: number
}

/** Stars that were really paid, under Telegram's charge id. */
export interface Payment {
  chargeId: string
  userId: number
  stars: number
  kopecks: number
  state: 'credited' | 'refunding' | 'refunded'
  /** How often a refund was begun: each has a reference of its own in the ledger. */
  refunds: number
  /** Given back by Telegram, but spent here before. */
  debtKopecks: number
  missed: boolean
  /** Why an admin gave it back, in words for the user. */
  reason?: string
}

export interface TopupContext extends TopupInput {
  messageId: number | null
  payments: Payment[]
  receipt: Receipt | null
  /** Who decided about the receipt, or asked for the last refund. */
  adminId: number | null
  error: string | null
  /** How it had ended before it was closed; absent until then. */
  end?: 'expired' | 'undelivered' | 'credited' | 'refunded' | 'accepted' | 'rejected'
}

export const beginTopup = (input: TopupInput): TopupContext => ({
  ...input,
  messageId: null,
  payments: [],
  receipt: null,
  adminId: null,
  error: null,
})

export const paymentIn = (
  { payments }: Pick<TopupContext, 'payments'>,
  chargeId: string,
): Payment | undefined => payments.find((p) => p.chargeId === chargeId)

/** The payment that an event is about, if it is known. */
export const concerned = ({
  context,
  event,
}: {
  context: TopupContext
  event: StampedTopupEvent
}): Payment | undefined => ('chargeId' in event ? paymentIn(context, event.chargeId) : undefined)

/** A payment as it is booked first. */
export const newPayment = (
  context: TopupContext,
  { chargeId, userId, stars, missed }: Pick<Payment, 'chargeId' | 'userId' | 'stars' | 'missed'>,
): Payment => ({
  chargeId,
  userId,
  stars,
  kopecks: worthOf(context, stars),
  state: 'credited',
  refunds: 0,
  debtKopecks: 0,
  missed,
})

/** What is unusual about a payment, worst first: the operator checks it, the money is credited. */
export function anomalyOf(context: TopupContext, payment: Payment): string | null {
  if (payment.missed) return 'payment.missed'
  if (context.way === 'found') return 'payment.unknown'
  if (payment.userId !== context.userId) return 'payment.foreign'
  if (payment.stars !== context.stars) return 'payment.amount'
  return null
}

/** Reference of a payment's latest refund in the ledger. */
export const refundRef = ({ chargeId, refunds }: Payment): string => `${chargeId}#${refunds}`

/** Reference of a bank transfer in the ledger. */
export const manualRef = (id: string): string => `manual:${id}`
