import { assign, createMachine } from 'xstate'

export const router = createMachine(
  {
    id: 'router',
    context: { hops: 0 },
    initial: 'start',
    states: {
      start: { on: { GO: 'deciding' } },
      deciding: {
        entry: 'hop',
        always: [
          { guard: 'isMany', target: 'ended' },
          { guard: 'isOdd', target: 'odd', actions: 'note' },
          { target: 'even' },
        ],
      },
      odd: { on: { GO: 'deciding' }, always: { actions: 'note', guard: 'never' } },
      even: { on: { GO: 'deciding' } },
      ended: { type: 'final' },
    },
  },
  {
    guards: {
      isMany: ({ context }) => context.hops > 4,
      isOdd: ({ context }) => context.hops % 2 === 1,
      never: () => false,
    },
    actions: { hop: assign({ hops: ({ context }) => context.hops + 1 }), note: () => {} },
  },
)
