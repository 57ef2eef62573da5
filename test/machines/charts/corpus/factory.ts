import { setup } from 'xstate'

interface Options {
  limit: number
}

export function createDispenser({ limit }: Options = { limit: 3 }) {
  return setup({
    types: {} as { context: { left: number } },
    guards: { isEmpty: ({ context }) => context.left === 0 },
  }).createMachine({
    id: 'dispenser',
    context: { left: limit },
    initial: 'ready',
    states: {
      ready: {
        on: { COIN: [{ guard: 'isEmpty', target: 'empty' }, { target: 'serving' }] },
      },
      serving: { after: { 800: 'ready' } },
      empty: { on: { REFILL: 'ready' } },
    },
  })
}
