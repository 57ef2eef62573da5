import { createMachine } from 'xstate'

const toggle = createMachine({
  id: 'toggle',
  description: 'The smallest machine that does something.',
  initial: 'off',
  states: { off: { on: { PRESS: 'on' } }, on: { on: { PRESS: 'off' } } },
})

export { toggle as default }
