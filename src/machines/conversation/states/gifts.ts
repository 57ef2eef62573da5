import { hint } from '../hint.ts'
import { conversationSetup } from '../setup.ts'
import { resumed } from './account.ts'

const backToBalance = { description: 'To the balance.', target: '#conversation.balance' } as const

/** Every ledger entry of the user, in words. */
export const entries = conversationSetup.createStateConfig({
  id: 'conversation.entries',
  description: 'Every movement of the user’s money, in words, some at a time.',
  entry: ['turnEntries', 'entries.request'],
  exit: 'leave',
  on: {
    'entries.read': { description: 'One page of them.', actions: 'keepEntries' },
    'page.turned': { description: 'Another page.', target: 'entries', reenter: true },
    'back.pressed': backToBalance,
    'order.resumed': resumed,
  },
})

/** A link to share, and what came of it. */
export const invite = conversationSetup.createStateConfig({
  id: 'conversation.invite',
  description: 'A link for friends, and what it brought so far.',
  entry: ['dropInvite', 'invite.request'],
  exit: 'leave',
  on: {
    'invite.read': { description: 'How the invitations went.', actions: 'keepInvite' },
    'back.pressed': backToBalance,
    'order.resumed': resumed,
  },
})

/** A promo code, typed. */
export const promo = conversationSetup.createStateConfig({
  id: 'conversation.promo',
  description: 'A promo code is redeemed.',
  initial: 'asking',
  states: {
    asking: {
      id: 'conversation.promo.asking',
      description: 'Which code?',
      exit: 'leave',
      on: {
        'text.received': [
          {
            description: 'Too many codes were tried: the next one in an hour.',
            guard: 'hasTriedEnough',
            actions: hint('promoEnough'),
          },
          {
            description: 'It looks like a code.',
            guard: 'hasCode',
            target: 'checking',
            actions: 'keepCode',
          },
          { description: 'That is not a code.', actions: hint('promoCode') },
        ],
        'media.received': { description: 'A file instead of a code.', actions: hint('promoCode') },
        'back.pressed': backToBalance,
        'order.resumed': resumed,
      },
    },
    checking: {
      id: 'conversation.promo.checking',
      description: 'It is being redeemed.',
      entry: 'promo.redeem',
      exit: 'leave',
      on: {
        'promo.redeemed': {
          description: 'The code was accepted.',
          target: 'redeemed',
          actions: 'keepRedeemed',
        },
        'promo.refused': {
          description: 'The code was refused: why, and another one.',
          target: 'asking',
          actions: 'hintRefusal',
        },
      },
    },
    redeemed: {
      id: 'conversation.promo.redeemed',
      description: 'What the code brought.',
      exit: 'leave',
      on: { 'back.pressed': backToBalance, 'order.resumed': resumed },
    },
  },
})
