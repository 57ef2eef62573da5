const { createMachine } = require('xstate')

exports.lamp = createMachine({
  id: 'lamp',
  initial: 'dark',
  states: { dark: { on: { SWITCH: 'light' } }, light: { on: { SWITCH: 'dark' } } },
})
