import { assign, fromPromise, setup, spawnChild, stopChild } from 'xstate'

export const spawner = setup({
  types: {} as { context: { workers: unknown[] } },
  actors: { worker: fromPromise(async () => 'done') },
  guards: { hasWorkers: ({ context }) => context.workers.length > 0 },
}).createMachine({
  id: 'spawner',
  context: { workers: [] },
  initial: 'idle',
  states: {
    idle: {
      on: {
        START: { target: 'busy', actions: spawnChild('worker', { id: 'first' }) },
        ADD: {
          actions: assign({
            workers: ({ context, spawn }) => [...context.workers, spawn('worker')],
          }),
        },
      },
    },
    busy: {
      on: {
        'xstate.done.actor.first': 'finished',
        'xstate.error.actor.first': [{ guard: 'hasWorkers', target: 'idle' }, 'failed'],
        ABORT: { target: 'idle', actions: stopChild('first') },
      },
    },
    finished: { type: 'final' },
    failed: {},
  },
})
