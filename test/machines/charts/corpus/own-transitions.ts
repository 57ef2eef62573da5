import { createMachine } from 'xstate'

/** Every way to stay, to come back and to forbid. */
export const own = createMachine({
  id: 'own',
  initial: 'a',
  on: { RESTART: { target: '.a', reenter: true }, NOTE: { actions: 'note' } },
  states: {
    a: {
      entry: 'enterA',
      exit: 'leaveA',
      on: {
        SELF: 'a',
        AGAIN: { target: 'a', reenter: true },
        STAY: { actions: 'note' },
        NOTE: {},
        NEXT: 'box',
      },
    },
    box: {
      entry: 'enterBox',
      exit: 'leaveBox',
      initial: 'one',
      on: {
        INNER: '.two',
        OUTER: { target: '.two', reenter: true },
        SELF: { target: 'box' },
        AGAIN: { target: 'box', reenter: true },
      },
      states: {
        one: { on: { NEXT: 'two' } },
        two: { on: { UP: '#own.box', ROOT: '#own', NEXT: '#own.a' } },
      },
    },
  },
})
