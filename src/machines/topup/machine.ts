import { beginTopup, type TopupContext } from './context.ts'
import type { AlertName, FailureReason } from './effects.ts'
import type { ReviewDecision } from './events.ts'
import { topupSetup } from './setup.ts'

/** Actions with what the chart hands to them. */
const alert = (about: AlertName) => ({ type: 'operator.alert', params: { about } }) as const
const failed = (reason: FailureReason) => ({ type: 'tell.failed', params: { reason } }) as const
const reviewed = (decision: ReviewDecision) =>
  ({ type: 'tell.reviewed', params: { decision } }) as const

const expires = {
  openLimit: {
    description: 'Nobody paid for a day. A payment that still comes is credited.',
    target: 'expired',
  },
} as const

const superseded = {
  description: 'The user asked for others since. A payment that still comes is credited.',
  target: 'expired',
} as const

type End = NonNullable<TopupContext['end']>
const closed = (end: End) =>
  ({ target: 'closed', actions: { type: 'noteEnd', params: { end } } }) as const

/** No money came: Telegram ends a checkout within seconds, and tells of payments for a day. */
const unpaid = (end: End) =>
  ({
    unpaidLimit: { description: 'No payment can come any more.', ...closed(end) },
  }) as const

/** Money came. Telegram sets no date after which it gives Stars back; this is long after any was seen. */
const settled = (end: End) =>
  ({
    settledLimit: { description: 'No refund is to be expected any more.', ...closed(end) },
  }) as const

/** One top-up, from the invoice to the money on the account, and back if it must be. */
export const topupMachine = topupSetup.createMachine({
  id: 'topup',
  description:
    'One top-up: by an invoice in Stars or by bank transfer. Every payment that comes is credited.',
  context: ({ input }) => beginTopup(input),
  initial: 'created',
  on: {
    'payment.received': [
      { description: 'Credited before: a payment counts once.', guard: 'isKnownPayment' },
      {
        description: 'Stars came, whatever state this is in.',
        target: '.paid',
        actions: 'addPayment',
      },
    ],
    'refund.requested': {
      description: 'An admin gives a payment back; the money leaves the account first.',
      guard: 'isCredited',
      target: '.settling',
      actions: ['beginRefund', 'ledger.refund', 'stars.refund'],
    },
    'refund.done': {
      description: 'Telegram has given the Stars back.',
      guard: 'isRefunding',
      target: '.settling',
      actions: ['endRefund', 'tell.refunded'],
    },
    'refund.failed': {
      description: 'Telegram refuses: the money returns to the account.',
      guard: 'isRefunding',
      target: '.settling',
      actions: [
        'keepError',
        'ledger.refund_undone',
        'undoRefund',
        'tell.refund_failed',
        alert('failedRefund'),
      ],
    },
    'refund.reported': [
      {
        description: 'Telegram reports our own refund.',
        guard: 'isRefunding',
        target: '.settling',
        actions: ['endRefund', 'tell.refunded'],
      },
      {
        description: 'A refund that we did not request: what is left is taken, the rest is a debt.',
        guard: 'isCredited',
        target: '.settling',
        actions: ['bookReported', 'ledger.refund', 'tell.refunded', alert('unrequestedRefund')],
      },
      {
        description: 'Refunded before the payment was reported: it will not be credited.',
        guard: 'isUnknownPayment',
        target: '.settling',
        actions: ['addRefunded', alert('unrequestedRefund')],
      },
    ],
    'receipt.submitted': {
      description: 'The first receipt makes a request; no money moves yet.',
      guard: 'wantsReceipt',
      target: '.reviewing',
      actions: 'keepReceipt',
    },
  },
  states: {
    created: {
      id: 'topup.created',
      tags: ['payable', 'open'],
      description: 'The row exists; the invoice goes out.',
      entry: 'telegram.invoice',
      always: [
        { description: 'A bank transfer needs no invoice.', guard: 'isManual', target: 'awaiting' },
        { description: 'Stars came for no invoice.', guard: 'isFound', target: 'unclaimed' },
      ],
      on: {
        'topup.superseded': superseded,
        'invoice.sent': {
          description: 'It stands in the chat, with a Pay button.',
          target: 'invoiced',
          actions: 'keepMessage',
        },
        'invoice.failed': {
          description: 'Telegram refused it.',
          target: 'undelivered',
          actions: ['keepError', failed('undelivered'), alert('failedInvoice')],
        },
        'checkout.approved': {
          description: 'It is being paid before it was reported as sent.',
          target: 'checkout',
        },
      },
      after: expires,
    },
    invoiced: {
      id: 'topup.invoiced',
      tags: ['payable', 'open'],
      description: 'The invoice waits to be paid.',
      on: {
        'topup.superseded': superseded,
        'checkout.approved': {
          description: 'The user presses Pay, and we approve. No money has moved yet.',
          target: 'checkout',
        },
      },
      after: expires,
    },
    checkout: {
      id: 'topup.checkout',
      tags: 'payable',
      description: 'Telegram charges the Stars, or fails to.',
      on: {
        'invoice.sent': { description: 'The invoice is reported late.', actions: 'keepMessage' },
      },
      after: expires,
    },
    expired: {
      id: 'topup.expired',
      description: 'Too old to be paid; a payment that still comes is credited.',
      after: unpaid('expired'),
    },
    undelivered: {
      id: 'topup.undelivered',
      description: 'The invoice never reached the chat.',
      after: unpaid('undelivered'),
    },
    unclaimed: {
      id: 'topup.unclaimed',
      description: 'Stars came for an invoice that nobody knows; the payment follows at once.',
    },
    paid: {
      id: 'topup.paid',
      description: 'The payment of this step goes to whoever paid, in the same transaction.',
      entry: ['ledger.top_up', 'tell.credited', alert('unusualPayment')],
      always: { description: 'The payment is booked.', target: 'settling' },
    },
    settling: {
      id: 'topup.settling',
      description: 'Where all payments together leave this top-up; never lasts.',
      always: [
        {
          description: 'A refund is under way.',
          guard: 'hasRefunding',
          target: 'refunding',
        },
        { description: 'Money is on an account.', guard: 'hasCredited', target: 'credited' },
        { description: 'Everything was refunded.', target: 'refunded' },
      ],
    },
    credited: {
      id: 'topup.credited',
      description: 'The money is on the account of whoever paid.',
      after: settled('credited'),
    },
    refunding: {
      id: 'topup.refunding',
      tags: 'inHand',
      description: 'The money has left the account; Telegram is asked until it gives an answer.',
    },
    refunded: {
      id: 'topup.refunded',
      description: 'The Stars are back with whoever paid.',
      after: settled('refunded'),
    },
    awaiting: {
      id: 'topup.awaiting',
      tags: 'open',
      description: 'The details of the bank transfer are shown; a receipt is awaited.',
      on: { 'topup.superseded': superseded },
      after: expires,
    },
    reviewing: {
      id: 'topup.reviewing',
      tags: ['reviewable', 'inHand'],
      description: 'A receipt came; an admin reviews it.',
      entry: ['receipt.check', 'tell.review', alert('waitingReceipt')],
      on: {
        'receipt.checked': {
          description: 'Whether the same receipt was sent before.',
          actions: 'keepCheck',
        },
        'review.approved': {
          description: 'The transfer came: only now it is credited.',
          target: 'accepted',
          actions: ['keepReviewer', 'ledger.top_up', 'tell.credited', reviewed('approved')],
        },
        'review.rejected': {
          description: 'No such transfer came.',
          target: 'rejected',
          actions: ['keepReviewer', failed('rejected'), reviewed('rejected')],
        },
      },
    },
    accepted: {
      id: 'topup.accepted',
      description: 'The transfer is on the account.',
      on: {
        'receipt.checked': { description: 'The result of the check.', actions: 'keepCheck' },
        'review.approved': { description: 'Decided before.', actions: 'tell.reviewed_before' },
        'review.rejected': { description: 'Decided before.', actions: 'tell.reviewed_before' },
      },
      after: settled('accepted'),
    },
    rejected: {
      id: 'topup.rejected',
      description: 'The receipt was turned down.',
      on: {
        'receipt.checked': { description: 'The result of the check.', actions: 'keepCheck' },
        'review.approved': { description: 'Decided before.', actions: 'tell.reviewed_before' },
        'review.rejected': { description: 'Decided before.', actions: 'tell.reviewed_before' },
      },
      after: unpaid('rejected'),
    },
    closed: {
      id: 'topup.closed',
      type: 'final',
      description: 'Nothing more is expected: the actor is archived, invoice and payments stay.',
    },
  },
})
