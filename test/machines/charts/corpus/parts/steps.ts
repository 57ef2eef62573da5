/** A part of a machine in a file of its own. */
export const steps = {
  initial: 'first',
  states: {
    first: { on: { released: 'second' } },
    second: { on: { released: 'third' } },
    third: { type: 'final' },
  },
} as const
