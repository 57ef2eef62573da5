import { hint } from '../hint.ts'
import { notify } from '../notices.ts'
import { conversationSetup } from '../setup.ts'
import { resumed } from './account.ts'

/** The money is there: the order that was paid starts; else back to the one that lacked it. */
const credited = [
  {
    description: 'Paid: the order starts at the price that was confirmed.',
    guard: 'paysOrder',
    target: '#conversation.starting',
    actions: ['takePaidOrder', 'nameJob', 'dropPaidOrder'],
  },
  {
    description: 'There is enough for the order now? Its price and the balance anew.',
    guard: 'isThisTopupWithOrder',
    target: '#conversation.drafting.quoting',
    actions: notify('topupCredited'),
  },
  {
    description: 'The new balance.',
    guard: 'isThisTopup',
    target: '#conversation.balance',
    actions: notify('topupCredited'),
  },
] as const

/** A transfer is for no order in particular. */
const [, ...reviewed] = credited

const broken = {
  description: 'It failed.',
  guard: 'isThisTopup',
  target: 'broken',
  actions: 'keepFailure',
} as const

/** Putting money on the account. */
export const topup = conversationSetup.createStateConfig({
  id: 'conversation.topup',
  description: 'Putting money on the account.',
  initial: 'choosing',
  states: {
    choosing: {
      id: 'conversation.topup.choosing',
      description: 'How much?',
      exit: 'leave',
      on: {
        'amount.chosen': {
          description: 'One of the usual amounts.',
          guard: 'namesAmount',
          target: 'opening',
          actions: 'keepAmount',
        },
        'text.received': [
          {
            description: 'An amount of their own.',
            guard: 'namesAmount',
            target: 'opening',
            actions: 'keepAmount',
          },
          { description: 'That is no amount, or too little or too much.', actions: hint('amount') },
        ],
        'media.received': { description: 'An amount is wanted.', actions: hint('amount') },
        'back.pressed': { description: 'Back to the balance.', target: '#conversation.balance' },
        'order.resumed': resumed,
      },
    },
    opening: {
      id: 'conversation.topup.opening',
      description: 'The top-up is being made: row and actor.',
      entry: 'topup.start',
      exit: 'leave',
      on: {
        'topup.opened': [
          {
            description: 'The bank details are shown.',
            guard: 'isThisTransfer',
            target: 'receiving',
            actions: 'keepOpened',
          },
          {
            description: 'The invoice goes out.',
            guard: 'isThisTopup',
            target: 'waiting',
            actions: 'keepOpened',
          },
        ],
        'topup.credited': credited,
        'topup.failed': broken,
      },
    },
    waiting: {
      id: 'conversation.topup.waiting',
      description: 'The invoice stands in the chat.',
      exit: 'leave',
      on: {
        'topup.credited': credited,
        'topup.failed': broken,
        'back.pressed': { description: 'Another amount.', target: 'choosing' },
        'order.resumed': resumed,
      },
    },
    receiving: {
      id: 'conversation.topup.receiving',
      description: 'The bank details are on the screen; the receipt is awaited.',
      exit: 'leave',
      on: {
        'media.received': [
          {
            description: 'The receipt: a request that an admin reviews; no money moves yet.',
            guard: 'isReceipt',
            target: 'reviewing',
            actions: 'topup.submit',
          },
          { description: 'That is no receipt.', actions: hint('receipt') },
        ],
        'text.received': {
          description: 'A picture or a file is wanted.',
          actions: hint('receipt'),
        },
        'topup.failed': broken,
        'back.pressed': { description: 'Another amount.', target: 'choosing' },
        'order.resumed': resumed,
      },
    },
    reviewing: {
      id: 'conversation.topup.reviewing',
      description: 'An admin reviews the receipt.',
      exit: 'leave',
      on: {
        'topup.reviewing': { description: 'The receipt has arrived.', guard: 'isThisTopup' },
        'topup.credited': reviewed,
        'topup.failed': broken,
        'media.received': { description: 'One receipt is enough.', actions: hint('reviewing') },
        'order.resumed': resumed,
      },
    },
    broken: {
      id: 'conversation.topup.broken',
      description: 'No top-up came of it; no money moved.',
      exit: 'leave',
      on: {
        'back.pressed': { description: 'Once more.', target: 'choosing' },
        'order.resumed': resumed,
      },
    },
  },
})

/** The rules for money. */
export const terms = conversationSetup.createStateConfig({
  id: 'conversation.terms',
  description: 'The rules for money.',
  exit: 'leave',
  on: { 'order.resumed': resumed },
})

/** Help with a payment, and asking for it back. */
export const paysupport = conversationSetup.createStateConfig({
  id: 'conversation.paysupport',
  description: 'Help with a payment, and asking for it back.',
  entry: ['dropPayments', 'payments.request'],
  exit: 'leave',
  on: {
    'payments.read': { description: 'What was paid lately.', actions: 'keepPayments' },
    'refund.pressed': {
      description: 'This payment is to go back; an admin decides.',
      target: 'paysupport',
      actions: 'refund.ask',
      reenter: true,
    },
    'order.resumed': resumed,
  },
})

/** What every state hears of top-ups, as events of the conversation's root. */
export const topupNews = {
  'topup.pressed': {
    description: 'More money is wanted.',
    target: '.topup',
    actions: 'beginTopup',
    reenter: true,
  },
  'command.terms': { description: 'The rules.', target: '.terms', reenter: true },
  'command.paysupport': {
    description: 'Help with a payment.',
    target: '.paysupport',
    reenter: true,
  },
  'topup.opened': { description: 'Made while the user moved on.' },
  'topup.reviewing': { description: 'A receipt arrived while the user moved on.' },
  'topup.credited': [
    {
      description: 'An order was paid while the screen shows something else: it starts.',
      guard: 'paysOrder',
      actions: ['job.start', 'dropPaidOrder', notify('topupCredited')],
    },
    {
      description: 'Money came while the screen shows something else.',
      actions: notify('topupCredited'),
    },
  ],
  'topup.failed': {
    description: 'It failed while the screen shows something else.',
    actions: notify('topupFailed'),
  },
  'topup.refunded': { description: 'Stars were refunded.', actions: notify('topupRefunded') },
  'refund.undone': {
    description: 'Stars could not be refunded.',
    actions: notify('refundUndone'),
  },
  'refund.declined': {
    description: 'An admin declined the refund, and says why.',
    actions: notify('refundDeclined'),
  },
  'refund.answered': {
    description: 'What became of the refund request.',
    actions: notify('refundAnswered'),
  },
} as const
