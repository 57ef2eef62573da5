import { hint } from '../hint.ts'
import { conversationSetup } from '../setup.ts'

/** For admins: one user, and what can be decided about them. */
export const person = conversationSetup.createStateConfig({
  id: 'conversation.admin.person',
  description: 'One user, and what can be decided about them.',
  initial: 'asking',
  states: {
    asking: {
      id: 'conversation.admin.person.asking',
      description: 'Whom? An id, a name, or a message of theirs.',
      entry: 'openPerson',
      exit: 'leave',
      on: {
        'text.received': {
          description: 'An id, a name, or a message that was passed on.',
          target: 'card',
          actions: 'findPerson',
        },
        'back.pressed': { description: 'To the overview.', target: '#conversation.admin' },
      },
    },
    card: {
      id: 'conversation.admin.person.card',
      description: 'Balance, orders, payments, invitations; what can be done.',
      entry: ['dropPerson', 'admin.person'],
      exit: 'leave',
      on: {
        'person.read': {
          description: 'The user as they are now.',
          guard: 'isThisPerson',
          actions: 'keepPerson',
        },
        'text.received': {
          description: 'Another user.',
          target: 'card',
          actions: 'findPerson',
          reenter: true,
        },
        'person.intended': {
          description: 'Why, and how much?',
          target: 'explaining',
          actions: 'keepPersonIntent',
        },
        'back.pressed': { description: 'Another user.', target: 'asking' },
      },
    },
    explaining: {
      id: 'conversation.admin.person.explaining',
      description: 'The reason, which is journalled, and a number where one is needed.',
      exit: 'leave',
      on: {
        'text.received': [
          {
            description: 'All that is needed.',
            guard: 'isPersonOrder',
            target: 'agreeing',
            actions: 'keepPersonWords',
          },
          { description: 'Something is missing.', actions: hint('personWords') },
        ],
        'back.pressed': { description: 'Back to the card.', target: 'card' },
      },
    },
    agreeing: {
      id: 'conversation.admin.person.agreeing',
      description: 'Confirmation before anything is done.',
      exit: 'leave',
      on: {
        'person.agreed': { description: 'Confirmed.', target: 'deciding' },
        'back.pressed': { description: 'Not confirmed.', target: 'card' },
      },
    },
    deciding: {
      id: 'conversation.admin.person.deciding',
      description: 'It is being done, and journalled with who and why.',
      entry: 'admin.person_decide',
      exit: 'leave',
      on: {
        'person.decided': {
          description: 'What came of it, above the card as it is now.',
          target: 'card',
          actions: 'hintPersonOutcome',
        },
      },
    },
  },
})
