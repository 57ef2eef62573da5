import { assign, setup } from 'xstate'
import { steps } from './parts/steps.ts'

// @ts-expect-error: an enum is what a stripper of types can't run, and a bundler can
enum Level {
  Low = 'low',
  High = 'high',
}

type Pressed = { type: 'pressed'; level: Level }

/** What type stripping alone can't run (an enum), and a part in another file. */
export const typed = setup({
  types: { context: {} as { level: Level }, events: {} as Pressed | { type: 'released' } },
  guards: { isHigh: ({ event }) => event.type === 'pressed' && event.level === Level.High },
  actions: { keep: assign({ level: Level.High }) },
}).createMachine({
  id: 'typed',
  context: { level: Level.Low },
  initial: 'waiting',
  states: {
    waiting: {
      on: { pressed: [{ guard: 'isHigh', target: 'alarm', actions: 'keep' }, { target: 'noted' }] },
    },
    alarm: { on: { released: 'waiting' } },
    noted: { ...steps, onDone: 'waiting' } as never,
  },
})
