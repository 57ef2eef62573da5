import {
  createMachine,
  forwardTo,
  fromCallback,
  fromPromise,
  sendParent,
  sendTo,
  setup,
} from 'xstate'

const child = createMachine({
  id: 'clock',
  initial: 'ticking',
  states: {
    ticking: { on: { STOP: 'stopped' }, entry: sendParent({ type: 'CHILD.TICKS' }) },
    stopped: { type: 'final' },
  },
})

/** Actors of every kind: machines, promises, callbacks; with and without names. */
export const parentMachine = setup({
  actors: { child, listen: fromCallback(() => {}) },
}).createMachine({
  id: 'parent',
  initial: 'working',
  invoke: { src: 'listen' },
  states: {
    working: {
      invoke: [
        {
          id: 'clock',
          src: 'child',
          onDone: 'resting',
          onError: { target: 'broken' },
          onSnapshot: { actions: 'noteSnapshot' },
        },
        { src: fromPromise(async () => 1), onDone: { actions: 'noteDone' } },
      ] as never,
      on: {
        'CHILD.TICKS': { actions: 'noteTick' as never },
        STOP: { actions: sendTo('clock', { type: 'STOP' }) },
        PASS: { actions: forwardTo('clock') },
      },
    },
    resting: { on: { WAKE: 'working' } },
    broken: { type: 'final' },
  },
})
