import { assign, cancel, emit, enqueueActions, log, raise, setup } from 'xstate'

export const builtIn = setup({
  types: {} as { context: { n: number }; events: { type: string }; emitted: { type: string } },
  actions: { again: raise({ type: 'AGAIN' }), add: assign({ n: ({ context }) => context.n + 1 }) },
}).createMachine({
  id: 'builtIn',
  context: { n: 0 },
  initial: 'a',
  entry: log('begun'),
  states: {
    a: {
      entry: [raise({ type: 'LATER' }, { delay: 1_000, id: 'later' }), 'add'],
      exit: cancel('later'),
      on: { GO: { target: 'b', actions: ['again', log(({ context }) => context.n)] }, LATER: 'c' },
    },
    b: {
      entry: [emit({ type: 'entered' }), raise({ type: 'NOW' })],
      on: { AGAIN: { actions: 'add' }, NOW: 'c' },
    },
    c: {
      on: {
        MANY: {
          target: 'a',
          actions: enqueueActions(({ enqueue }) => {
            enqueue('add')
            enqueue.raise({ type: 'GO' })
          }),
        },
        CHANGE: { actions: assign(({ context }) => ({ n: context.n * 2 })) },
      },
    },
  },
})
