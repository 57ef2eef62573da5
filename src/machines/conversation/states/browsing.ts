import { conversationSetup } from '../setup.ts'

/** What would you like to create? */
export const menu = conversationSetup.createStateConfig({
  id: 'conversation.menu',
  description: 'What would you like to create?',
  entry: 'free.request',
  // Whoever sees the menu has been told what is new.
  exit: ['leave', 'noteNewsTold'],
  on: {
    'wish.opened': {
      description: 'One of the wishes: what is needed for it?',
      target: 'offering',
      actions: 'openWish',
    },
    'templates.opened': {
      description: 'Ready orders to be filled in.',
      target: 'templates',
      actions: 'openTemplateList',
    },
    'category.opened': {
      description: 'The models that cost the user nothing.',
      target: 'browsing.list',
      actions: 'openCategory',
    },
    'models.opened': { description: 'All models by groups.', target: 'browsing.groups' },
    'search.opened': { description: 'A model by words.', target: 'browsing.searching' },
    'history.opened': {
      description: 'The orders so far.',
      target: 'results.list',
      actions: 'openHistory',
    },
    'jobs.opened': { description: 'Running jobs.', target: 'jobs' },
    'balance.opened': { description: 'The balance.', target: 'balance' },
    'help.opened': { description: 'How it works.', target: 'help' },
    'language.opened': { description: 'Russian or English.', target: 'language' },
  },
})

/** Words typed where models are searched. */
const searched = [
  {
    description: 'Models that the words fit.',
    guard: 'hasHits',
    target: '#conversation.browsing.list',
    actions: 'search',
    reenter: true,
  },
  {
    description: 'No model is called that or does that.',
    target: '#conversation.browsing.nothing',
    actions: 'search',
  },
] as const

/** Finding a model. */
export const browsing = conversationSetup.createStateConfig({
  id: 'conversation.browsing',
  description: 'Finding a model.',
  initial: 'list',
  states: {
    groups: {
      id: 'conversation.browsing.groups',
      description: 'All models: their groups, and a search.',
      exit: 'leave',
      on: {
        'category.opened': {
          description: 'A group of models, or the free ones of all groups.',
          target: 'list',
          actions: 'openCategory',
        },
        'search.opened': { description: 'A model by words.', target: 'searching' },
        'back.pressed': {
          description: 'The menu.',
          target: '#conversation.menu',
          actions: 'goHome',
        },
      },
    },
    list: {
      id: 'conversation.browsing.list',
      description: 'The models of a group, some at a time, with prices.',
      exit: 'leave',
      on: {
        'page.turned': { description: 'More models of the group.', actions: 'turnPage' },
        'category.opened': {
          description: 'The older models of the group.',
          actions: 'openCategory',
        },
        'model.opened': {
          description: 'One model in detail.',
          target: 'card',
          actions: 'openModel',
        },
        'text.received': {
          description: 'Other words to search by.',
          guard: 'findsMore',
          target: 'list',
          actions: 'search',
          reenter: true,
        },
        'back.pressed': [
          { description: 'Other words.', guard: 'isSearch', target: 'searching' },
          { description: 'Another group.', target: 'groups' },
        ],
      },
    },
    searching: {
      id: 'conversation.browsing.searching',
      description: 'Words to search models by.',
      exit: 'leave',
      on: {
        'text.received': searched,
        'back.pressed': {
          description: 'The groups instead.',
          target: 'groups',
        },
      },
    },
    nothing: {
      id: 'conversation.browsing.nothing',
      description: 'No model fits the words: other words, all models, or an order of these words.',
      exit: 'leave',
      on: {
        'text.received': searched,
        'wish.opened': {
          description: 'The words become an order.',
          target: '#conversation.offering',
          actions: 'openSearchedWish',
        },
        'models.opened': { description: 'All models by groups.', target: 'groups' },
        'back.pressed': { description: 'Other words.', target: 'searching' },
      },
    },
    card: {
      id: 'conversation.browsing.card',
      description: 'One model: what it does, what it needs, what it costs.',
      exit: 'leave',
      on: {
        'draft.begun': {
          description: 'The first question.',
          guard: 'isOrderable',
          target: '#conversation.drafting',
          actions: 'beginDraft',
        },
        'example.opened': {
          description: 'What it makes, to be made in the same way.',
          target: '#conversation.templates.reading',
          actions: 'askExampleOfCard',
        },
        'model.opened': {
          description: 'What replaces a model that is gone.',
          target: 'card',
          actions: 'openModel',
          reenter: true,
        },
        'text.received': {
          description: 'Words for this model, or for another one: by one tap.',
          target: '#conversation.offering',
          actions: 'beginWishForModel',
        },
        'media.received': {
          description: 'A file for this model, or for another one: by one tap.',
          target: '#conversation.offering',
          actions: 'beginWishForModel',
        },
        'back.pressed': [
          { description: 'To the list it was chosen from.', guard: 'hasList', target: 'list' },
          {
            description: 'It was opened by a link: there is no list.',
            target: '#conversation.menu',
            actions: 'goHome',
          },
        ],
      },
    },
  },
})
