import { hint } from '../hint.ts'
import { conversationSetup } from '../setup.ts'
import { resumed } from './account.ts'

/** Orders of before, and what can still be done with them. */
export const results = conversationSetup.createStateConfig({
  id: 'conversation.results',
  description: 'Earlier orders, and what can still be done with them.',
  initial: 'list',
  on: { 'order.resumed': resumed },
  states: {
    list: {
      id: 'conversation.results.list',
      description: 'The orders of this user, or the favourites, some at a time.',
      entry: ['dropLines', 'history.request'],
      exit: 'leave',
      on: {
        'history.read': {
          description: 'What the store says.',
          guard: 'isThisPage',
          actions: 'keepLines',
        },
        'page.turned': {
          description: 'Another page.',
          target: 'list',
          actions: 'turnResultPage',
          reenter: true,
        },
        'filter.chosen': {
          description: 'Only pictures, films or sound, or all again.',
          target: 'list',
          actions: 'filterResults',
          reenter: true,
        },
        'result.opened': {
          description: 'One entry of the list.',
          target: 'card',
          actions: 'openResult',
        },
        'history.opened': {
          description: 'All orders.',
          target: 'list',
          actions: 'openHistory',
          reenter: true,
        },
        'favourites.opened': {
          description: 'The favourites.',
          target: 'list',
          actions: 'openFavourites',
          reenter: true,
        },
      },
    },
    card: {
      id: 'conversation.results.card',
      description: 'One order: its answers, its price, what came of it.',
      entry: 'result.request',
      exit: 'leave',
      on: {
        'result.read': [
          {
            description: 'All facts of the order.',
            guard: 'isThisResult',
            actions: 'keepCard',
          },
          {
            description: 'No such order of this user.',
            guard: 'isNoResult',
            target: 'list',
            actions: hint('noResult'),
          },
        ],
        'result.saved': {
          description: 'Added to the favourites.',
          actions: ['leave', 'keepSaved', 'favourite.set'],
        },
        'result.forgotten': {
          description: 'Removed from the favourites.',
          actions: ['leave', 'keepForgotten', 'favourite.set'],
        },
        'original.pressed': {
          description: 'The original files.',
          actions: ['leave', hint('original'), 'telegram.sendOriginal'],
        },
        'result.shown': {
          description: 'The result is sent again.',
          actions: ['leave', hint('sending'), 'telegram.sendAgain'],
        },
        'repeat.pressed': {
          description: 'The same order again.',
          target: '#conversation.drafting.asking',
          actions: 'repeatResult',
        },
        'change.pressed': {
          description: 'The same order with one change.',
          target: '#conversation.drafting.changing',
          actions: 'repeatResult',
        },
        'share.opened': {
          description: 'A link to it, for others.',
          target: 'sharing',
          actions: 'openShare',
        },
        'use.opened': { description: 'What can be made of it?', target: 'using' },
        'model.opened': {
          description: 'What replaces a model that is gone.',
          target: '#conversation.browsing.card',
          actions: 'openModel',
        },
        'back.pressed': { description: 'To the list.', target: 'list' },
      },
    },
    using: {
      id: 'conversation.results.using',
      description: 'What to make of a result: which file, for what, with which model.',
      entry: 'result.request',
      exit: 'leave',
      on: {
        'result.read': [
          { description: 'All facts of the order.', guard: 'isThisResult', actions: 'keepCard' },
          {
            description: 'It is gone.',
            guard: 'isNoResult',
            target: 'list',
            actions: hint('noResult'),
          },
        ],
        'file.picked': [
          {
            description: 'This one of several, for the task that the tap on the result named.',
            guard: 'isFollowUp',
            target: '#conversation.offering',
            actions: 'beginFollowUp',
          },
          { description: 'This one of several.', actions: ['leave', 'pickFile'] },
        ],
        'group.picked': { description: 'What for.', actions: ['leave', 'pickGroup'] },
        'page.turned': { description: 'More models.', actions: ['leave', 'turnUsePage'] },
        'model.picked': [
          {
            description: 'This model goes on with the very task.',
            guard: 'continuesTask',
            target: '#conversation.drafting.asking',
            actions: 'beginContinuation',
          },
          {
            description: 'This model gets the file.',
            target: 'taking',
            actions: 'noteProbe',
          },
        ],
        'back.pressed': [
          { description: 'Another choice.', guard: 'hasPicked', actions: ['leave', 'unpick'] },
          { description: 'To the order.', guard: 'isFromList', target: 'card' },
          {
            description: 'It was opened from its message: home.',
            target: '#conversation.menu',
            actions: 'goHome',
          },
        ],
      },
    },
    varying: {
      id: 'conversation.results.varying',
      description: 'How many more of the same, each with its price.',
      exit: 'leave',
      on: {
        'variants.chosen': {
          description: 'So many jobs start at once, each at the price shown.',
          target: '#conversation.starting',
          actions: 'beginVariants',
        },
        'back.pressed': {
          description: 'None.',
          target: '#conversation.menu',
          actions: 'goHome',
        },
      },
    },
    sharing: {
      id: 'conversation.results.sharing',
      description: 'A result is shared by a link; its words only if its owner wants that.',
      entry: 'share.request',
      exit: 'leave',
      on: {
        'share.read': [
          { description: 'The link to it.', guard: 'isThisShare', actions: 'keepShare' },
          {
            description: 'It is no order of this user.',
            guard: 'isNoShare',
            target: '#conversation.menu',
            actions: ['goHome', hint('noResult')],
          },
        ],
        'share.changed': {
          description: 'Its words are to be read by others, or no longer.',
          target: 'sharing',
          actions: 'changeShare',
          reenter: true,
        },
        'share.sent': {
          description: 'The result comes below, to be passed on.',
          actions: ['leave', hint('sending'), 'share.send'],
        },
        'back.pressed': [
          { description: 'To the order.', guard: 'isFromList', target: 'card' },
          {
            description: 'It was opened from its message: home.',
            target: '#conversation.menu',
            actions: 'goHome',
          },
        ],
      },
    },
    taking: {
      id: 'conversation.results.taking',
      description: 'The file is probed: is it what the model takes?',
      entry: 'result.inspect',
      exit: 'leave',
      on: {
        'media.inspected': [
          {
            description: 'It fits: the order begins with it.',
            guard: 'fileFits',
            target: '#conversation.drafting.asking',
            actions: 'beginWithFile',
          },
          {
            description: 'It is too large, too small, or too long for this model.',
            guard: 'isThisProbe',
            target: 'using',
            actions: 'hintResultFile',
          },
        ],
        'media.refused': {
          description: 'Telegram hands out no such file.',
          guard: 'isThisProbe',
          target: 'using',
          actions: hint('cantUse'),
        },
        'back.pressed': { description: 'Another model.', target: 'using' },
      },
    },
  },
})
