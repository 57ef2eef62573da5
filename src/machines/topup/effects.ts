import { conversationId } from '../conversation/definition.ts'
import type { EffectParams } from '../engine/definition.ts'
import {
  concerned,
  manualRef,
  oddityOf,
  type Payment,
  refundRef,
  type TopupContext,
} from './context.ts'
import type { ReviewDecision, StampedTopupEvent } from './events.ts'

type Args = { context: TopupContext; event: StampedTopupEvent }

/** The chat with a user, whoever asked for the top-up. */
const tell = ({ botId }: TopupContext, userId: number, event: Record<string, unknown>) => ({
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
    ? tell(context, event.adminId, { type: 'admin.reviewed', topupId: context.id, decision })
    : null

const movement = ({ userId }: Payment, ref: string, kopecks: number) =>
  kopecks > 0 ? { userId, ref, kopecks } : null

/** What was, or is now, taken back of a payment. */
const takenBack = ({ kopecks, debtKopecks }: Payment) => kopecks - debtKopecks

/** Why the operator is told of this step; null: nothing is odd. */
function oddity(args: Args): string | null {
  const { context, event } = args
  const payment = concerned(args)
  switch (event.type) {
    case 'payment.received':
      return payment === undefined ? null : oddityOf(context, payment)
    case 'refund.reported':
      return (payment?.debtKopecks ?? 0) > 0 ? 'refund.debt' : 'refund.unasked'
    case 'refund.failed':
      return 'refund.failed'
    case 'receipt.submitted':
      return 'review.waiting'
    case 'invoice.failed':
      return event.code === 'telegram.blocked' ? null : event.code
    default:
      return null
  }
}

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
    // In the books stands who gave it back and why; the user reads the reason there too.
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
    return { ...tell(context, userId, event), ref }
  },
  'tell.refunded': (args: Args) => {
    const payment = concerned(args)
    if (payment === undefined) return null
    const { userId, stars, kopecks, debtKopecks, reason = null } = payment
    const event = { ...about(args), type: 'topup.refunded', kopecks, stars, debtKopecks, reason }
    return tell(args.context, userId, event)
  },
  'tell.failed': (args: Args) => {
    const reason = args.event.type === 'review.rejected' ? 'rejected' : 'undelivered'
    return tell(args.context, args.context.userId, {
      ...about(args),
      type: 'topup.failed',
      reason,
    })
  },
  'tell.review': (args: Args) =>
    tell(args.context, args.context.userId, { ...about(args), type: 'topup.reviewing' }),
  'tell.refund_failed': (args: Args) => {
    const payment = concerned(args)
    if (payment === undefined) return null
    const { userId, stars, kopecks } = payment
    return tell(args.context, userId, { ...about(args), type: 'refund.undone', kopecks, stars })
  },
  'tell.reviewed': (args: Args) =>
    reviewed(args, args.event.type === 'review.approved' ? 'approved' : 'rejected'),
  'tell.reviewed_before': (args: Args) => reviewed(args, 'before'),
  'operator.alert': (args: Args) => {
    const code = oddity(args)
    const { id } = args.context
    return code === null ? null : { topic: `topup:${id}`, jobId: id, code }
  },
} satisfies Record<string, EffectParams>
