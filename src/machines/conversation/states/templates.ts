import { hint } from '../hint.ts'
import { conversationSetup } from '../setup.ts'
import { resumed } from './account.ts'

const opened = {
  description: 'One of them.',
  target: 'reading',
  actions: 'askTemplate',
} as const

/** Ready orders to be filled in, and results that others shared. */
export const templates = conversationSetup.createStateConfig({
  id: 'conversation.templates',
  description: 'Ready orders, each with its words and an example: one fills in the gaps.',
  initial: 'list',
  on: { 'order.resumed': resumed },
  states: {
    list: {
      id: 'conversation.templates.list',
      description: 'The templates that are switched on, of one task or all.',
      entry: ['dropTemplates', 'templates.request'],
      exit: 'leave',
      on: {
        'templates.read': {
          description: 'As they are stored now.',
          guard: 'isTheseTemplates',
          actions: 'keepTemplates',
        },
        'templates.opened': {
          description: 'All of them.',
          target: 'list',
          actions: 'openTemplateList',
          reenter: true,
        },
        'template.opened': opened,
        'page.turned': { description: 'More of them.', actions: 'turnTemplates' },
        'back.pressed': {
          description: 'The menu.',
          target: '#conversation.menu',
          actions: 'goHome',
        },
      },
    },
    reading: {
      id: 'conversation.templates.reading',
      description: 'A template or a shared result is read from the store.',
      entry: 'template.request',
      exit: 'leave',
      on: {
        'template.read': [
          {
            description: 'It is there, with an example, which comes above.',
            guard: 'isThisTemplateWithExample',
            target: 'showing',
            actions: 'keepTemplate',
          },
          {
            description: 'It is there.',
            guard: 'isThisTemplate',
            target: 'card',
            actions: 'keepTemplate',
          },
          {
            description: 'There is none (any more): these are.',
            guard: 'isNoTemplate',
            target: 'list',
            actions: hint('noTemplate'),
          },
        ],
      },
    },
    showing: {
      id: 'conversation.templates.showing',
      description: 'The example is sent.',
      entry: 'template.show',
      exit: 'leave',
      on: {
        'template.shown': {
          description: 'It stands in the chat, or can not be had.',
          target: 'card',
        },
      },
      after: {
        exampleTimeout: {
          description: 'It takes too long: the rest can be shown all the same.',
          target: 'card',
        },
      },
    },
    card: {
      id: 'conversation.templates.card',
      description: 'One template: its words, what is to be filled in, what it costs.',
      exit: 'leave',
      on: {
        'template.used': {
          description: 'The same: what is missing is asked for, all else is filled in.',
          target: '#conversation.offering',
          actions: 'useTemplate',
        },
        'back.pressed': [
          {
            description: 'To the model whose example it is.',
            guard: 'isExampleOfCard',
            target: '#conversation.browsing.card',
          },
          {
            description: 'To the wish, and what it may become.',
            guard: 'isExampleOfWish',
            target: '#conversation.offering',
          },
          { description: 'The others.', target: 'list' },
        ],
      },
    },
  },
})
