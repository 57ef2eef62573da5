import { createMachine } from 'xstate'

export const player = createMachine({
  id: 'player',
  initial: 'stopped',
  states: {
    stopped: { on: { PLAY: 'playing.last', RESUME: 'playing.deepest', HELP: 'help' } },
    playing: {
      initial: 'normal',
      on: { STOP: 'stopped' },
      states: {
        normal: {
          initial: 'slow',
          on: { SWAP: 'fast' },
          states: { slow: { on: { UP: 'quick' } }, quick: { on: { DOWN: 'slow' } } },
        },
        fast: { on: { SWAP: 'normal' } },
        last: { type: 'history' },
        deepest: { type: 'history', history: 'deep', target: 'fast' },
      },
    },
    help: { on: { BACK: 'playing.last' } },
  },
})

export const panels = createMachine({
  id: 'panels',
  initial: 'shown',
  states: {
    hidden: { on: { SHOW: 'shown.before' } },
    shown: {
      type: 'parallel',
      on: { HIDE: 'hidden' },
      states: {
        before: { type: 'history', history: 'deep' },
        left: { initial: 'a', states: { a: { on: { LEFT: 'b' } }, b: { on: { LEFT: 'a' } } } },
        right: { initial: 'a', states: { a: { on: { RIGHT: 'b' } }, b: {} } },
      },
    },
  },
})
