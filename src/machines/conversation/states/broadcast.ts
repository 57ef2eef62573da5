import { hint } from '../hint.ts'
import { notify } from '../notices.ts'
import { conversationSetup } from '../setup.ts'

const order = (isContent: boolean) => ({ type: 'broadcast.order', params: { isContent } }) as const

const toCard = { description: 'Back to the broadcast.', target: 'card' } as const

/** For admins: messages to many people. */
export const broadcast = conversationSetup.createStateConfig({
  id: 'conversation.admin.broadcast',
  description: 'Messages to many people.',
  initial: 'list',
  states: {
    list: {
      id: 'conversation.admin.broadcast.list',
      description: 'The newest of them, and a new one.',
      entry: ['dropBroadcasts', 'admin.broadcasts'],
      exit: 'leave',
      on: {
        'broadcasts.read': { description: 'The list.', actions: 'keepBroadcasts' },
        'broadcast.begun': {
          description: 'A new one.',
          target: 'composing',
          actions: 'beginBroadcast',
        },
        'broadcast.opened': {
          description: 'One of them.',
          target: 'card',
          actions: 'openBroadcast',
        },
        'back.pressed': { description: 'To the overview.', target: '#conversation.admin' },
      },
    },
    composing: {
      id: 'conversation.admin.broadcast.composing',
      description: 'The message, as people will get it.',
      exit: 'leave',
      on: {
        'text.received': {
          description: 'Words, with all their formatting.',
          target: 'card',
          actions: order(true),
        },
        'media.received': [
          {
            description: 'A picture, a film, a file, with or without words.',
            guard: 'hasBroadcastContent',
            target: 'card',
            actions: order(true),
          },
          { description: 'An album can’t be copied.', actions: hint('broadcastAlbum') },
        ],
        'back.pressed': [
          { description: 'Nothing was begun.', guard: 'isNewBroadcast', target: 'list' },
          toCard,
        ],
      },
    },
    card: {
      id: 'conversation.admin.broadcast.card',
      description: 'One broadcast: what it is, how far it is, what can be done.',
      entry: 'admin.broadcast',
      exit: 'leave',
      on: {
        'broadcast.read': {
          description: 'As it is now.',
          guard: 'isThisBroadcast',
          actions: 'keepBroadcast',
        },
        'broadcast.changed': {
          description: 'It has moved on.',
          guard: 'isThisBroadcast',
          actions: 'keepBroadcast',
        },
        'broadcast.opened': { description: 'Read again.', target: 'card', reenter: true },
        'broadcast.reworded': { description: 'Another message.', target: 'composing' },
        'broadcast.buttons.opened': { description: 'Other buttons.', target: 'buttons' },
        'broadcast.audience.opened': { description: 'Other people.', target: 'audience' },
        'broadcast.wanted': {
          description: 'Preview, pause, resume, cancel: the broadcast itself decides.',
          actions: order(false),
        },
        'broadcast.start.opened': { description: 'Sure?', target: 'agreeing' },
        'back.pressed': { description: 'To the list.', target: 'list' },
      },
    },
    buttons: {
      id: 'conversation.admin.broadcast.buttons',
      description: 'The buttons below the message, one in a line.',
      exit: 'leave',
      on: {
        'text.received': [
          {
            description: 'Buttons.',
            guard: 'hasBroadcastButtons',
            target: 'card',
            actions: order(false),
          },
          { description: 'A line is no button.', actions: hint('broadcastButtons') },
        ],
        'broadcast.buttons.dropped': {
          description: 'No buttons.',
          target: 'card',
          actions: order(false),
        },
        'back.pressed': toCard,
      },
    },
    audience: {
      id: 'conversation.admin.broadcast.audience',
      description: 'Whom it is for.',
      entry: ['dropCounts', 'admin.audience'],
      exit: 'leave',
      on: {
        'audience.read': { description: 'How many there are.', actions: 'keepCounts' },
        'broadcast.audience.chosen': {
          description: 'These.',
          target: 'card',
          actions: order(false),
        },
        'back.pressed': toCard,
      },
    },
    agreeing: {
      id: 'conversation.admin.broadcast.agreeing',
      description: 'Confirmation before anything leaves, with the number of people.',
      entry: ['dropCounts', 'admin.audience'],
      exit: 'leave',
      on: {
        'audience.read': { description: 'How many there are.', actions: 'keepCounts' },
        'broadcast.agreed': { description: 'Confirmed.', target: 'card', actions: order(false) },
        'back.pressed': toCard,
      },
    },
  },
})

/** What every state hears of broadcasts, and of the button below them. */
export const broadcastNews = {
  'broadcast.changed': [
    {
      description: 'It is over, or stopped by itself: its admin looks elsewhere and is notified.',
      guard: 'isBroadcastOver',
      actions: notify('broadcastOver'),
    },
    { description: 'It has moved on while its admin looks elsewhere.' },
  ],
  'news.muted': {
    description: 'No more news, please: by one tap below a broadcast.',
    actions: ['keepNewsChoice', 'news.choose'],
  },
  'news.unmuted': {
    description: 'News again.',
    actions: ['keepNewsChoice', 'news.choose'],
  },
} as const
