import { hint } from '../hint.ts'
import { notify } from '../notices.ts'
import { conversationSetup } from '../setup.ts'

/** For admins: payments, refund requests and bank transfers, reviewed one by one. */
export const paymentReview = conversationSetup.createStateConfig({
  id: 'conversation.admin.desk',
  description: 'Payments, and what people ask about them.',
  initial: 'cases',
  states: {
    cases: {
      id: 'conversation.admin.desk.cases',
      description: 'Some of them at a time; a message searches for payments.',
      entry: ['dropCases', 'admin.cases'],
      exit: 'leave',
      on: {
        'cases.read': { description: 'One page.', guard: 'isTheseCases', actions: 'keepCases' },
        'page.turned': {
          description: 'Another page.',
          target: 'cases',
          actions: 'turnCases',
          reenter: true,
        },
        'text.received': {
          description: 'A charge id or a user’s id.',
          target: 'cases',
          actions: 'findCases',
          reenter: true,
        },
        'desk.opened': {
          description: 'A list from its beginning.',
          target: 'cases',
          actions: 'openPaymentReview',
          reenter: true,
        },
        'case.opened': {
          description: 'One entry of the list.',
          target: 'case',
          actions: 'openCase',
        },
        'back.pressed': { description: 'To the overview.', target: '#conversation.admin' },
      },
    },
    case: {
      id: 'conversation.admin.desk.case',
      description: 'One payment or bank transfer, and what can be done.',
      entry: ['dropCase', 'admin.case'],
      exit: 'leave',
      on: {
        'case.read': {
          description: 'The case as it is now.',
          guard: 'isThisCase',
          actions: 'keepCase',
        },
        'case.intended': [
          {
            description: 'The user will read why.',
            guard: 'needsReason',
            target: 'explaining',
            actions: 'keepIntent',
          },
          { description: 'Confirmation is asked for.', target: 'agreeing', actions: 'keepIntent' },
        ],
        'back.pressed': { description: 'To the list.', target: 'cases' },
      },
    },
    explaining: {
      id: 'conversation.admin.desk.explaining',
      description: 'Why? The user reads it.',
      exit: 'leave',
      on: {
        'text.received': [
          {
            description: 'The reason.',
            guard: 'isReason',
            target: 'agreeing',
            actions: 'keepReason',
          },
          { description: 'Too short or too long.', actions: hint('deskReason') },
        ],
        'back.pressed': { description: 'Back to the case.', target: 'case' },
      },
    },
    agreeing: {
      id: 'conversation.admin.desk.agreeing',
      description: 'Confirmation before anything is done.',
      exit: 'leave',
      on: {
        'case.agreed': { description: 'Confirmed.', target: 'deciding' },
        'back.pressed': { description: 'Not confirmed.', target: 'case' },
      },
    },
    deciding: {
      id: 'conversation.admin.desk.deciding',
      description: 'It is being done, once, even if another admin does it too.',
      entry: 'admin.decide',
      exit: 'leave',
      on: {
        'desk.decided': {
          description: 'What came of it, above the case as it is now.',
          guard: 'isThisCase',
          target: 'case',
          actions: 'hintOutcome',
        },
        'admin.reviewed': {
          description: 'What became of the bank transfer; the others that wait.',
          guard: 'isThisCase',
          target: 'cases',
          actions: 'hintOutcome',
        },
      },
    },
  },
})

/** What every state hears of payments that admins decide about. */
export const paymentReviewNews = {
  'desk.called': {
    description: 'The button of an alert: straight to what it is about.',
    target: '.admin.desk',
    actions: 'openPaymentReview',
    reenter: true,
  },
  'desk.decided': {
    description: 'An admin whose screen shows something else is notified of the outcome.',
    actions: notify('refundDecided'),
  },
  'admin.reviewed': {
    description: 'An admin whose screen shows something else is notified about the bank transfer.',
    actions: notify('transferDecided'),
  },
} as const
