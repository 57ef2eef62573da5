import { and, not, or, setup, stateIn } from 'xstate'

export const gate = setup({
  types: {} as { context: { age: number; tickets: number }; events: { type: string } },
  guards: {
    hasTicket: ({ context }) => context.tickets > 0,
    isAtLeast: ({ context }, { age }: { age: number }) => context.age >= age,
    isClosed: () => false,
  },
}).createMachine({
  id: 'gate',
  context: { age: 30, tickets: 1 },
  type: 'parallel',
  states: {
    door: {
      initial: 'shut',
      states: {
        shut: {
          on: {
            ENTER: [
              { guard: and(['hasTicket', not('isClosed')]), target: 'open' },
              { guard: or([stateIn('#lamp.on'), 'isClosed']), target: 'ajar' },
            ],
            PEEK: { guard: { type: 'isAtLeast', params: { age: 18 } }, target: 'ajar' },
            LOOK: { guard: ({ context }) => context.age > 99, target: 'ajar' },
            KNOCK: {
              guard: not(and([stateIn({ light: 'on' }), or(['isClosed', 'hasTicket'])])),
              target: 'open',
            },
          },
        },
        ajar: { on: { PUSH: 'open' } },
        open: { on: { LEAVE: 'shut' } },
      },
    },
    light: {
      id: 'lamp',
      initial: 'off',
      states: {
        off: { id: 'lamp.off', on: { SWITCH: 'on' } },
        on: { id: 'lamp.on', on: { SWITCH: 'off' } },
      },
    },
  },
})
