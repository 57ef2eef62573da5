import { setup } from 'xstate'

export const trafficLight = setup({
  delays: { greenTime: 4_000, yellowTime: () => 1_000 },
  actions: { ring: () => {} },
}).createMachine({
  id: 'trafficLight',
  initial: 'red',
  states: {
    red: { after: { 5000: 'green' }, on: { 'power.lost': 'dark' } },
    green: { after: { greenTime: { target: 'yellow', actions: 'ring' } } },
    yellow: { after: { yellowTime: 'red', 60000: 'dark' } },
    dark: { on: { 'power.back': 'red' }, tags: ['broken'] },
  },
})
