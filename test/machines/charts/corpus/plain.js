import { createMachine } from 'xstate'

export const vending = createMachine({
  id: 'vending',
  initial: 'idle',
  states: {
    idle: { on: { COIN: { target: 'choosing', actions: ({ event }) => console.log(event) } } },
    choosing: { on: { PICK: 'idle', REFUND: { target: 'idle', guard: () => 1 > 0 } } },
  },
})
