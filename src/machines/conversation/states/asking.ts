import { conversationSetup } from '../setup.ts'

/** One picture more than the order takes. */
export const onePhoto = {
  description: 'The order has its picture; probably the rest of an album.',
  guard: 'hasPicture',
  actions: 'hintOnePhoto',
} as const

/** One question of the order. */
export const asking = conversationSetup.createStateConfig({
  id: 'conversation.drafting.asking',
  description: 'One question at a time; what is still missing decides which.',
  initial: 'routing',
  on: {
    'option.chosen': {
      description: 'A value, by button.',
      target: '.routing',
      actions: 'keepChoice',
    },
    'answer.kept': {
      description: 'Seen again and left as it is.',
      target: '.routing',
      actions: 'askNext',
    },
    'field.cleared': {
      description: 'An optional answer is taken back.',
      target: '.routing',
      actions: 'clearField',
    },
    'page.turned': { description: 'More values.', actions: 'turnPage' },
    'back.pressed': [
      {
        description: 'Opened from the preview: nothing has changed.',
        guard: 'isFromPreview',
        target: 'preview',
        actions: 'stopAsking',
      },
      {
        description: 'Opened from the settings: nothing has changed.',
        guard: 'isFromExtras',
        target: 'extras',
        actions: 'stopAsking',
      },
      {
        description: 'The question before, with its answer.',
        guard: 'hasPrevious',
        target: '.routing',
        actions: 'askPrevious',
      },
      {
        description: 'Before the first question stands the model.',
        target: '#conversation.browsing.card',
      },
    ],
  },
  states: {
    routing: {
      id: 'conversation.drafting.asking.routing',
      description: 'Which kind of question is next, if any?',
      always: [
        { description: 'Values by button.', guard: 'asksChoice', target: 'choosing' },
        { description: 'A file.', guard: 'asksMedia', target: 'attaching' },
        { description: 'Words or a number.', guard: 'asksWords', target: 'writing' },
        {
          description: 'A setting is set: perhaps one more?',
          guard: 'isFromExtras',
          target: '#conversation.drafting.extras',
        },
        { description: 'All answers are there.', target: '#conversation.drafting.quoting' },
      ],
    },
    choosing: {
      id: 'conversation.drafting.asking.choosing',
      description: 'One of several values, by button or by its name.',
      exit: 'leave',
      on: {
        'text.received': [
          {
            description: 'The name of a value, typed.',
            guard: 'textFits',
            target: 'routing',
            actions: 'keepText',
          },
          { description: 'No value is called that.', actions: 'hintWaitsChoice' },
        ],
        'media.received': [
          onePhoto,
          { description: 'A file is no choice.', actions: 'hintWaitsChoice' },
        ],
      },
    },
    writing: {
      id: 'conversation.drafting.asking.writing',
      description: 'Words or a number, by message.',
      exit: 'leave',
      on: {
        'text.received': [
          {
            description: 'The answer.',
            guard: 'textFits',
            target: 'routing',
            actions: 'keepText',
          },
          { description: 'Too long, out of range, or no number.', actions: 'hintAnswer' },
        ],
        'media.received': [
          {
            description: 'The picture that is asked for later; its caption may be the answer.',
            guard: 'mediaFits',
            target: 'routing',
            actions: 'keepMedia',
          },
          onePhoto,
          { description: 'Words are needed.', actions: 'hintWaitsWords' },
        ],
      },
    },
    attaching: {
      id: 'conversation.drafting.asking.attaching',
      description: 'A picture, by message, as a photo or as a file.',
      exit: 'leave',
      on: {
        'media.received': [
          {
            description: 'The picture; its caption may answer a question to come.',
            guard: 'mediaFits',
            target: 'routing',
            actions: 'keepMedia',
          },
          {
            description: 'The rest of an album whose first picture was taken.',
            guard: 'isAlbumSibling',
            actions: 'hintOnePhoto',
          },
          { description: 'Not a picture, or too large.', actions: 'hintAnswer' },
        ],
        'text.received': { description: 'A picture is needed.', actions: 'hintWaitsPhoto' },
      },
    },
  },
})
