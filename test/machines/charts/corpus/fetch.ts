import { assign, fromPromise, setup } from 'xstate'

const load = fromPromise(async ({ input }: { input: { url: string } }) => input.url.length)

export const fetchMachine = setup({
  types: {} as { context: { length: number; tries: number; error: unknown } },
  actors: { load },
  guards: { canRetry: ({ context }) => context.tries < 3 },
  actions: { countTry: assign({ tries: ({ context }) => context.tries + 1 }) },
}).createMachine({
  id: 'fetch',
  context: { length: 0, tries: 0, error: null },
  initial: 'idle',
  states: {
    idle: { on: { FETCH: 'loading' } },
    loading: {
      entry: 'countTry',
      invoke: {
        id: 'loader',
        src: 'load',
        input: { url: 'here' },
        onDone: { target: 'success', actions: assign({ length: ({ event }) => event.output }) },
        onError: [
          { guard: 'canRetry', target: 'waiting' },
          { target: 'failure', actions: assign({ error: ({ event }) => event.error }) },
        ],
      },
      on: { CANCEL: 'idle' },
    },
    waiting: { after: { 500: 'loading' } },
    success: { type: 'final' },
    failure: { on: { RETRY: 'loading' } },
  },
})
