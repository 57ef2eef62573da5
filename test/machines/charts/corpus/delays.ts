import { raise, sendTo, setup } from 'xstate'

export const timers = setup({
  types: {} as { context: { wait: number }; events: { type: string } },
  delays: { short: 200, computed: ({ context }) => context.wait },
}).createMachine({
  id: 'timers',
  context: { wait: 90_000 },
  initial: 'a',
  states: {
    a: { after: { short: 'b', computed: { target: 'c', guard: () => true } } },
    b: {
      entry: [
        raise({ type: 'PING' }, { delay: 'short' }),
        raise({ type: 'PONG' }, { delay: ({ context }) => context.wait }),
        sendTo(({ self }) => self, { type: 'PING' }),
      ],
      on: { PING: 'c', PONG: 'a' },
      after: { 86400000: 'a', 3600000: 'c', 61000: 'c' },
    },
    c: { on: { GO: 'a' } },
  },
})
