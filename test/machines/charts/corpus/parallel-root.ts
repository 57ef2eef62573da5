import { createMachine } from 'xstate'

export const wordProcessor = createMachine({
  id: 'word',
  type: 'parallel',
  entry: 'open',
  exit: 'close',
  on: { RESET: ['.bold.off', '.list.none'].map((target) => ({ target }))[0] },
  states: {
    bold: { initial: 'off', states: { off: { on: { BOLD: 'on' } }, on: { on: { BOLD: 'off' } } } },
    list: {
      initial: 'none',
      states: {
        none: { on: { BULLETS: 'bullets', NUMBERS: 'numbers' } },
        bullets: { on: { NONE: 'none', NUMBERS: 'numbers' } },
        numbers: { on: { NONE: 'none', BULLETS: 'bullets' } },
      },
    },
  },
})

/** Without any transition of its own, and it ends when all regions do. */
export const handshake = createMachine({
  id: 'handshake',
  type: 'parallel',
  states: {
    left: {
      initial: 'open',
      states: { open: { on: { LEFT: 'given' } }, given: { type: 'final' } },
    },
    right: {
      initial: 'open',
      states: { open: { on: { RIGHT: 'given' } }, given: { type: 'final' } },
    },
  },
})
