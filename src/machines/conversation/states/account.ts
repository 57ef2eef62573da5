import { hint } from '../hint.ts'
import { conversationSetup } from '../setup.ts'

/** For states beside an order in the making. */
export const resumed = {
  description: 'Back to the unfinished order.',
  guard: 'hasOrder',
  target: '#conversation.drafting',
} as const

/** What is being made right now. */
export const jobs = conversationSetup.createStateConfig({
  id: 'conversation.jobs',
  description: 'Running jobs.',
  entry: ['noteTime', 'wait.request'],
  exit: 'leave',
  on: {
    'jobs.opened': { description: 'The times anew.', target: 'jobs', reenter: true },
    'job.cancelled': {
      description: 'It is cancelled if the provider has not been asked; the job says which.',
      actions: ['job.cancel', hint('cancelling')],
    },
    'cancel.refused': { description: 'Too late: it goes on.', actions: hint('tooLate') },
    'order.resumed': resumed,
  },
})

/** Money available and on hold. */
export const balance = conversationSetup.createStateConfig({
  id: 'conversation.balance',
  description: 'Money available and on hold.',
  entry: ['dropBalance', 'balance.request'],
  exit: 'leave',
  on: {
    'balance.read': { description: 'What the accounts say.', actions: 'keepBalance' },
    'reminders.unwanted': {
      description: 'No remarks on money any more.',
      actions: ['leave', 'keepQuiet'],
    },
    'reminders.wanted': { description: 'Remarks on money again.', actions: ['leave', 'dropQuiet'] },
    'entries.opened': { description: 'Where the money came from and went.', target: 'entries' },
    'invite.opened': { description: 'Bring a friend.', target: 'invite' },
    'promo.opened': { description: 'A promo code, please.', target: 'promo' },
    'order.resumed': resumed,
  },
})

/** How it works. */
export const help = conversationSetup.createStateConfig({
  id: 'conversation.help',
  description: 'How it works.',
  exit: 'leave',
  on: { 'order.resumed': resumed },
})

const choice = ['leave', 'keepNewsChoice', 'news.choose'] as const

/** What is new in this version. */
export const news = conversationSetup.createStateConfig({
  id: 'conversation.news',
  description: 'What is new in this version; whether the user wants to hear such things.',
  entry: 'noteNewsTold',
  exit: 'leave',
  on: {
    'news.declined': { description: 'No more news, please.', actions: choice },
    'news.accepted': { description: 'News again.', actions: choice },
    'order.resumed': resumed,
  },
})

/** Russian or English. */
export const language = conversationSetup.createStateConfig({
  id: 'conversation.language',
  description: 'Russian or English.',
  exit: 'leave',
  on: {
    'language.chosen': [
      {
        description: 'The order goes on in the new language.',
        guard: 'hasOrder',
        target: 'drafting',
        actions: 'chooseLanguage',
      },
      {
        description: 'The menu in the new language.',
        target: 'menu',
        actions: ['chooseLanguage', 'goHome'],
      },
    ],
    'order.resumed': resumed,
  },
})
