import { createMachine } from 'xstate'

export const VERSION = 3
export const help = (name: string) => `help for ${name}`

export const door = createMachine({
  id: 'door',
  initial: 'closed',
  states: {
    closed: { on: { OPEN: 'opened', LOCK: 'locked' } },
    opened: { on: { CLOSE: 'closed' } },
    locked: { on: { UNLOCK: 'closed' } },
  },
})

export const machines = {
  counter: createMachine({ id: 'counter', context: { n: 0 }, on: { ADD: { actions: 'add' } } }),
}

export const elevator = createMachine({
  id: 'elevator',
  initial: 'floor1',
  states: { floor1: { on: { UP: 'floor2' } }, floor2: { on: { DOWN: 'floor1' } } },
})
