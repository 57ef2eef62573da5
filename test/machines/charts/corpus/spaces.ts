import { setup } from 'xstate'

/** Names that most formats don't allow. */
export const spaced = setup({
  guards: { 'is ok': () => true, 'is < 5 & "quoted"': () => false, 'a.b': () => true },
  actions: { 'write -- it down': () => {} },
}).createMachine({
  id: 'a machine',
  description: 'Ids with spaces; "quotes", <tags> & colons: all of them.',
  initial: 'not begun',
  states: {
    'not begun': {
      on: {
        'user said: go!': { guard: 'is ok', target: 'in the middle' },
        'пауза; #1': { target: 'ждём', actions: 'write -- it down' },
      },
    },
    'in the middle': {
      initial: 'first part',
      states: {
        'first part': { on: { 'next step': 'second part' } },
        'second part': { type: 'final' },
      },
      onDone: { target: 'ждём', guard: 'a.b' },
    },
    ждём: {
      on: {
        'user said: go!': [
          { guard: 'is < 5 & "quoted"', target: 'not begun' },
          { target: 'ещё ждём' },
        ],
      },
      after: { 2000: 'ещё ждём' },
    },
    'ещё ждём': { on: { 'next step': 'ждём' } },
  },
})
