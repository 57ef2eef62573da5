import { beginTopup } from './context.ts'
import { topupSetup } from './setup.ts'

const expires = {
  openLimit: {
    description: 'Nobody paid for a day. A payment that still comes is credited.',
    target: 'expired',
  },
} as const

/** One top-up, from the invoice to the money on the account, and back if it must be. */
export const topupMachine = topupSetup.createMachine({
  id: 'topup',
  description:
    'One top-up: by an invoice in Stars or by bank transfer. Money that comes is never turned away.',
  context: ({ input }) => beginTopup(input),
  initial: 'created',
  on: {
    'payment.received': [
      { description: 'Heard of it before: once is enough.', guard: 'isKnownPayment' },
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
      description: 'Telegram will not give them back: the money returns to the account.',
      guard: 'isRefunding',
      target: '.settling',
      actions: [
        'keepError',
        'ledger.refund_undone',
        'undoRefund',
        'tell.refund_failed',
        'operator.alert',
      ],
    },
    'refund.reported': [
      {
        description: 'News of our own refund.',
        guard: 'isRefunding',
        target: '.settling',
        actions: ['endRefund', 'tell.refunded'],
      },
      {
        description: 'A refund that we did not ask for: what is left is taken, the rest is a debt.',
        guard: 'isCredited',
        target: '.settling',
        actions: ['bookReported', 'ledger.refund', 'tell.refunded', 'operator.alert'],
      },
      {
        description: 'Given back before we heard of the payment: it will not be credited.',
        guard: 'isUnknownPayment',
        target: '.settling',
        actions: ['addRefunded', 'operator.alert'],
      },
    ],
    'receipt.submitted': {
      description: 'The first receipt makes a request; it is never money by itself.',
      guard: 'wantsReceipt',
      target: '.reviewing',
      actions: 'keepReceipt',
    },
  },
  states: {
    created: {
      id: 'topup.created',
      tags: 'payable',
      description: 'The row exists; the invoice goes out.',
      entry: 'telegram.invoice',
      always: [
        { description: 'A bank transfer needs no invoice.', guard: 'isManual', target: 'awaiting' },
        { description: 'Stars came for no invoice.', guard: 'isFound', target: 'unclaimed' },
      ],
      on: {
        'invoice.sent': {
          description: 'It stands in the chat, with a Pay button.',
          target: 'invoiced',
          actions: 'keepMessage',
        },
        'invoice.failed': {
          description: 'Telegram would not take it.',
          target: 'undelivered',
          actions: ['keepError', 'tell.failed', 'operator.alert'],
        },
        'checkout.approved': {
          description: 'It is being paid before we heard that it was sent.',
          target: 'checkout',
        },
      },
      after: expires,
    },
    invoiced: {
      id: 'topup.invoiced',
      tags: 'payable',
      description: 'The invoice waits to be paid.',
      on: {
        'checkout.approved': {
          description: 'The user presses Pay, and we agree. That is no money yet.',
          target: 'checkout',
        },
      },
      after: expires,
    },
    checkout: {
      id: 'topup.checkout',
      tags: 'payable',
      description: 'Telegram takes the Stars, or does not.',
      on: {
        'invoice.sent': { description: 'Late news of the invoice.', actions: 'keepMessage' },
      },
      after: expires,
    },
    expired: {
      id: 'topup.expired',
      description: 'Too old to be paid; what is paid all the same is credited.',
    },
    undelivered: {
      id: 'topup.undelivered',
      description: 'The invoice never reached the chat.',
    },
    unclaimed: {
      id: 'topup.unclaimed',
      description: 'Stars came for an invoice that nobody knows; the payment follows at once.',
    },
    paid: {
      id: 'topup.paid',
      description: 'The payment of this step goes to whoever paid, in the same transaction.',
      entry: ['ledger.top_up', 'tell.credited', 'operator.alert'],
      always: { description: 'Booked.', target: 'settling' },
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
        { description: 'All of it went back.', target: 'refunded' },
      ],
    },
    credited: {
      id: 'topup.credited',
      description: 'The money is on the account of whoever paid.',
    },
    refunding: {
      id: 'topup.refunding',
      description: 'The money has left the account; Telegram is asked until it gives an answer.',
    },
    refunded: {
      id: 'topup.refunded',
      description: 'The Stars are back with whoever paid.',
    },
    awaiting: {
      id: 'topup.awaiting',
      description: 'The details of the bank transfer are shown; a receipt is awaited.',
      after: expires,
    },
    reviewing: {
      id: 'topup.reviewing',
      tags: 'reviewable',
      description: 'A receipt came; a person looks at it.',
      entry: ['receipt.check', 'tell.review', 'operator.alert'],
      on: {
        'receipt.checked': { description: 'Was it seen before?', actions: 'keepCheck' },
        'review.approved': {
          description: 'The transfer came: the one way in which it becomes money.',
          target: 'accepted',
          actions: ['keepReviewer', 'ledger.top_up', 'tell.credited', 'tell.reviewed'],
        },
        'review.rejected': {
          description: 'There was no such transfer.',
          target: 'rejected',
          actions: ['keepReviewer', 'tell.failed', 'tell.reviewed'],
        },
      },
    },
    accepted: {
      id: 'topup.accepted',
      description: 'The transfer is on the account.',
      on: {
        'receipt.checked': { description: 'News from the check.', actions: 'keepCheck' },
        'review.approved': { description: 'Decided before.', actions: 'tell.reviewed_before' },
        'review.rejected': { description: 'Decided before.', actions: 'tell.reviewed_before' },
      },
    },
    rejected: {
      id: 'topup.rejected',
      description: 'The receipt was turned down.',
      on: {
        'receipt.checked': { description: 'News from the check.', actions: 'keepCheck' },
        'review.approved': { description: 'Decided before.', actions: 'tell.reviewed_before' },
        'review.rejected': { description: 'Decided before.', actions: 'tell.reviewed_before' },
      },
    },
  },
})
