import { createMachine } from 'xstate'

/** Keys with dots, and ids that have nothing to do with the path. */
export const dotted = createMachine({
  id: 'com.example.dotted',
  initial: 'v1\\.0'.replace('\\', ''),
  states: {
    'v1.0': { on: { UP: { target: '#second' }, JUMP: '#inside' } },
    other: {
      id: 'second',
      initial: 'x',
      states: { x: { id: 'inside', on: { BACK: '#com\\.example\\.dotted.v1\\.0' } }, y: {} },
      on: { Y: '.y' },
    },
  },
})
