import { beginBroadcast } from './context.ts'
import { broadcastSetup } from './setup.ts'

const cancelled = {
  description: 'Who has not got it yet will not.',
  target: 'cancelled',
} as const

const paused = { description: 'An admin holds it.', target: 'paused' } as const

/** Words, buttons and audience may be changed until it starts. */
const changes = {
  'content.given': {
    description: 'The message, as it stands in the admin’s chat.',
    target: 'previewing',
    actions: ['keepContent', 'dropTrouble'],
  },
  'audience.chosen': { description: 'Whom it is for.', actions: 'keepAudience' },
} as const

/** One broadcast, from the message in an admin’s chat to the last of those it is for. */
export const broadcastMachine = broadcastSetup.createMachine({
  id: 'broadcast',
  description:
    'A message to many people, in batches, slower than Telegram allows and behind all that somebody waits for. Nobody gets it twice.',
  context: ({ input }) => beginBroadcast(input),
  initial: 'draft',
  states: {
    draft: {
      id: 'broadcast.draft',
      tags: 'open',
      description: 'It has no message yet.',
      on: { ...changes, 'cancel.wanted': cancelled },
    },
    previewing: {
      id: 'broadcast.previewing',
      tags: 'open',
      description: 'The admin gets it as people would: message, buttons, the way out.',
      entry: 'broadcast.preview',
      on: {
        ...changes,
        'preview.sent': {
          description: 'It stands in the admin’s chat.',
          target: 'ready',
          actions: 'dropTrouble',
        },
        'preview.failed': {
          description: 'Telegram does not take it: another message is needed.',
          target: 'draft',
          actions: 'keepTrouble',
        },
        'buttons.given': {
          description: 'Other buttons: it is shown again.',
          target: 'previewing',
          actions: 'keepButtons',
          reenter: true,
        },
        'cancel.wanted': cancelled,
      },
    },
    ready: {
      id: 'broadcast.ready',
      tags: 'open',
      description: 'It was seen as people will see it; it can be changed, or sent.',
      on: {
        ...changes,
        'buttons.given': {
          description: 'Other buttons: it is shown again.',
          target: 'previewing',
          actions: 'keepButtons',
        },
        'preview.wanted': { description: 'Once more to oneself.', target: 'previewing' },
        'start.wanted': {
          description: 'It is to be sent.',
          guard: 'hasContent',
          target: 'starting',
        },
        'cancel.wanted': cancelled,
      },
    },
    starting: {
      id: 'broadcast.starting',
      tags: 'sending',
      description: 'Its recipients are fixed, once; and it takes the turn, if no other has it.',
      entry: 'broadcast.turn',
      on: {
        'turn.given': [
          {
            description: 'There is nobody like that.',
            guard: 'isForNobody',
            target: 'done',
            actions: 'keepTotal',
          },
          {
            description: 'The first batch goes out.',
            target: 'sending',
            actions: ['keepTotal', 'dropTrouble'],
          },
        ],
        'turn.refused': { description: 'Another one is being sent.', target: 'queued' },
        'step.failed': {
          description: 'It could not be begun.',
          target: 'paused',
          actions: 'keepTrouble',
        },
        'pause.wanted': paused,
        'cancel.wanted': cancelled,
      },
    },
    queued: {
      id: 'broadcast.queued',
      description: 'Waits until the other one is over.',
      on: { 'pause.wanted': paused, 'cancel.wanted': cancelled },
      after: { turnPause: { description: 'Is it over?', target: 'starting' } },
    },
    sending: {
      id: 'broadcast.sending',
      tags: 'sending',
      description: 'A batch is on its way; each of its messages is fenced by its own row.',
      entry: ['nextBatch', 'broadcast.batch'],
      on: {
        'batch.done': [
          {
            description: 'Everybody has it, or can’t get it.',
            guard: 'isLast',
            target: 'done',
            actions: 'keepProgress',
          },
          {
            description: 'Telegram refused it for everybody: an admin looks into it.',
            guard: 'isRefused',
            target: 'paused',
            actions: ['keepProgress', 'keepTrouble'],
          },
          {
            description: 'Telegram asks to wait, or can’t be reached.',
            guard: 'mustRest',
            target: 'resting',
            actions: 'keepProgress',
          },
          {
            description: 'The next batch.',
            guard: 'isThisBatch',
            target: 'sending',
            actions: 'keepProgress',
            reenter: true,
          },
        ],
        'step.failed': {
          description: 'The batch could not be sent, however often it was tried.',
          target: 'paused',
          actions: 'keepTrouble',
        },
        'pause.wanted': {
          description: 'Only what is on its way already still arrives.',
          target: 'pausing',
        },
        'cancel.wanted': {
          description: 'Only what is on its way already still arrives.',
          target: 'cancelling',
        },
      },
    },
    pausing: {
      id: 'broadcast.pausing',
      tags: 'sending',
      description: 'The batch says what it has done before it stopped.',
      on: {
        'batch.done': [
          {
            description: 'It was the last one.',
            guard: 'isLast',
            target: 'done',
            actions: 'keepProgress',
          },
          {
            description: 'Nothing is on its way any more.',
            guard: 'isThisBatch',
            target: 'paused',
            actions: 'keepProgress',
          },
        ],
        'step.failed': {
          description: 'The batch can’t say what it has done.',
          target: 'paused',
          actions: 'keepTrouble',
        },
        'cancel.wanted': { description: 'For good.', target: 'cancelling' },
      },
    },
    cancelling: {
      id: 'broadcast.cancelling',
      tags: 'sending',
      description: 'The batch says what it has done before it stopped.',
      on: {
        'batch.done': {
          description: 'Nothing is on its way any more.',
          guard: 'isThisBatch',
          target: 'cancelled',
          actions: 'keepProgress',
        },
        'step.failed': {
          description: 'The batch can’t say what it has done.',
          target: 'cancelled',
          actions: 'keepTrouble',
        },
      },
    },
    resting: {
      id: 'broadcast.resting',
      tags: 'sending',
      description: 'As long as Telegram asks to wait.',
      on: { 'pause.wanted': paused, 'cancel.wanted': cancelled },
      after: { rest: { description: 'The next batch.', target: 'sending' } },
    },
    paused: {
      id: 'broadcast.paused',
      description: 'Nothing is sent until an admin resumes it.',
      on: {
        'resume.wanted': {
          description: 'Whoever has not got it yet is next.',
          target: 'starting',
          actions: 'dropTrouble',
        },
        'cancel.wanted': cancelled,
      },
    },
    cancelled: {
      id: 'broadcast.cancelled',
      tags: 'ended',
      description: 'An admin stopped it for good.',
      entry: 'noteEnd',
    },
    done: {
      id: 'broadcast.done',
      tags: 'ended',
      description: 'Everybody it was for has it, or can’t get it.',
      entry: 'noteEnd',
    },
  },
})
