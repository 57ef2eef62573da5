import { assign, setup } from 'xstate'
import type { Definition } from '../../../src/machines/engine/definition.ts'

// Small machines that have what the real ones have: effects, timers, money, an end, and faults.

interface LampContext {
  owner: number
  count: number
  last: string | null
}

type LampEvent = { type: string; text?: string }

const effect = () => {}

const lampMachine = setup({
  types: {} as { context: LampContext; input: { owner: number }; events: LampEvent },
  guards: { few: ({ context }) => context.count < 3 },
  actions: {
    count: assign(({ context }) => ({ count: context.count + 1 })),
    keep: assign(({ event }) => ({ last: event.text ?? null })),
    boom: assign(() => {
      throw new Error('boom')
    }),
    clot: assign(() => ({ last: 1n as unknown as string })),
    cut: assign(({ event }) => ({ last: (event.text ?? '').slice(0, 1) })),
    'lamp.glow': effect,
    'lamp.say': effect,
  },
  delays: { dim: 60_000, blink: ({ context }) => 1_000 * (context.count + 1) },
}).createMachine({
  id: 'lamp',
  context: ({ input }) => ({ owner: input.owner, count: 0, last: null }),
  initial: 'off',
  on: {
    say: { actions: ['keep', 'lamp.say'] },
    cut: { actions: 'cut' },
    clot: { actions: 'clot' },
    break: '.broken',
  },
  states: {
    off: {
      on: {
        toggle: { target: 'on', actions: 'count' },
        blink: 'blinking',
        poke: { actions: 'boom' },
      },
    },
    on: {
      entry: 'lamp.glow',
      on: {
        toggle: { target: 'off', actions: 'count' },
        touch: { target: 'on', reenter: true, actions: 'count' },
        blink: 'blinking',
        poke: {},
      },
      after: { dim: 'off' },
    },
    blinking: {
      description: 'Two timers at once; one of them comes again without a change of state.',
      on: { toggle: { target: 'off', actions: 'count' } },
      after: {
        blink: { actions: 'count' },
        dim: [{ guard: 'few', target: 'on' }, { target: 'off' }],
      },
    },
    broken: { type: 'final' },
  },
})

/** A lamp comes into being with its first event, as a conversation does. */
export const lamp: Definition = {
  id: 'lamp',
  version: 1,
  machine: lampMachine,
  effects: {
    'lamp.glow': ({ context }) => ({ count: context.count }),
    'lamp.say': ({ event }) => (event.text === 'psst' ? null : { text: event.text }),
  },
  inputOf: (actorId) => ({ owner: Number(actorId.split(':')[1]) || 0 }),
  derivedEffects: {
    names: ['lamp.shown'],
    of: (_before, event, after) =>
      event?.type === 'toggle' ? [{ type: 'lamp.shown', params: { on: after.value } }] : [],
  },
}

interface PurseInput {
  userId: number
  ref: string
  kopecks: number
}

const purseMachine = setup({
  types: {} as { context: PurseInput; input: PurseInput; events: { type: string } },
  actions: { 'ledger.hold': effect, 'ledger.capture': effect, 'ledger.release': effect },
}).createMachine({
  id: 'purse',
  context: ({ input }) => input,
  initial: 'held',
  states: {
    held: { entry: 'ledger.hold', on: { pay: 'paid', undo: 'undone', idle: {} } },
    paid: { entry: 'ledger.capture', type: 'final' },
    undone: { entry: 'ledger.release', type: 'final' },
  },
})

const movement = ({ context }: { context: PurseInput }) => ({
  userId: context.userId,
  ref: context.ref,
  kopecks: context.kopecks,
})

/** A purse is made explicitly and holds money, as a job does. */
export const purse: Definition = {
  id: 'purse',
  version: 1,
  machine: purseMachine,
  effects: { 'ledger.hold': movement, 'ledger.capture': movement, 'ledger.release': movement },
}

const personMachine = setup({
  types: {} as {
    context: { id: number; language: 'ru' | 'en' | null }
    input: { id: number }
    events: { type: string; language?: 'ru' | 'en' }
  },
}).createMachine({
  id: 'person',
  context: ({ input }) => ({ id: input.id, language: 'ru' as 'ru' | 'en' | null }),
  on: {
    speak: { actions: assign(({ event }) => ({ language: event.language ?? null })) },
    greet: {},
  },
})

/** A person mirrors its snapshot in the users table. */
export const person: Definition = {
  id: 'person',
  version: 1,
  machine: personMachine,
  effects: {},
  inputOf: (actorId) => ({ id: Number(actorId.split(':')[1]) }),
  projection: {
    name: 'users',
    row: (snapshot) => {
      const { id, language } = snapshot.context as { id: number; language: 'ru' | 'en' }
      return { id, language, blocked: false }
    },
  },
}
