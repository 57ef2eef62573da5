import { createMachine } from 'xstate'

interface Level {
  initial: string
  states: Record<string, object>
  on?: Record<string, string>
}

const level = (depth: number): Level => ({
  initial: 'here',
  on: { [`OUT${depth}`]: '.here' },
  states: {
    here: { on: { IN: 'below', TOP: '#deep.here' } },
    below: depth === 0 ? {} : level(depth - 1),
  },
})

/** Seven levels, each in the other. */
export const deep = createMachine({ id: 'deep', ...level(6) })
