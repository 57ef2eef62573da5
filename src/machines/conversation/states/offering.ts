import { hint } from '../hint.ts'
import { conversationSetup } from '../setup.ts'
import { resumed } from './account.ts'

const more = {
  description: 'More of it, or other words.',
  target: 'routing',
  actions: 'growWish',
} as const

const lookedInto = (description: string) =>
  ({ description, guard: 'isThisLook', target: 'routing', actions: 'settleWish' }) as const

const otherUses = {
  description: 'Something else of the same.',
  guard: 'hasOtherUses',
  target: 'routing',
  actions: 'dropTask',
} as const

const backFrom = [
  otherUses,
  { description: 'The menu instead.', target: '#conversation.menu', actions: 'goHome' },
] as const

/** Words and files that came without a question become an order, by one tap. */
export const offering = conversationSetup.createStateConfig({
  id: 'conversation.offering',
  description: 'What was written or sent without a question, and the orders that it may become.',
  initial: 'routing',
  on: {
    'text.received': { ...more, target: '.routing' },
    'media.received': { ...more, target: '.routing' },
    'message.edited': {
      description: 'The words of the wish, put right; what hangs on other words stays.',
      guard: 'isCorrectedWish',
      target: '.routing',
      actions: 'correctWish',
    },
    'order.resumed': resumed,
  },
  states: {
    routing: {
      id: 'conversation.offering.routing',
      description: 'What is known, and what is missing?',
      always: [
        { description: 'A file must be looked into.', guard: 'hasUnseen', target: 'looking' },
        {
          description: 'Nothing is left of it.',
          guard: 'isEmptyWish',
          target: '#conversation.menu',
        },
        {
          description: 'The chosen task needs something more.',
          guard: 'lacksSomething',
          target: 'asking',
        },
        { description: 'All there is to be offered.', target: 'counting' },
      ],
    },
    looking: {
      id: 'conversation.offering.looking',
      description: 'A file is looked into; more may come meanwhile.',
      entry: ['expectLook', 'wish.inspect'],
      exit: 'leave',
      on: {
        'media.inspected': lookedInto('What it truly is.'),
        'media.refused': lookedInto('It does not open, is too large, or is not there.'),
        'text.received': { description: 'Words for the file.', actions: 'growWish' },
        'media.received': { description: 'One more file.', actions: 'growWish' },
      },
      after: {
        inspectionTimeout: {
          description: 'No answer: the user may send it again.',
          target: 'routing',
          actions: 'settleWish',
        },
      },
    },
    asking: {
      id: 'conversation.offering.asking',
      description: 'The one thing that the wish still needs.',
      exit: 'leave',
      on: {
        'idea.chosen': {
          description: 'A ready wish.',
          target: 'routing',
          actions: 'takeIdea',
        },
        'templates.opened': {
          description: 'More ready ones of this task.',
          target: '#conversation.templates',
          actions: 'openTemplateList',
        },
        'back.pressed': [
          {
            description: 'To the template that it was begun from.',
            guard: 'isFromTemplate',
            target: '#conversation.templates.card',
          },
          ...backFrom,
        ],
      },
    },
    counting: {
      id: 'conversation.offering.counting',
      description: 'What is on the account, and what is free?',
      entry: 'balance.request',
      on: {
        'balance.read': {
          description: 'What there is.',
          target: 'choosing',
          actions: 'keepBalance',
        },
      },
      after: {
        balanceTimeout: {
          description: 'Nobody knows: prices can be shown all the same.',
          target: 'choosing',
        },
      },
    },
    choosing: {
      id: 'conversation.offering.choosing',
      description: 'The orders that it may become, each with its price: one tap starts one.',
      exit: 'leave',
      on: {
        'pick.confirmed': [
          {
            description: 'Money is missing: an invoice for exactly that, and paid means started.',
            guard: 'lacksMoney',
            target: '#conversation.topup.opening',
            actions: ['takePick', 'payForOrder'],
          },
          {
            description: 'The order is to be made at exactly this price.',
            guard: 'isReadyPick',
            target: '#conversation.starting',
            actions: ['takePick', 'nameJob'],
          },
        ],
        'pick.adjusted': {
          description: 'Something is to be said first.',
          target: '#conversation.drafting.asking',
          actions: 'takePick',
        },
        'example.opened': {
          description: 'What one of the models makes, to be made in the same way.',
          target: '#conversation.templates.reading',
          actions: 'askExampleOfWish',
        },
        'wish.opened': {
          description: 'What for: all that was given stays.',
          target: 'routing',
          actions: 'openWish',
        },
        'words.asked': {
          description:
            'A chat model finds better words; they are shown before anything is ordered.',
          guard: 'canImprove',
          target: 'improving',
        },
        'words.restored': {
          description: 'The own words again.',
          target: 'routing',
          actions: 'restoreWords',
        },
        'otherwise.opened': { description: 'Other models, other settings.', target: 'otherwise' },
        'models.searched': {
          description: 'The models that the words name.',
          target: '#conversation.browsing.list',
          actions: 'searchWish',
        },
        'balance.opened': { description: 'The balance.', target: '#conversation.balance' },
        'help.opened': { description: 'How it works.', target: '#conversation.help' },
        'back.pressed': otherUses,
      },
    },
    improving: {
      id: 'conversation.offering.improving',
      description: 'A chat model is asked for better words; other words may come meanwhile.',
      entry: ['expectLook', 'words.improve'],
      exit: 'leave',
      on: {
        'words.improved': {
          description: 'Better words, to be looked at.',
          guard: 'isThisLook',
          target: 'routing',
          actions: 'keepWords',
        },
        'words.refused': [
          {
            description: 'No more of it today.',
            guard: 'isOverBudget',
            target: 'routing',
            actions: hint('wordsOver'),
          },
          {
            description: 'It did not work; the words stay as they are.',
            guard: 'isThisLook',
            target: 'routing',
            actions: hint('wordsFailed'),
          },
        ],
      },
      after: {
        wordsTimeout: {
          description: 'No answer; the words stay as they are.',
          target: 'routing',
          actions: hint('wordsFailed'),
        },
      },
    },
    otherwise: {
      id: 'conversation.offering.otherwise',
      description: 'Every way to go on with what was given, each with all its settings.',
      exit: 'leave',
      on: {
        'pick.adjusted': {
          description: 'This model, with all its questions.',
          target: '#conversation.drafting.asking',
          actions: 'takePick',
        },
        'models.opened': {
          description: 'Any model: what was given goes with it.',
          target: '#conversation.browsing.groups',
        },
        'back.pressed': { description: 'To the picks.', target: 'routing' },
      },
    },
  },
})
