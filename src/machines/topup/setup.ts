import { assign, setup } from 'xstate'
import { effectActions } from '../engine/definition.ts'
import {
  concerned,
  newPayment,
  type Payment,
  type TopupContext,
  type TopupInput,
} from './context.ts'
import { topupEffects } from './effects.ts'
import type { StampedTopupEvent } from './events.ts'

type Args = { context: TopupContext; event: StampedTopupEvent }

const HOUR = 3_600_000

/** How long an invoice may be paid and a receipt may be sent. */
export const OPEN_MS = 24 * HOUR
const UNPAID_MS = 30 * 24 * HOUR
const SETTLED_MS = 400 * 24 * HOUR

const change = (
  args: Args,
  alter: (payment: Payment) => Partial<Payment>,
): Pick<TopupContext, 'payments'> => {
  const { payments } = args.context
  const one = concerned(args)
  return { payments: payments.map((p) => (p === one ? { ...p, ...alter(p) } : p)) }
}

const hasState = (args: Args, state: Payment['state']) => concerned(args)?.state === state

/** What the rest of the system may ask about a top-up's state. */
export type TopupTag =
  /** A checkout of its invoice is approved; what is paid in any other state is credited too. */
  | 'payable'
  /** A receipt waits for an admin's decision. */
  | 'reviewable'
  /** Somebody else has still to end it: an admin, or Telegram. */
  | 'inHand'
  /** Nobody has paid or sent a receipt yet: a newer one may take its place. */
  | 'open'

/** Guards, changes of the context and effects of a top-up, by their persisted names. */
export const topupSetup = setup({
  types: {} as {
    context: TopupContext
    input: TopupInput
    events: StampedTopupEvent
    tags: TopupTag
  },
  guards: {
    isManual: ({ context }) => context.way === 'manual',
    isFound: ({ context }) => context.way === 'found',
    isKnownPayment: (args) => concerned(args) !== undefined,
    isCredited: (args) => hasState(args, 'credited'),
    isRefunding: (args) => hasState(args, 'refunding'),
    isUnknownPayment: (args) => concerned(args) === undefined,
    hasRefunding: ({ context }) => context.payments.some((p) => p.state === 'refunding'),
    hasCredited: ({ context }) => context.payments.some((p) => p.state === 'credited'),
    wantsReceipt: ({ context }) => context.way === 'manual' && context.receipt === null,
  },
  actions: {
    keepMessage: assign(({ event }) =>
      event.type === 'invoice.sent' ? { messageId: event.messageId } : {},
    ),
    keepError: assign(({ event }) => ('code' in event ? { error: event.code } : {})),
    addPayment: assign(({ context, event }) =>
      event.type === 'payment.received'
        ? { payments: [...context.payments, newPayment(context, event)] }
        : {},
    ),
    beginRefund: assign((args) => {
      if (args.event.type !== 'refund.requested') return {}
      const { adminId, reason } = args.event
      const why = reason === undefined ? {} : { reason }
      return {
        ...change(args, (p) => ({ state: 'refunding', refunds: p.refunds + 1, ...why })),
        adminId,
      }
    }),
    endRefund: assign((args) => change(args, () => ({ state: 'refunded' }))),
    undoRefund: assign((args) => change(args, () => ({ state: 'credited' }))),
    // It was never credited, and never will be.
    addRefunded: assign(({ context, event }) => {
      if (event.type !== 'refund.reported') return {}
      const payment = newPayment(context, { ...event, missed: true })
      return {
        payments: [...context.payments, { ...payment, kopecks: 0, state: 'refunded' as const }],
      }
    }),
    bookReported: assign((args) => {
      const { event } = args
      if (event.type !== 'refund.reported') return {}
      const { bookedKopecks } = event
      return change(args, (p) => ({
        state: 'refunded',
        refunds: p.refunds + 1,
        debtKopecks: p.kopecks - Math.min(p.kopecks, bookedKopecks),
      }))
    }),
    keepReceipt: assign(({ event }) =>
      event.type === 'receipt.submitted'
        ? {
            receipt: {
              kind: event.kind,
              fileId: event.fileId,
              uniqueId: event.uniqueId,
              hash: null,
              sameAs: [],
            },
          }
        : {},
    ),
    keepCheck: assign(({ context, event }) =>
      event.type === 'receipt.checked' && context.receipt !== null
        ? { receipt: { ...context.receipt, hash: event.hash, sameAs: event.sameAs } }
        : {},
    ),
    keepReviewer: assign(({ event }) => ('adminId' in event ? { adminId: event.adminId } : {})),
    noteEnd: assign((_, { end }: { end: NonNullable<TopupContext['end']> }) => ({ end })),
    ...effectActions(topupEffects),
  },
  delays: { openLimit: OPEN_MS, unpaidLimit: UNPAID_MS, settledLimit: SETTLED_MS },
})
