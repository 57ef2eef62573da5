import { hint } from '../hint.ts'
import { conversationSetup } from '../setup.ts'
import { asking } from './asking.ts'
import { changing } from './changing.ts'

/** The rest of an album that came after its question was left. */
const lateSibling = {
  description: 'The rest of an album: there is room, and the price is asked for anew.',
  guard: 'isLateSibling',
  target: 'quoting',
  actions: 'takeMessage',
  reenter: true,
} as const

const spareSibling = {
  description: 'The rest of an album, but without room or not plain enough.',
  guard: 'isSibling',
  actions: hint('lateFile'),
} as const

/** Where nothing is asked, words are what the order is about; else they are another wish. */
const otherWords = {
  description: 'Other words for the order; its price is asked for anew.',
  guard: 'hasWording',
  target: 'asking',
  actions: 'takeWording',
} as const

/** Filling in an order, up to the one button that starts it. */
export const drafting = conversationSetup.createStateConfig({
  id: 'conversation.drafting',
  tags: 'ordering',
  description: 'Filling in an order.',
  initial: 'asking',
  on: {
    'message.edited': [
      {
        description: 'A slip in an answer is put right; the question stays.',
        guard: 'isCorrection',
        actions: ['takeCorrection', hint('edited')],
      },
      { description: 'It is no answer of this order.', actions: hint('editedNot') },
    ],
    'cancel.pressed': {
      description: 'The order is dropped.',
      target: '#conversation.menu',
      actions: ['goHome', hint('cancelled')],
    },
  },
  states: {
    asking,
    changing,
    quoting: {
      id: 'conversation.drafting.quoting',
      description: 'The one price function and the balance are asked.',
      entry: ['expectQuote', 'quote.request'],
      exit: 'leave',
      on: {
        'quote.ready': {
          description: 'What it costs, and what the user has.',
          guard: 'isExpectedQuote',
          target: 'preview',
          actions: 'keepQuote',
        },
        'quote.refused': {
          description: 'It has no price or is not on offer.',
          guard: 'isExpectedQuote',
          target: 'preview',
          actions: 'keepRefusal',
        },
        'text.received': otherWords,
        'media.received': lateSibling,
      },
    },
    preview: {
      id: 'conversation.drafting.preview',
      description: 'Everything on one screen: answers, price, balance.',
      exit: 'leave',
      on: {
        'run.confirmed': {
          description: 'The order is to be made at exactly this price.',
          guard: 'isThisQuote',
          target: '#conversation.starting',
          actions: 'nameJob',
        },
        'field.opened': {
          description: 'One answer is to be changed.',
          target: 'asking',
          actions: 'askFromPreview',
        },
        'order.paid': {
          description: 'What is missing by one invoice; paid means started.',
          guard: 'isThisOrder',
          target: '#conversation.topup.opening',
          actions: 'payForOrder',
        },
        'extras.opened': { description: 'Optional settings.', target: 'extras' },
        'quote.repeated': {
          description: 'Price and balance once more, e.g. after a top-up.',
          target: 'quoting',
        },
        'message.edited': [
          {
            description: 'A slip in an answer is put right: its price anew.',
            guard: 'isCorrection',
            target: 'quoting',
            actions: ['takeCorrection', hint('edited')],
          },
          { description: 'It is no answer of this order.', actions: hint('editedNot') },
        ],
        'text.received': otherWords,
        'media.received': [lateSibling, spareSibling],
        'back.pressed': {
          description: 'The last question again; its answer stays until there is another.',
          target: 'asking',
          actions: 'askPrevious',
        },
      },
    },
    extras: {
      id: 'conversation.drafting.extras',
      description: 'Settings that may be changed but need not.',
      exit: 'leave',
      on: {
        'field.opened': {
          description: 'One setting.',
          target: 'asking',
          actions: 'askFromExtras',
        },
        'page.turned': { description: 'More settings.', actions: 'turnPage' },
        'text.received': otherWords,
        'media.received': [{ ...lateSibling, target: 'extras' }, spareSibling],
        'back.pressed': {
          description: 'Done: the settings may have moved the price.',
          target: 'quoting',
        },
      },
    },
  },
})
