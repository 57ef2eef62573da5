import { hint } from '../hint.ts'
import { conversationSetup } from '../setup.ts'
import { resumed } from './account.ts'

const said = {
  description: 'Words or a file for the staff; whatever was sent reaches them.',
  actions: ['support.say', 'noteSupportSent', hint('supportSent')],
} as const

/** A question to people: what is written here goes to the staff. */
export const support = conversationSetup.createStateConfig({
  id: 'conversation.support',
  description: 'A question to people: what is written here goes to the staff.',
  initial: 'reading',
  on: { 'order.resumed': resumed },
  states: {
    reading: {
      id: 'conversation.support.reading',
      description: 'How the thread stands is being read.',
      entry: ['dropSupport', 'support.request'],
      exit: 'leave',
      on: {
        'support.read': {
          description: 'How the thread stands.',
          target: 'writing',
          actions: 'keepSupport',
        },
      },
    },
    writing: {
      id: 'conversation.support.writing',
      description: 'The user writes, several messages if they like, perhaps about an order.',
      exit: 'leave',
      on: {
        'text.received': said,
        'media.received': said,
        'support.about': { description: 'The order that it is about.', actions: 'keepAbout' },
        'support.closed': {
          description: 'The user needs no more help.',
          actions: ['support.solve', 'noteSupportSolved', hint('supportSolved')],
        },
      },
    },
  },
})

/** The ways in, as events of the conversation's root. */
export const supportWays = {
  'command.support': { description: 'A question to people.', target: '.support', reenter: true },
  'support.opened': { description: 'A question to people.', target: '.support', reenter: true },
  'support.replied': {
    description: 'The button under an answer: more to say.',
    target: '.support',
    reenter: true,
  },
  'support.thanked': {
    description: 'The button under an answer: all is well.',
    actions: 'support.solve',
  },
} as const
