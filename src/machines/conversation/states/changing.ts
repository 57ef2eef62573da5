import { hint } from '../hint.ts'
import { conversationSetup } from '../setup.ts'

/** Which answer of a finished order is to be another one? */
export const changing = conversationSetup.createStateConfig({
  id: 'conversation.drafting.changing',
  description: 'An earlier order, with one thing to be changed: which?',
  exit: 'leave',
  on: {
    'field.opened': {
      description: 'This one.',
      target: 'asking',
      actions: 'askFromChange',
    },
    'page.turned': { description: 'More answers.', actions: 'turnPage' },
    'text.received': [
      {
        description: 'New words for what the order is about.',
        guard: 'hasWording',
        target: 'asking',
        actions: 'takeWording',
      },
      { description: 'Which answer is meant?', actions: hint('pickSetting') },
    ],
    'back.pressed': {
      description: 'Nothing is changed: the order as it was, with its price.',
      target: 'asking',
    },
  },
})
