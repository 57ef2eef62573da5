import { hint } from '../hint.ts'
import { conversationSetup } from '../setup.ts'
import { endingActions } from './results.ts'

// The root handles the news of other jobs; only the awaited one moves these states.

const ended = (description: string) =>
  ({
    description,
    guard: 'isAwaitedJob',
    target: 'finished',
    actions: ['untrackJob', 'keepEnding'],
  }) as const

/** The order is being turned into a job. */
export const starting = conversationSetup.createStateConfig({
  id: 'conversation.starting',
  description: 'The order becomes a job: row, hold and actor in one transaction.',
  meta: { events: { 'tap.late': { toast: 'hint.starting' } } },
  entry: 'job.start',
  exit: 'leave',
  on: {
    'job.started': {
      description: 'The job exists, its money is on hold.',
      guard: 'isAwaitedJob',
      target: 'watching',
      actions: 'trackJob',
    },
    'job.refused': {
      description: 'No job, no money moved: what would it cost now?',
      guard: 'isAwaitedJob',
      target: 'drafting.quoting',
    },
    'job.progressed': {
      description: 'It runs already; news of its start is late.',
      guard: 'isAwaitedJob',
      target: 'watching',
      actions: 'trackJob',
    },
    'job.delivered': ended('Finished before news of its start came.'),
    'job.failed': ended('Failed before news of its start came.'),
    'command.cancel': {
      description: 'Too late: the order may have become a job.',
      target: 'menu',
      actions: ['goHome', hint('tooLate')],
    },
    'media.received': {
      description: 'The rest of an album whose order is on its way.',
      guard: 'isSibling',
      actions: hint('starting'),
    },
  },
})

/** A job at work. */
export const watching = conversationSetup.createStateConfig({
  id: 'conversation.watching',
  description: 'The job runs; the screen shows how it goes.',
  meta: { events: { 'tap.late': { toast: 'hint.watching' } } },
  exit: 'leave',
  on: {
    'job.delivered': ended('The result is in the chat.'),
    'job.failed': ended('The job failed, the money is back.'),
    'media.received': {
      description: 'The rest of an album whose order is on its way.',
      guard: 'isSibling',
      actions: hint('watching'),
    },
  },
  after: {
    progressTick: {
      description: 'The elapsed time is shown anew, ever more rarely.',
      target: 'watching',
      actions: 'noteTime',
      reenter: true,
    },
  },
})

/** A job has ended. */
export const finished = conversationSetup.createStateConfig({
  id: 'conversation.finished',
  description: 'The job has ended, well or not: what next?',
  exit: 'leave',
  on: {
    'repeat.pressed': {
      description: 'The same order again.',
      target: 'drafting.quoting',
    },
    'text.received': {
      description: 'The same order with other words, or another one: by one tap.',
      target: 'offering',
      actions: 'beginWishAfter',
    },
    'media.received': {
      description: 'The same order with another file, or another one: by one tap.',
      target: 'offering',
      actions: 'beginWishAfter',
    },
    ...endingActions,
  },
})
