import { setup } from 'xstate'

/** As many states in a row as `names`, each leading to the next by its event. */
const line = (names: readonly string[], last: object = { type: 'final' }) =>
  Object.fromEntries(
    names.map((name, i) => {
      const next = names[i + 1]
      if (next === undefined) return [name, last]
      return [name, { on: { [`${name}.finished`]: next }, description: `Busy with ${name}.` }]
    }),
  )

/**
 * A chart to try layouts with: 60 states, nested four deep, two parallel ones, history of both
 * kinds, delays by name and by number, `always`, guards, and transitions across every border.
 */
export const factoryMachine = setup({
  types: {} as {
    events: { type: string }
    tags: 'idle'
    meta: { events?: Record<string, { loudness: string }>; shift?: string }
  },
  guards: {
    isUrgent: () => false,
    hasStock: () => true,
    isWithinTolerance: () => true,
    hasTriedOften: () => false,
  },
  actions: {
    countPart: () => {},
    soundTheBell: (_: unknown, _params: { times: number }) => {},
    noteShift: () => {},
    orderMore: () => {},
  },
  delays: { shiftLength: 28_800_000, coolingTime: 5_000 },
}).createMachine({
  id: 'factory',
  description: 'A factory that makes things for no other reason than to be drawn.',
  meta: { events: { 'alarm.raised': { loudness: 'loud' } } },
  initial: 'closed',
  on: {
    'alarm.raised': {
      target: '.halted',
      actions: { type: 'soundTheBell', params: { times: 3 } },
    },
    'inventory.counted': { actions: 'countPart' },
    'visitor.came': [
      { guard: 'isUrgent', target: '.running.office.meeting' },
      { guard: 'hasStock', actions: 'noteShift' },
    ],
  },
  states: {
    closed: {
      tags: 'idle',
      meta: { shift: 'night', events: { 'phone.rang': { loudness: 'low' } } },
      on: { 'gate.opened': 'preparing' },
      after: { 3600000: { target: 'audit', guard: 'hasStock' } },
    },
    preparing: {
      initial: 'heating',
      entry: ['noteShift', 'orderMore'],
      states: line(['heating', 'oiling', 'calibrating', 'testing', 'greeting', 'ready']),
      onDone: 'running',
      on: { 'gate.closed': 'closed' },
    },
    running: {
      type: 'parallel',
      entry: 'noteShift',
      on: { 'shift.ended': 'closed', 'machine.broke': { target: 'repair', guard: 'isUrgent' } },
      after: { shiftLength: 'closed' },
      onDone: 'audit',
      states: {
        assembly: {
          initial: 'waiting',
          states: {
            waiting: { on: { 'part.arrived': [{ guard: 'hasStock', target: 'building' }] } },
            building: {
              initial: 'frame',
              on: { 'part.rejected': 'waiting', 'line.paused': 'paused' },
              states: {
                ...line(['frame', 'motor', 'wiring', 'casing', 'label'], {
                  always: '#factory.running.assembly.checking',
                }),
                remembered: { type: 'history', history: 'deep' },
              },
            },
            paused: { on: { 'line.resumed': 'building.remembered' } },
            checking: {
              initial: 'measuring',
              states: {
                measuring: {
                  on: { measured: [{ guard: 'isWithinTolerance', target: 'passed' }, 'failed'] },
                },
                failed: {
                  always: { guard: 'hasTriedOften', target: '#factory.repair' },
                  after: { coolingTime: 'measuring' },
                },
                passed: { type: 'final' },
              },
              onDone: 'packing',
            },
            packing: { on: { packed: { target: 'waiting', actions: 'countPart' } } },
          },
        },
        power: {
          initial: 'mains',
          states: {
            mains: { on: { 'power.lost': 'battery' } },
            battery: { on: { 'power.back': 'mains' }, after: { 60000: 'generator' } },
            generator: { on: { 'power.back': 'mains', 'fuel.gone': '#factory.halted' } },
          },
        },
        office: {
          initial: 'quiet',
          states: {
            quiet: { on: { 'phone.rang': 'talking' } },
            talking: { on: { 'phone.down': 'quiet', 'boss.came': 'meeting' } },
            meeting: { after: { 900000: 'quiet' } },
          },
        },
        climate: {
          type: 'parallel',
          states: {
            heat: {
              initial: 'off',
              states: { off: { on: { cold: 'on' } }, on: { on: { warm: 'off' } } },
            },
            air: {
              initial: 'still',
              states: { still: { on: { stuffy: 'moving' } }, moving: { on: { fresh: 'still' } } },
            },
          },
        },
      },
    },
    repair: {
      initial: 'diagnosing',
      states: {
        diagnosing: { on: { 'cause.found': 'fixing', 'cause.unknown': 'asking' } },
        asking: { on: { 'help.came': 'fixing', 'help.refused': '#factory.halted' } },
        fixing: {
          initial: 'removing',
          states: line(['removing', 'cleaning', 'replacing', 'adjusting', 'fixed']),
          onDone: 'restarting',
        },
        restarting: { on: { started: '#factory.shift', failed: 'diagnosing' } },
      },
    },
    shift: { type: 'history', target: 'running' },
    audit: {
      initial: 'collecting',
      states: line(['collecting', 'comparing', 'writing', 'printing', 'signing', 'filed']),
      onDone: { target: 'closed', actions: 'noteShift' },
    },
    halted: {
      entry: { type: 'soundTheBell', params: { times: 1 } },
      on: { 'alarm.cleared': 'repair', 'plug.pulled': 'scrapped', 'alarm.tested': 'halted' },
    },
    scrapped: { type: 'final' },
  },
})
