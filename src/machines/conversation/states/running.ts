import { hint } from '../hint.ts'
import { conversationSetup } from '../setup.ts'

// The root handles the news of other jobs; only the awaited one moves these states.

const ended = (description: string) =>
  ({
    description,
    guard: 'isAwaitedJob',
    target: 'finished',
    actions: ['keepEnding', 'untrackJob'],
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
  meta: {
    events: {
      'tap.late': { toast: 'hint.watching' },
      // The status message is changed every 5 s at most.
      'job.progressed': { screen: 'not', if: 'soon' },
      'wait.read': { screen: 'in place' },
    },
  },
  entry: 'wait.request',
  exit: 'leave',
  on: {
    'job.progressed': [
      {
        description: 'One stage further, shown with the next tick.',
        guard: 'isTooSoon',
        actions: 'noteProgress',
      },
      {
        description: 'One stage further.',
        target: 'watching',
        actions: 'noteProgress',
        reenter: true,
      },
    ],
    'jobs.opened': { description: 'All that is at work.', target: 'jobs' },
    'job.cancelled': {
      description: 'It is cancelled if the provider has not been asked; the job says which.',
      actions: ['job.cancel', hint('cancelling')],
    },
    'command.cancel': {
      description: 'The same by command.',
      actions: ['job.cancel', hint('cancelling')],
    },
    'cancel.refused': {
      description: 'Too late: it goes on.',
      actions: hint('tooLate'),
    },
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
  // A result stands below with buttons of its own: nothing comes between it and the user.
  meta: { events: { 'job.delivered': { screen: 'in place' } } },
  exit: 'leave',
  on: {
    'repeat.pressed': {
      description: 'The same order again.',
      target: 'drafting.quoting',
    },
    'balance.opened': { description: 'Little is left on it.', target: 'balance' },
    'reminders.unwanted': {
      description: 'No remarks on money any more.',
      actions: ['leave', 'keepQuiet'],
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
    'change.pressed': {
      description: 'The same order with one change.',
      target: 'drafting.changing',
      actions: 'reopenDraft',
    },
  },
})
