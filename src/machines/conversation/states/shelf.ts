import { hint } from '../hint.ts'
import { conversationSetup } from '../setup.ts'

const toOverview = { description: 'To the overview.', target: '#conversation.admin' } as const

/** For admins: the models as they are sold now, and what can be decided about them. */
export const shelf = conversationSetup.createStateConfig({
  id: 'conversation.admin.shelf',
  description: 'The models as they are sold now, and what can be decided about them.',
  initial: 'asking',
  on: {
    'shelf.chosen': {
      description: 'One model.',
      target: '.card',
      actions: 'chooseModel',
      reenter: true,
    },
  },
  states: {
    asking: {
      id: 'conversation.admin.shelf.asking',
      description: 'Which model? What was decided, and what the provider has changed.',
      entry: ['openShelf', 'admin.shelf'],
      exit: 'leave',
      on: {
        'shelf.read': { description: 'How the shelf stands.', actions: 'keepShelf' },
        'text.received': { description: 'The words of a model’s name.', actions: 'searchShelf' },
        'change.chosen': {
          description: 'What an admin decided about a change at the provider.',
          actions: 'admin.change_decide',
        },
        'back.pressed': toOverview,
      },
    },
    card: {
      id: 'conversation.admin.shelf.card',
      description: 'Price, pause, quality; what can be done.',
      entry: ['dropShelfCard', 'admin.model'],
      exit: 'leave',
      on: {
        'shelf.card_read': {
          description: 'The model as it is sold now.',
          guard: 'isThisModel',
          actions: 'keepShelfCard',
        },
        'shelf.intended': {
          description: 'Why, and how much?',
          target: 'explaining',
          actions: 'keepShelfIntent',
        },
        'back.pressed': { description: 'Another model.', target: 'asking' },
      },
    },
    explaining: {
      id: 'conversation.admin.shelf.explaining',
      description: 'The reason, which is journalled, and a number where one is needed.',
      exit: 'leave',
      on: {
        'text.received': [
          {
            description: 'All that is needed.',
            guard: 'isShelfOrder',
            target: 'agreeing',
            actions: 'keepShelfWords',
          },
          { description: 'Something is missing.', actions: hint('shelfWords') },
        ],
        'back.pressed': { description: 'Back to the card.', target: 'card' },
      },
    },
    agreeing: {
      id: 'conversation.admin.shelf.agreeing',
      description: 'What it would cost then, before anything is done.',
      exit: 'leave',
      on: {
        'shelf.agreed': { description: 'Confirmed.', target: 'deciding' },
        'text.received': {
          description: 'Other words or another number.',
          guard: 'isShelfOrder',
          actions: 'keepShelfWords',
        },
        'back.pressed': { description: 'Not confirmed.', target: 'card' },
      },
    },
    deciding: {
      id: 'conversation.admin.shelf.deciding',
      description: 'It is being done, and journalled with who and why.',
      entry: 'admin.shelf_decide',
      exit: 'leave',
      on: {
        'shelf.decided': {
          description: 'What came of it, above the card as it is now.',
          target: 'card',
          actions: 'hintShelfOutcome',
        },
      },
    },
  },
})
