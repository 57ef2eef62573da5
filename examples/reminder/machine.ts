import { assign, setup } from 'xstate'
import {
  defineMachine,
  type EffectParams,
  effectActions,
} from '../../src/machines/engine/definition.ts'

interface Reminder {
  text: string
  delayMs: number
}

type ReminderEvent = { type: 'reminder.set' } & Reminder

/** What a reminder asks for, and with what. */
const effects = {
  'reminder.send': ({ context }: { context: Reminder }) => ({ text: context.text }),
} satisfies Record<string, EffectParams>

const reminderMachine = setup({
  types: {} as { context: Reminder; events: ReminderEvent },
  actions: {
    keep: assign(({ event }) => ({ text: event.text, delayMs: event.delayMs })),
    ...effectActions(effects),
  },
  delays: { wait: ({ context }) => context.delayMs },
}).createMachine({
  id: 'reminder',
  description: 'Says something once, after a while.',
  context: { text: '', delayMs: 0 },
  initial: 'set',
  states: {
    set: {
      description: 'Nobody has said yet what to remind of, or when.',
      on: { 'reminder.set': { target: 'waiting', actions: 'keep' } },
    },
    waiting: {
      description: 'A timer in the database; setting it again begins the wait anew.',
      on: { 'reminder.set': { target: 'waiting', reenter: true, actions: 'keep' } },
      after: { wait: 'fired' },
    },
    fired: { description: 'The end.', entry: 'reminder.send', type: 'final' },
  },
})

/** A reminder comes into being with its first event. */
export const reminder = defineMachine({
  id: 'reminder',
  version: 1,
  machine: reminderMachine,
  effects,
  inputOf: () => ({}),
})
