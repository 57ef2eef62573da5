import { createMachine } from 'xstate'

const machine = createMachine({
  initial: 'one',
  states: { one: { on: { NEXT: 'two' } }, two: { on: { NEXT: 'one' } } },
})

export { machine as default }
