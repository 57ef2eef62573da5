import { hint } from '../hint.ts'
import { conversationSetup } from '../setup.ts'
import { resumed } from './account.ts'

const exported = {
  description: 'All that is kept about the user, as one file.',
  actions: ['person.export', hint('exportComing')],
} as const

/** What is kept about a user; to have it as a file, or to have it erased. */
export const privacy = conversationSetup.createStateConfig({
  id: 'conversation.privacy',
  description: 'What is kept about the user, for how long, and who gets what.',
  initial: 'reading',
  on: { 'order.resumed': resumed },
  states: {
    reading: {
      id: 'conversation.privacy.reading',
      description: 'In words; the ways to the file and to the erasure.',
      exit: 'leave',
      on: {
        'export.wanted': exported,
        'terms.opened': { description: 'The terms.', target: '#conversation.terms' },
        'erasure.opened': { description: 'What would go?', target: 'looking' },
      },
    },
    looking: {
      id: 'conversation.privacy.looking',
      description: 'What of the user is still open is being read.',
      entry: ['dropErasure', 'erasure.look'],
      exit: 'leave',
      on: {
        'erasure.read': {
          description: 'What would go, and what must end first.',
          target: 'asking',
          actions: 'keepErasure',
        },
      },
    },
    asking: {
      id: 'conversation.privacy.asking',
      description: 'What would be lost, before anything is.',
      exit: 'leave',
      on: {
        'erasure.agreed': { description: 'All of it.', guard: 'canErase', target: 'erasing' },
        'erasure.opened': { description: 'Look again.', target: 'looking' },
        'export.wanted': exported,
        'back.pressed': { description: 'Nothing is erased.', target: 'reading' },
      },
    },
    erasing: {
      id: 'conversation.privacy.erasing',
      description: 'The data is being erased, and this dialogue with it: then there is none.',
      entry: 'person.erase',
      exit: 'leave',
      on: {
        'erasure.refused': {
          description: 'Something has begun in the meantime.',
          target: 'looking',
          actions: hint('eraseOpen'),
        },
      },
    },
  },
})

/** The ways in, as events of the conversation's root. */
export const privacyWays = {
  'command.privacy': { description: 'The user’s data.', target: '.privacy', reenter: true },
  'command.export': {
    description: 'All that is kept about the user, as one file.',
    target: '.privacy',
    actions: ['person.export', hint('exportComing')],
    reenter: true,
  },
  'command.delete_me': {
    description: 'What would be erased?',
    target: '.privacy.looking',
    reenter: true,
  },
  'privacy.opened': { description: 'The user’s data.', target: '.privacy', reenter: true },
} as const
