import { amountOf, isAllowed } from '../../topup/amounts.ts'
import type { Account, ConversationContext } from '../context.ts'
import type { StampedConversationEvent } from '../events.ts'
import { askNext, newDraft } from '../order/draft.ts'
import { showAccount } from './account.ts'

type Args = { context: ConversationContext; event: StampedConversationEvent }
type Change = Partial<Pick<ConversationContext, 'account'>>

const keepTopup = (context: ConversationContext, parts: Partial<NonNullable<Account['topup']>>) => {
  const now = context.account?.topup
  const none = { way: 'stars', neededKopecks: 0, id: null, kopecks: 0, stars: 0 } as const
  return showAccount(context, { topup: { ...(now ?? none), ...parts } })
}

/** A new top-up: how, and how much at least is wanted of it. */
export const beginTopup = ({ context, event }: Args): Change =>
  event.type === 'topup.pressed'
    ? showAccount(context, {
        topup: {
          way: event.way,
          neededKopecks: event.neededKopecks,
          id: null,
          kopecks: 0,
          stars: 0,
        },
      })
    : {}

/** An invoice for exactly what the order in the making lacks; once paid, the order starts. */
export function payForOrder({ context, event }: Args): Change {
  const { draft, quote } = context
  if (draft === null || quote === null) return {}
  const { priceKopecks, availableKopecks } = quote
  const missing = Math.max(1, priceKopecks - availableKopecks)
  const order = { modelId: draft.modelId, answers: draft.answers, priceKopecks }
  return showAccount(context, {
    topup: { way: 'stars', neededKopecks: 0, id: event.rnd, kopecks: missing, stars: 0, order },
  })
}

/** The money for this order has come. */
export const paysOrder = ({ context, event }: Args): boolean =>
  isThisTopup({ context, event }) && context.account?.topup?.order !== undefined

/** The order that was paid is the one in the making again. */
export function takePaidOrder({ context }: Args): Partial<ConversationContext> {
  const order = context.account?.topup?.order
  if (order === undefined) return {}
  const { modelId, answers, priceKopecks } = order
  const quote = { priceKopecks, credits: 0, availableKopecks: priceKopecks }
  return { draft: askNext({ ...newDraft(modelId), answers }), quote, refusal: null }
}

/** It has been started: that counts once. */
export function dropPaidOrder({ context }: Args): Change {
  const { order: _started, ...topup } = context.account?.topup ?? {}
  return context.account?.topup === undefined
    ? {}
    : showAccount(context, { topup: topup as NonNullable<Account['topup']> })
}

/** The amount that a tap or a message names. */
const amountIn = (event: StampedConversationEvent): number | undefined => {
  if (event.type === 'amount.chosen') return event.kopecks
  return event.type === 'text.received' ? amountOf(event.text) : undefined
}

export const namesAmount = ({ event }: Args): boolean => {
  const kopecks = amountIn(event)
  return kopecks !== undefined && isAllowed(kopecks)
}

/** The amount, and the id of the top-up that is asked for with it. */
export const keepAmount = ({ context, event }: Args): Change => {
  const kopecks = amountIn(event)
  return kopecks === undefined ? {} : keepTopup(context, { kopecks, id: event.rnd })
}

export const keepOpened = ({ context, event }: Args): Change =>
  event.type === 'topup.opened' ? keepTopup(context, { stars: event.stars }) : {}

/** Why it came to nothing: of a transfer, that no money moved would be wrong. */
export const keepFailure = ({ context, event }: Args): Change =>
  event.type === 'topup.failed' ? keepTopup(context, { failure: event.reason }) : {}

/** The event is about the top-up on the screen. */
export const isThisTopup = ({ context, event }: Args): boolean =>
  'topupId' in event && event.topupId === context.account?.topup?.id

export const isManual = ({ context }: Args): boolean => context.account?.topup?.way === 'manual'

/** A receipt is a photo or a file that Telegram gave a lasting id. */
export const isReceipt = ({ event }: Args): boolean => receiptIn(event) !== undefined

export function receiptIn(event: StampedConversationEvent) {
  if (event.type !== 'media.received') return undefined
  const { kind, fileId, uniqueId } = event.media
  const fits = kind === 'photo' || kind === 'document'
  return fits && fileId !== undefined && uniqueId !== undefined
    ? { kind, fileId, uniqueId }
    : undefined
}

export const keepPayments = ({ context, event }: Args): Change =>
  event.type === 'payments.read' ? showAccount(context, { payments: event.payments }) : {}
