import { hint } from '../hint.ts'
import { conversationSetup } from '../setup.ts'

/** A tap on the message of a result: its order is read first, whatever the screen shows. */
const recalled = (description: string) =>
  ({ description, target: '.recalling', actions: 'recall', reenter: true }) as const

/** Buttons on the messages of results; they work in every state. */
export const messageTaps = {
  'result.again': recalled('The same order, at the price on the button.'),
  'result.reword': recalled('The same order with other words.'),
  'result.vary': recalled('Several more of the same order.'),
  'result.enhance': recalled('The result, larger and clearer.'),
  'result.animate': recalled('The picture becomes a film.'),
  'result.reuse': recalled('What else can be made of it?'),
  'result.share': recalled('A link to it, for others.'),
  'result.original': {
    description: 'The original files come below.',
    actions: 'telegram.sendOriginal',
  },
  'result.favoured': {
    description: 'Added to the favourites.',
    actions: ['favourite.set', 'telegram.markResult'],
  },
  'result.unfavoured': {
    description: 'Removed from the favourites.',
    actions: ['favourite.set', 'telegram.markResult'],
  },
} as const

/** An order is read whose result was tapped. */
export const recalling = conversationSetup.createStateConfig({
  id: 'conversation.recalling',
  description: 'A button below a result was tapped: its order is read from the store.',
  entry: 'result.request',
  exit: 'leave',
  on: {
    'result.read': [
      {
        description: 'It is no order of this user, or its model is unknown by now.',
        guard: 'isNoRecall',
        target: 'menu',
        actions: ['goHome', hint('noResult')],
      },
      {
        description: 'The same again, at the price on the button.',
        guard: 'isAgainAtPrice',
        target: 'starting',
        actions: 'beginAgain',
      },
      {
        description: 'Other words, please.',
        guard: 'wantsOtherWords',
        target: 'drafting.asking',
        actions: 'beginReworded',
      },
      {
        description: 'A link to it.',
        guard: 'wantsShare',
        target: 'results.sharing',
        actions: ['keepCard', 'openShare'],
      },
      {
        description: 'How many?',
        guard: 'wantsVariants',
        target: 'results.varying',
        actions: 'keepCard',
      },
      {
        description: 'One file, and a task for it: the picks with their prices.',
        guard: 'isFollowUp',
        target: 'offering',
        actions: 'beginFollowUp',
      },
      {
        description: 'Which file, for what, with which model?',
        guard: 'wantsUse',
        target: 'results.using',
        actions: 'keepCard',
      },
      {
        description: 'The order as it was, with the price of now.',
        guard: 'isThisResult',
        target: 'drafting.asking',
        actions: ['keepCard', 'repeatResult'],
      },
    ],
    'text.received': { description: 'The order is being read.', actions: hint('wait') },
    'media.received': { description: 'The order is being read.', actions: hint('wait') },
  },
})
