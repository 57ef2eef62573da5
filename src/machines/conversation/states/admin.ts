import { hint } from '../hint.ts'
import { conversationSetup } from '../setup.ts'
import { broadcast } from './broadcast.ts'
import { paymentReview } from './payment-review.ts'
import { person } from './person.ts'
import { shelf } from './shelf.ts'
import { templateDesk } from './template-desk.ts'

const back = { description: 'To the overview.', target: '#conversation.admin' } as const

/** For admins only: how things stand, and what they may do. */
export const admin = conversationSetup.createStateConfig({
  id: 'conversation.admin',
  description: 'For admins: how things stand, and what they may do.',
  initial: 'overview',
  states: {
    overview: {
      id: 'conversation.admin.overview',
      description: 'The day so far, the provider’s balance, the state of the ledger.',
      entry: ['dropOverview', 'admin.overview'],
      exit: 'leave',
      on: {
        'overview.read': { description: 'How things stand.', actions: 'keepOverview' },
        'admin.opened': { description: 'Read again.', target: 'overview', reenter: true },
        'admin.promo.opened': { description: 'A new promo code.', target: 'promo' },
        'admin.adjust.opened': { description: 'Put a balance right.', target: 'adjust' },
        'person.opened': { description: 'One user.', target: 'person' },
        'failures.opened': { description: 'Orders that failed.', target: 'failures' },
        'orphans.opened': { description: 'What is stuck.', target: 'orphans' },
        'broadcasts.opened': { description: 'Messages to many people.', target: 'broadcast' },
        'shelf.opened': { description: 'The models.', target: 'shelf' },
        'admin.templates.opened': {
          description: 'All templates.',
          target: 'templates',
          actions: 'openTemplateList',
        },
        'desk.opened': {
          description: 'Payments, and what people ask about them.',
          target: 'desk',
          actions: 'openPaymentReview',
        },
        'admin.csv.wanted': {
          description: 'All entries as a table; it comes as a file.',
          actions: ['admin.csv', hint('csvComing')],
        },
      },
    },
    promo: {
      id: 'conversation.admin.promo',
      description:
        'The codes there are with their use; a new one: code, bonus, number of uses and days.',
      entry: ['dropPromos', 'admin.promos'],
      exit: 'leave',
      on: {
        'promos.read': { description: 'How often each was used.', actions: 'keepPromos' },
        'admin.promo.ended': {
          description: 'One of them ends now; the list follows.',
          actions: 'admin.promo_end',
        },
        'text.received': [
          {
            description: 'A whole promo code.',
            guard: 'isPromo',
            target: 'working',
            actions: ['keepPromo', 'admin.promo'],
          },
          { description: 'Something is missing.', actions: hint('adminPromo') },
        ],
        'back.pressed': back,
      },
    },
    adjust: {
      id: 'conversation.admin.adjust',
      description: 'User, amount and reason, in one message.',
      exit: 'leave',
      on: {
        'text.received': [
          {
            description: 'A whole adjustment.',
            guard: 'isAdjust',
            target: 'confirming',
            actions: 'keepAdjust',
          },
          { description: 'Something is missing.', actions: hint('adminAdjust') },
        ],
        'back.pressed': back,
      },
    },
    confirming: {
      id: 'conversation.admin.confirming',
      description: 'Confirmation before money moves.',
      exit: 'leave',
      on: {
        'adjust.confirmed': {
          description: 'Confirmed.',
          target: 'working',
          actions: 'admin.adjust',
        },
        'back.pressed': { description: 'Not confirmed.', target: 'adjust' },
      },
    },
    working: {
      id: 'conversation.admin.working',
      description: 'It is being done.',
      exit: 'leave',
      on: {
        'admin.done': { description: 'It is done.', target: 'done' },
        'admin.refused': {
          description: 'It was refused: why.',
          target: 'overview',
          actions: 'hintRefusal',
        },
      },
    },
    // The state keeps its old name: it is stored.
    desk: paymentReview,
    failures: {
      id: 'conversation.admin.failures',
      description: 'Orders that failed, with the reason, some at a time.',
      entry: ['turnFailures', 'admin.failures'],
      exit: 'leave',
      on: {
        'failures.read': { description: 'One page of them.', actions: 'keepFailures' },
        'page.turned': { description: 'Another page.', target: 'failures', reenter: true },
        'person.named': {
          description: 'The user of one, with that order and what can be done.',
          target: 'person.card',
          actions: 'namePerson',
        },
        'back.pressed': back,
      },
    },
    orphans: {
      id: 'conversation.admin.orphans',
      description: 'What nobody goes on with, by kind, or single ones of a kind.',
      entry: ['openOrphans', 'admin.orphans'],
      exit: 'leave',
      on: {
        'orphans.read': { description: 'How much there is of what.', actions: 'keepOrphans' },
        'orphans.opened': {
          description: 'All of it, or one kind.',
          target: 'orphans',
          reenter: true,
        },
        'letters.replayed': {
          description: 'One of a kind, or all of them, is tried again.',
          actions: 'admin.replay',
        },
        'orders.asked': {
          description: 'The provider is asked about orders that don’t end.',
          actions: 'admin.ask_orders',
        },
        'back.pressed': back,
      },
    },
    person,
    broadcast,
    shelf,
    templates: templateDesk,
    done: {
      id: 'conversation.admin.done',
      description: 'What was done.',
      exit: 'leave',
      on: { 'back.pressed': back },
    },
  },
})
