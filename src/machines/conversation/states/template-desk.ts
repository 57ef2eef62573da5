import { hint } from '../hint.ts'
import { conversationSetup } from '../setup.ts'

const home = { description: 'To the overview.', target: '#conversation.admin' } as const

/** For admins: templates are made of results, switched on and off, and given examples. */
export const templateDesk = conversationSetup.createStateConfig({
  id: 'conversation.admin.templates',
  description: 'All templates, those that are switched off too.',
  initial: 'list',
  states: {
    list: {
      id: 'conversation.admin.templates.list',
      description: 'All of them, with their state.',
      entry: ['dropTemplates', 'templates.request'],
      exit: 'leave',
      on: {
        'templates.read': {
          description: 'As they are stored now.',
          guard: 'isTheseTemplates',
          actions: 'keepTemplates',
        },
        'template.opened': { description: 'One.', target: 'card', actions: 'askTemplate' },
        'page.turned': { description: 'More of them.', actions: 'turnTemplates' },
        'back.pressed': home,
      },
    },
    card: {
      id: 'conversation.admin.templates.card',
      description: 'One template and what can be done with it.',
      entry: 'template.request',
      exit: 'leave',
      on: {
        'template.read': [
          { description: 'As it is now.', guard: 'isThisTemplate', actions: 'keepTemplate' },
          {
            description: 'It is gone.',
            guard: 'isNoTemplate',
            target: 'list',
            actions: hint('noTemplate'),
          },
        ],
        'template.decided': {
          description: 'On, off, or another example: it holds on all instances at once.',
          target: 'deciding',
          actions: 'admin.template_decide',
        },
        'back.pressed': { description: 'The others.', target: 'list' },
      },
    },
    deciding: {
      id: 'conversation.admin.templates.deciding',
      description: 'It is being done.',
      exit: 'leave',
      on: {
        'template.settled': [
          {
            description: 'It is done.',
            guard: 'isSettled',
            target: 'card',
            actions: hint('templateSaved'),
          },
          {
            description: 'There is nothing to make an example of.',
            target: 'card',
            actions: hint('templateRefused'),
          },
        ],
      },
    },
    reading: {
      id: 'conversation.admin.templates.reading',
      description: 'The result whose button was tapped is read.',
      entry: 'result.request',
      exit: 'leave',
      on: {
        'result.read': [
          {
            description: 'An order of this admin.',
            guard: 'isThisResult',
            target: 'naming',
            actions: 'keepCard',
          },
          {
            description: 'No such order of theirs.',
            guard: 'isNoResult',
            target: '#conversation.menu',
            actions: ['goHome', hint('noResult')],
          },
        ],
      },
    },
    naming: {
      id: 'conversation.admin.templates.naming',
      description: 'The title, and below it the words with gaps.',
      exit: 'leave',
      on: {
        'text.received': [
          {
            description: 'A title, and words that can be filled in.',
            guard: 'isTemplate',
            target: 'placing',
            actions: 'keepTemplateWords',
          },
          { description: 'Too long, or a brace too many.', actions: hint('adminTemplate') },
        ],
        'back.pressed': home,
      },
    },
    placing: {
      id: 'conversation.admin.templates.placing',
      description: 'Under which wish of the menu?',
      exit: 'leave',
      on: {
        'template.placed': {
          description: 'Here; it is switched on at once.',
          target: 'saving',
          actions: 'admin.template',
        },
        'back.pressed': { description: 'Other words.', target: 'naming' },
      },
    },
    saving: {
      id: 'conversation.admin.templates.saving',
      description: 'It is being stored.',
      exit: 'leave',
      on: {
        'template.settled': [
          {
            description: 'It is on offer.',
            guard: 'isSettled',
            target: 'list',
            actions: hint('templateSaved'),
          },
          {
            description: 'It could not be made.',
            target: 'list',
            actions: hint('templateRefused'),
          },
        ],
      },
    },
  },
})
