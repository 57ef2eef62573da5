import { createMachine } from 'xstate'

export const listener = createMachine({
  id: 'listener',
  initial: 'open',
  on: { '*': { actions: 'count' } },
  states: {
    open: {
      on: {
        'mouse.*': 'moving',
        'mouse.click': 'clicked',
        'mouse.click.double': 'twice',
        task: 'working',
      },
    },
    moving: { on: { '*': 'open' } },
    clicked: { on: { 'mouse.click': { guard: 'never', target: 'twice' }, 'mouse.*': 'open' } },
    twice: { on: { '*': 'open', task: 'working' } },
    working: { on: { 'task.done': 'open', task: 'twice' } },
  },
}).provide({ guards: { never: () => false } })
