import { createMachine } from 'xstate'

/** One state only, the root. */
export const single = createMachine({
  id: 'single',
  context: { n: 0 },
  entry: 'begin',
  on: { ADD: { actions: 'add' }, '*': { actions: 'wonder' } },
})
