import { assign, setup } from 'xstate'
import { modelBySlug } from '../catalogue.ts'
import * as change from './changes.ts'
import { beginConversation, type ConversationContext, type ConversationInput } from './context.ts'
import { checkInput, currentQuestion } from './draft.ts'
import type { StampedConversationEvent } from './events.ts'

const SECOND = 1_000

/** Effects are declared by name only: what they do is the actors' business. */
const effect = () => {}

const linkOf = (event: StampedConversationEvent) =>
  event.type === 'command.start' ? /^m_([a-z0-9-]+)$/.exec(event.payload)?.[1] : undefined

const conversationSetup = setup({
  types: {} as {
    context: ConversationContext
    input: ConversationInput
    events: StampedConversationEvent
  },
  guards: {
    hasModelLink: ({ event }) => modelBySlug(linkOf(event) ?? '') !== undefined,
    hasBrokenLink: ({ event }) => event.type === 'command.start' && event.payload.startsWith('m_'),
    asksChoice: ({ context }) =>
      ['choice', 'toggle'].includes(currentQuestion(context)?.kind ?? ''),
    asksMedia: ({ context }) => currentQuestion(context)?.kind === 'media',
    asksWords: ({ context }) => currentQuestion(context) !== undefined,
    textFits: ({ context, event }) =>
      event.type === 'text.received' && checkInput(context, event.text).ok,
    mediaFits: ({ context, event }) =>
      event.type === 'media.received' && checkInput(context, event.media).ok,
    isEditing: ({ context }) => context.draft?.editing === true,
    hasEarlierAnswer: ({ context }) => change.lastAnswered(context) !== undefined,
    isThisQuote: ({ context, event }) =>
      event.type === 'run.confirmed' && event.serial === context.serial && context.quote !== null,
    isAwaitedJob: ({ context, event }) => 'jobId' in event && event.jobId === context.jobId,
    hasList: ({ context }) => context.category !== null,
  },
  actions: {
    clearHint: assign({ hint: null }),
    hintStale: assign({ hint: { code: 'stale' } }),
    hintCancelled: assign({ hint: { code: 'cancelled' } }),
    hintUnknownCommand: assign({ hint: { code: 'unknownCommand' } }),
    hintUnknownLink: assign({ hint: { code: 'unknownLink' } }),
    hintText: assign({ hint: { code: 'text' } }),
    hintFile: assign({ hint: { code: 'file' } }),
    hintUnsupported: assign({ hint: { code: 'unsupported' } }),
    hintHiccup: assign({ hint: { code: 'hiccup' } }),
    hintStarting: assign({ hint: { code: 'starting' } }),
    hintWorking: assign({ hint: { code: 'working' } }),
    hintWaitsPhoto: assign({ hint: { code: 'waitsPhoto' } }),
    hintWaitsWords: assign({ hint: { code: 'waitsWords' } }),
    hintWaitsChoice: assign({ hint: { code: 'waitsChoice' } }),
    hintAnswer: assign(change.hintAnswer),
    goHome: assign(change.goHome),
    openCategory: assign(change.openCategory),
    turnPage: assign(change.turnPage),
    openModel: assign(change.openModel),
    openLinkedModel: assign(({ event }) => ({
      modelId: modelBySlug(linkOf(event) ?? '')?.id ?? null,
      category: null,
    })),
    beginDraft: assign(change.beginDraft),
    askNext: assign(change.askNextQuestion),
    askField: assign(change.askField),
    stopAsking: assign(change.stopAsking),
    keepChoice: assign(change.keepChoice),
    keepText: assign(change.keepText),
    keepMedia: assign(change.keepMedia),
    clearField: assign(change.clearField),
    dropLastAnswer: assign(change.dropLastAnswer),
    keepQuote: assign(change.keepQuote),
    keepRefusal: assign(change.keepRefusal),
    dropQuote: assign({ quote: null, refusal: null }),
    nameJob: assign(({ event }) => ({ jobId: event.rnd, elapsedMs: 0 })),
    trackJob: assign(change.trackJob),
    noteProgress: assign(change.noteProgress),
    countElapsed: assign(change.countElapsed),
    untrackJob: assign(change.untrackJob),
    keepEnding: assign(change.keepEnding),
    chooseLanguage: assign(change.chooseLanguage),
    keepBalance: assign(change.keepBalance),
    dropBalance: assign({ balance: null }),
    markBlocked: assign({ blocked: true }),
    markReachable: assign({ blocked: false }),
    'quote.request': effect,
    'job.start': effect,
    'balance.request': effect,
    'telegram.notice': effect,
  },
  delays: {
    progressTick: ({ context }) => (context.elapsedMs < 120 * SECOND ? 15 * SECOND : 30 * SECOND),
  },
})

/** The dialogue with one user: from /start to the order, and back to the menu with the result. */
export const conversationMachine = conversationSetup.createMachine({
  id: 'conversation',
  description:
    'The dialogue with one user. Commands win in every state; nothing is met by silence.',
  context: ({ input }) => beginConversation(input),
  initial: 'menu',
  on: {
    'command.start': [
      {
        description: 'A link to a model opens its card.',
        guard: 'hasModelLink',
        target: '.browsing.card',
        actions: 'openLinkedModel',
      },
      { guard: 'hasBrokenLink', target: '.menu', actions: 'hintUnknownLink', reenter: true },
      { target: '.menu', actions: 'goHome', reenter: true },
    ],
    'command.menu': { target: '.menu', actions: 'goHome', reenter: true },
    'command.models': { target: '.menu', actions: 'goHome', reenter: true },
    'command.cancel': { target: '.menu', actions: ['goHome', 'hintCancelled'], reenter: true },
    'command.help': { target: '.help', reenter: true },
    'command.balance': { target: '.balance', reenter: true },
    'command.jobs': { target: '.jobs', reenter: true },
    'command.language': { target: '.language', reenter: true },
    'command.unknown': { actions: 'hintUnknownCommand' },
    'menu.pressed': { target: '.menu', actions: 'goHome', reenter: true },
    'cancel.pressed': { target: '.menu', actions: ['goHome', 'hintCancelled'], reenter: true },
    'category.opened': { target: '.browsing.list', actions: 'openCategory' },
    'model.opened': { target: '.browsing.card', actions: 'openModel' },
    'jobs.opened': { target: '.jobs', reenter: true },
    'balance.opened': { target: '.balance', reenter: true },
    'help.opened': { target: '.help', reenter: true },
    'language.opened': { target: '.language', reenter: true },
    'tap.stale': { description: 'A button of an older screen.', actions: 'hintStale' },
    'text.received': { description: 'Text that nobody asked for.', actions: 'hintText' },
    'media.received': { description: 'A file that nobody asked for.', actions: 'hintFile' },
    'unsupported.received': { actions: 'hintUnsupported' },
    'engine.hiccup': { actions: 'hintHiccup' },
    'job.started': { description: 'Started while the user moved on.', actions: 'trackJob' },
    'job.refused': {
      description: 'Refused while the user moved on: they are told.',
      actions: 'telegram.notice',
    },
    'job.progressed': { actions: 'noteProgress' },
    'job.delivered': { description: 'The result is in the chat.', actions: 'untrackJob' },
    'job.failed': {
      description: 'Failed while the user is elsewhere: they are told, with the money.',
      actions: ['untrackJob', 'telegram.notice'],
    },
    'user.blocked': { actions: 'markBlocked' },
    'user.unblocked': { actions: 'markReachable' },
  },
  states: {
    menu: {
      description: 'What would you like to create?',
      exit: 'clearHint',
    },
    browsing: {
      description: 'Looking at models.',
      initial: 'list',
      exit: 'clearHint',
      states: {
        list: {
          description: 'The models of a category, some at a time, with prices.',
          on: {
            'page.turned': { actions: ['turnPage', 'clearHint'] },
            'back.pressed': { target: '#conversation.menu', actions: 'goHome' },
          },
        },
        card: {
          description: 'One model: what it does and what it costs.',
          on: {
            'draft.begun': { target: '#conversation.drafting', actions: 'beginDraft' },
            'back.pressed': [
              { guard: 'hasList', target: 'list' },
              { target: '#conversation.menu', actions: 'goHome' },
            ],
          },
        },
      },
    },
    drafting: {
      description: 'Filling in an order.',
      initial: 'routing',
      on: {
        'field.opened': { target: '.routing', actions: 'askField' },
        'field.cleared': { target: '.routing', actions: ['clearField', 'askNext'] },
      },
      states: {
        routing: {
          description: 'Which kind of question is next?',
          always: [
            { guard: 'asksChoice', target: 'choosing' },
            { guard: 'asksMedia', target: 'attaching' },
            { guard: 'asksWords', target: 'writing' },
            { target: 'quoting' },
          ],
        },
        choosing: {
          description: 'One of several values, by button.',
          exit: 'clearHint',
          on: {
            'option.chosen': { target: 'routing', actions: ['keepChoice', 'askNext'] },
            'page.turned': { actions: ['turnPage', 'clearHint'] },
            'text.received': [
              { guard: 'textFits', target: 'routing', actions: ['keepText', 'askNext'] },
              { actions: 'hintWaitsChoice' },
            ],
            'media.received': { actions: 'hintWaitsChoice' },
            'back.pressed': [
              { guard: 'isEditing', target: 'preview', actions: 'stopAsking' },
              { guard: 'hasEarlierAnswer', target: 'routing', actions: ['dropLastAnswer'] },
              { target: '#conversation.browsing.card' },
            ],
          },
        },
        writing: {
          description: 'Words or a number, by message.',
          exit: 'clearHint',
          on: {
            'text.received': [
              { guard: 'textFits', target: 'routing', actions: ['keepText', 'askNext'] },
              { actions: 'hintAnswer' },
            ],
            'media.received': { actions: 'hintWaitsWords' },
            'back.pressed': [
              { guard: 'isEditing', target: 'preview', actions: 'stopAsking' },
              { guard: 'hasEarlierAnswer', target: 'routing', actions: ['dropLastAnswer'] },
              { target: '#conversation.browsing.card' },
            ],
          },
        },
        attaching: {
          description: 'A picture, by message.',
          exit: 'clearHint',
          on: {
            'media.received': [
              { guard: 'mediaFits', target: 'routing', actions: ['keepMedia', 'askNext'] },
              { actions: 'hintAnswer' },
            ],
            'text.received': { actions: 'hintWaitsPhoto' },
            'back.pressed': [
              { guard: 'isEditing', target: 'preview', actions: 'stopAsking' },
              { guard: 'hasEarlierAnswer', target: 'routing', actions: ['dropLastAnswer'] },
              { target: '#conversation.browsing.card' },
            ],
          },
        },
        quoting: {
          description: 'The one price function and the balance are asked.',
          entry: ['dropQuote', 'quote.request'],
          on: {
            'quote.ready': { target: 'preview', actions: 'keepQuote' },
            'quote.refused': { target: 'preview', actions: 'keepRefusal' },
          },
        },
        preview: {
          description: 'Everything on one screen: answers, price, balance.',
          exit: 'clearHint',
          on: {
            'run.confirmed': {
              guard: 'isThisQuote',
              target: '#conversation.starting',
              actions: 'nameJob',
            },
            'extras.opened': { target: 'extras' },
            'back.pressed': [
              { guard: 'hasEarlierAnswer', target: 'routing', actions: ['dropLastAnswer'] },
              { target: '#conversation.browsing.card' },
            ],
          },
        },
        extras: {
          description: 'Settings that may be changed but need not.',
          exit: 'clearHint',
          on: {
            'page.turned': { actions: ['turnPage', 'clearHint'] },
            'back.pressed': { target: 'preview' },
          },
        },
      },
    },
    starting: {
      description: 'The order becomes a job: row, hold and actor in one transaction.',
      entry: 'job.start',
      exit: 'clearHint',
      on: {
        'job.started': { guard: 'isAwaitedJob', target: 'watching', actions: 'trackJob' },
        'job.refused': {
          guard: 'isAwaitedJob',
          target: 'drafting.preview',
          actions: 'keepRefusal',
        },
        'text.received': { actions: 'hintStarting' },
        'media.received': { actions: 'hintStarting' },
      },
    },
    watching: {
      description: 'The job runs; the screen shows how it goes.',
      exit: 'clearHint',
      on: {
        'job.progressed': { actions: 'noteProgress' },
        'job.delivered': [
          { guard: 'isAwaitedJob', target: 'finished', actions: ['untrackJob', 'keepEnding'] },
          { actions: 'untrackJob' },
        ],
        'job.failed': [
          { guard: 'isAwaitedJob', target: 'finished', actions: ['untrackJob', 'keepEnding'] },
          { actions: ['untrackJob', 'telegram.notice'] },
        ],
        'text.received': { actions: 'hintWorking' },
        'media.received': { actions: 'hintWorking' },
      },
      after: { progressTick: { target: 'watching', actions: 'countElapsed', reenter: true } },
    },
    finished: {
      description: 'The job has ended, well or not: what next?',
      exit: 'clearHint',
      on: {
        'repeat.pressed': { target: 'drafting.quoting' },
      },
    },
    jobs: {
      description: 'What is being made right now.',
      exit: 'clearHint',
    },
    balance: {
      description: 'Money available and on hold.',
      entry: ['dropBalance', 'balance.request'],
      exit: 'clearHint',
      on: {
        'balance.read': { actions: 'keepBalance' },
      },
    },
    help: {
      description: 'How it works.',
      exit: 'clearHint',
    },
    language: {
      description: 'Russian or English.',
      exit: 'clearHint',
      on: {
        'language.chosen': { target: 'menu', actions: ['chooseLanguage', 'goHome'] },
      },
    },
  },
})
