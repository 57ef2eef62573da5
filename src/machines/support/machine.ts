import { assign, setup } from 'xstate'
import { effectActions } from '../engine/definition.ts'
import { beginThread, type SupportContext, type SupportInput } from './context.ts'
import { type SupportNote, supportEffects } from './effects.ts'
import type { StampedSupportEvent } from './events.ts'

const note = (about: SupportNote) => ({ type: 'support.note', params: { note: about } }) as const

const supportSetup = setup({
  types: {} as {
    context: SupportContext
    input: SupportInput
    events: StampedSupportEvent
  },
  actions: {
    noteSaid: assign(({ context, event }) =>
      event.type === 'user.said' ? { said: context.said + 1, language: event.language } : {},
    ),
    noteAnswer: assign(({ event }) => ('name' in event ? { answeredBy: event.name } : {})),
    keepTopic: assign(({ event }) =>
      event.type === 'topic.opened'
        ? { topic: { chatId: event.chatId, topicId: event.topicId } }
        : {},
    ),
    ...effectActions(supportEffects),
  },
})

const solvedByUser = {
  description: 'The user says that all is well.',
  target: 'solved',
  actions: note('solvedByUser'),
} as const

const solvedByStaff = {
  description: 'Somebody of the staff says that all is well; the user is told who.',
  target: 'solved',
  actions: ['noteAnswer', note('solvedByStaff')],
} as const

/** One user's thread with support: it never ends, a solved one is opened again by new words. */
export const supportMachine = supportSetup.createMachine({
  id: 'support',
  description:
    'One user’s thread with support. What either side says reaches the other, in order, whoever says it.',
  context: ({ input }) => beginThread(input),
  initial: 'quiet',
  on: {
    'user.said': {
      description: 'Words or a file for the staff.',
      target: '.waiting',
      actions: ['noteSaid', 'support.post'],
    },
    'staff.said': {
      description: 'Somebody of the staff answers; several may, each in their own name.',
      target: '.answered',
      actions: ['noteAnswer', 'support.answer'],
    },
    'topic.opened': {
      description: 'The topic where the staff reads this thread.',
      actions: 'keepTopic',
    },
  },
  states: {
    quiet: {
      id: 'support.quiet',
      description: 'Nothing was said yet.',
    },
    waiting: {
      id: 'support.waiting',
      description: 'The user waits for an answer.',
      on: { 'user.solved': solvedByUser, 'staff.solved': solvedByStaff },
    },
    answered: {
      id: 'support.answered',
      description: 'The staff has answered; the user may write again.',
      on: { 'user.solved': solvedByUser, 'staff.solved': solvedByStaff },
    },
    solved: {
      id: 'support.solved',
      description: 'One of both sides said that all is well.',
    },
  },
})
