import { hint } from '../hint.ts'
import { conversationSetup } from '../setup.ts'

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
    'idea.chosen': {
      description: 'A ready wish in place of words.',
      target: '.routing',
      actions: 'keepIdea',
    },
    'answer.kept': {
      description: 'What is gathered is all, or an answer seen again is left as it is.',
      target: '.routing',
      actions: 'finishAnswer',
    },
    'item.removed': {
      description: 'The last of what is gathered is taken back.',
      target: '.routing',
      actions: 'removeLast',
    },
    'answer.emptied': {
      description: 'The answer begins anew.',
      target: '.routing',
      actions: 'emptyAnswer',
    },
    'field.cleared': {
      description: 'An optional answer is taken back.',
      target: '.routing',
      actions: 'clearField',
    },
    'text.received': [
      {
        description: 'The answer or a part of it: words, the name of a value, a link to a file.',
        guard: 'isTaken',
        target: '.routing',
        actions: 'takeMessage',
      },
      { description: 'Too long, out of range, no number, no value.', actions: 'takeMessage' },
    ],
    'media.received': [
      {
        description: 'A file for this question or one to come; its caption may be an answer too.',
        guard: 'isTaken',
        target: '.routing',
        actions: 'takeMessage',
      },
      { description: 'Not what is asked for, too large, or one too many.', actions: 'takeMessage' },
    ],
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
        description: 'Opened to change an earlier order: nothing has changed.',
        guard: 'isFromChange',
        target: 'changing',
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
        {
          description: 'A file must be probed.',
          guard: 'hasInspection',
          target: 'inspecting',
        },
        { description: 'Values by button.', guard: 'asksChoice', target: 'choosing' },
        { description: 'A file.', guard: 'asksMedia', target: 'attaching' },
        {
          description: 'Several files, items or scenes.',
          guard: 'gathersItems',
          target: 'gathering',
        },
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
    },
    writing: {
      id: 'conversation.drafting.asking.writing',
      description: 'Words or a number, by message; long texts come in several.',
      exit: 'leave',
    },
    attaching: {
      id: 'conversation.drafting.asking.attaching',
      description: 'A file, by message or as a link.',
      exit: 'leave',
    },
    gathering: {
      id: 'conversation.drafting.asking.gathering',
      description: 'Several files, items or scenes, until the user says that this is all.',
      exit: 'leave',
    },
    inspecting: {
      id: 'conversation.drafting.asking.inspecting',
      description: 'The first file in line is probed; more may come meanwhile.',
      entry: 'media.inspect',
      exit: 'leave',
      on: {
        'media.inspected': {
          description: 'What it truly is: the rules are applied to that.',
          guard: 'isThisInspection',
          target: 'routing',
          actions: 'settleFile',
        },
        'media.refused': {
          description: 'It does not open, is too large, or is not there.',
          guard: 'isThisInspection',
          target: 'routing',
          actions: 'settleFile',
        },
        'media.received': [
          { description: 'One more to probe.', guard: 'isTaken', actions: 'takeMessage' },
          { description: 'One too many, or not what is asked for.', actions: 'takeMessage' },
        ],
        'text.received': {
          description: 'Too early: the file is being probed.',
          actions: hint('checking'),
        },
        'back.pressed': {
          description: 'To the question, without the files that are still in line.',
          target: 'routing',
          actions: 'dropInspections',
        },
      },
      after: {
        inspectionTimeout: {
          description: 'No answer: the user may send it again.',
          target: 'routing',
          actions: 'settleFile',
        },
      },
    },
  },
})
