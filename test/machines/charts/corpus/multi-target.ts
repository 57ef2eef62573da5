import { createMachine } from 'xstate'

export const stage = createMachine({
  id: 'stage',
  initial: 'dark',
  states: {
    dark: {
      on: {
        BEGIN: { target: ['show.light.bright', 'show.sound.loud'] as never, actions: 'announce' },
        REHEARSE: { target: 'show' },
      },
    },
    show: {
      type: 'parallel',
      on: {
        END: 'dark',
        CALM: { target: ['.light.dim', '.sound.quiet'] as never, guard: 'isLate' },
        SWAP: { target: ['.light.dim', '.sound.loud'] as never, reenter: true },
      },
      states: {
        light: { initial: 'dim', states: { dim: {}, bright: { on: { DIM: 'dim' } } } },
        sound: { initial: 'quiet', states: { quiet: {}, loud: { on: { HUSH: 'quiet' } } } },
      },
    },
  },
}).provide({ guards: { isLate: () => true } } as never)
