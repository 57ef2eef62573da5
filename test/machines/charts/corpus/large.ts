import { createMachine } from 'xstate'

const names = Array.from({ length: 15 }, (_, i) => `step${i + 1}`)
const hall = (next: string) => ({
  initial: 'step1',
  on: { LEAVE: next },
  states: Object.fromEntries(
    names.map((name, i) => [
      name,
      {
        on: {
          NEXT: names[i + 1] ?? `#large.${next}`,
          ...(i % 4 === 3 ? { BACK: names[i - 3] } : {}),
          ...(i % 5 === 4 ? { HELP: '#large.help' } : {}),
        },
      },
    ]),
  ),
})

/** Sixty states and more, as a program makes them. */
export const large = createMachine({
  id: 'large',
  initial: 'north',
  on: { RESET: '.north' },
  states: {
    north: hall('east'),
    east: hall('south'),
    south: hall('west'),
    west: hall('north'),
    help: { on: { DONE: 'north' }, after: { 30000: 'north' } },
  },
})
