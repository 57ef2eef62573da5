import { conversationId } from '../conversation/actor-id.ts'
import type { EffectParams } from '../engine/definition.ts'
import {
  anomalyOf,
  concerned,
  manualRef,
  type Payment,
  refundRef,
  type TopupContext,
} from './context.ts'
import type { ReviewDecision, StampedTopupEvent } from './events.ts'

type Args = { context: TopupContext; event: StampedTopupEvent }

/**
 * To the conversation with a user, whoever asked for the top-up. The effects keep their old names,
 * `tell.*`: they stand in journal and queue.
 */
const notify = ({ botId }: TopupContext, userId: number, event: Record<string, unknown>) => ({
  to: conversationId(botId, userId),
  event,
})

const about = ({ context }: Args) => ({
  topupId: context.id,
  way: context.way === 'manual' ? 'manual' : 'stars',
  kopecks: context.kopecks,
})

/** To the admin who decided, or who came too late for it. */
const reviewed = ({ context, event }: Args, decision: ReviewDecision | 'before') =>
  'adminId' in event
    ? notify(context, event.adminId, { type: 'admin.reviewed', topupId: context.id, decision })
    : null

const movement = ({ userId }: Payment, ref: string, kopecks: number) =>
  kopecks > 0 ? { userId, ref, kopecks } : null

/** What was, or is now, taken back of a payment. */
const takenBack = ({ kopecks, debtKopecks }: Payment) => kopecks - debtKopecks

/** Why the operator is alerted, by what the chart names; null: there is no reason this time. */
const ALERTS = {
  unusualPayment: (args) => {
    const payment = concerned(args)
    return payment === undefined ? null : anomalyOf(args.context, payment)
  },
  unrequestedRefund: (args) =>
    (concerned(args)?.debtKopecks ?? 0) > 0 ? 'refund.debt' : 'refund.unasked',
  failedRefund: () => 'refund.failed',
  waitingReceipt: () => 'review.waiting',
  failedInvoice: ({ context: { error } }) => (error === 'telegram.blocked' ? null : error),
} satisfies Record<string, (args: Args) => string | null>

export type AlertName = keyof typeof ALERTS

/** Why no money came: the invoice never reached the chat, or an admin rejected the receipt. */
export type FailureReason = 'undelivered' | 'rejected'

/** What a top-up asks of the rest of the system; null: an effect is not wanted this time. */
export const topupEffects = {
  'ledger.top_up': (args: Args) => {
    const payment = concerned(args)
    if (payment !== undefined) return movement(payment, payment.chargeId, payment.kopecks)
    const { way, userId, kopecks, id } = args.context
    return way === 'manual' ? { userId, kopecks, ref: manualRef(id) } : null
  },
  'ledger.refund': (args: Args) => {
    const payment = concerned(args)
    if (payment === undefined) return null
    const moved = movement(payment, refundRef(payment), takenBack(payment))
    const { event } = args
    // The ledger records who refunded it and why; the user reads the reason there too.
    return moved === null || event.type !== 'refund.requested' || event.reason === undefined
      ? moved
      : { ...moved, madeBy: event.adminId, reason: event.reason }
  },
  'ledger.refund_undone': (args: Args) => {
    const payment = concerned(args)
    return payment === undefined ? null : movement(payment, refundRef(payment), takenBack(payment))
  },
  'telegram.invoice': ({ context }: Args) => {
    const { way, id, userId, language, kopecks, stars } = context
    return way === 'stars' ? { topupId: id, chatId: userId, language, kopecks, stars } : null
  },
  'stars.refund': (args: Args) => {
    const payment = concerned(args)
    return payment === undefined
      ? null
      : { userId: payment.userId, chargeId: payment.chargeId, refund: payment.refunds }
  },
  'receipt.check': ({ context: { id, receipt } }: Args) =>
    receipt === null ? null : { topupId: id, fileId: receipt.fileId, uniqueId: receipt.uniqueId },
  'tell.credited': (args: Args) => {
    const { context } = args
    const payment = concerned(args)
    const { userId, kopecks } = payment ?? context
    const event = { ...about(args), type: 'topup.credited', kopecks }
    const ref = payment?.chargeId ?? manualRef(context.id)
    return { ...notify(context, userId, event), ref }
  },
  'tell.refunded': (args: Args) => {
    const payment = concerned(args)
    if (payment === undefined) return null
    const { userId, stars, kopecks, debtKopecks, reason = null } = payment
    const event = { ...about(args), type: 'topup.refunded', kopecks, stars, debtKopecks, reason }
    return notify(args.context, userId, event)
  },
  'tell.failed': (args: Args, { reason }: { reason: FailureReason }) =>
    notify(args.context, args.context.userId, {
      ...about(args),
      type: 'topup.failed',
      reason,
    }),
  'tell.review': (args: Args) =>
    notify(args.context, args.context.userId, { ...about(args), type: 'topup.reviewing' }),
  'tell.refund_failed': (args: Args) => {
    const payment = concerned(args)
    if (payment === undefined) return null
    const { userId, stars, kopecks } = payment
    return notify(args.context, userId, { ...about(args), type: 'refund.undone', kopecks, stars })
  },
  'tell.reviewed': (args: Args, { decision }: { decision: ReviewDecision }) =>
    reviewed(args, decision),
  'tell.reviewed_before': (args: Args) => reviewed(args, 'before'),
  'operator.alert': (args: Args, { about: name }: { about: AlertName }) => {
    const code = ALERTS[name](args)
    const { id } = args.context
    return code === null ? null : { topic: `topup:${id}`, jobId: id, code }
  },
} satisfies Record<string, EffectParams>
