import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setup } from 'xstate'
import { z } from 'zod'
import { bookings } from '../../../src/actors/bookings.ts'
import { SLOTS } from '../../../src/actors/effects/declare.ts'
import { effectTable } from '../../../src/actors/effects/table.ts'
import { declareBooking } from '../../../src/actors/engine/booking.ts'
import { declareEffect } from '../../../src/actors/engine/effect.ts'
import { createEngine } from '../../../src/actors/engine/engine.ts'
import { projections } from '../../../src/actors/projections.ts'
import { createDefinitions } from '../../../src/machines/definitions.ts'
import {
  defineMachine,
  deriveEffects,
  type EffectParams,
  effectActions,
} from '../../../src/machines/engine/definition.ts'
import { VIEW } from '../effects/bench.ts'

const effects = {
  'bell.ring': () => ({ times: 1 }),
  'bell.count': () => ({}),
} satisfies Record<string, EffectParams>

const bell = defineMachine({
  id: 'bell',
  version: 1,
  machine: setup({ actions: effectActions(effects) }).createMachine({
    id: 'bell',
    entry: ['bell.ring', 'bell.count'],
  }),
  effects,
  derivedEffects: deriveEffects({ names: ['bell.shown'], of: () => [] }),
  projection: { name: 'bells', row: () => ({ rings: 1 }) },
})

const declare = <const Name extends string>(name: Name, queue = 'bells') =>
  declareEffect({
    name,
    params: z.object({}),
    delivery: 'once',
    queue,
    patience: { attempts: 1, maxPauseMs: 1 },
    exhausted: null,
    handler: () => async () => {},
  })

const count = declareBooking({ names: ['bell.count'], params: z.object({}), book: async () => {} })
const bells = async (_client: unknown, _rows: readonly { rings: number }[]) => {}

const whole = {
  definitions: [bell],
  effects: [declare('bell.ring'), declare('bell.shown')],
  slots: { bells: 1 },
  bookings: [count],
  projections: { bells },
} as const

/** Built by force, past the types. */
const fault = (parts: object): string => {
  try {
    createEngine({ ...whole, ...parts } as never)
    return ''
  } catch (error) {
    assert.equal((error as { code: string }).code, 'effect.unhandled')
    return (error as Error).message
  }
}

describe('an engine', () => {
  test('takes machines whose effects, queues and projections are all seen to', () => {
    assert.deepEqual(createEngine(whole).registry.all, [bell])
    assert.equal(fault({}), '')
  })

  test('refuses an effect that nobody handles, also one that follows from what changed', () => {
    const message = fault({ effects: [declare('bell.ring')] })
    assert.match(message, /Nobody handles the effect bell\.shown of the machine bell\.$/)
    assert.match(fault({ effects: [declare('bell.shown')] }), /handles the effect bell\.ring of/)
    assert.match(fault({ bookings: [] }), /Nobody handles the effect bell\.count of/)
  })

  test('refuses a handler that no machine asks for, and one declared twice', () => {
    const more = (name: string) => ({ effects: [...whole.effects, declare(name)] })
    assert.match(fault(more('bell.break')), /No machine asks for the effect bell\.break\.$/)
    assert.match(fault(more('bell.ring')), /The effect bell\.ring is declared twice\.$/)
    assert.match(fault(more('bell.count')), /The effect bell\.count is declared twice\.$/)
  })

  test('refuses an effect without a queue that has slots', () => {
    const lost = [declare('bell.ring', 'gongs'), declare('bell.shown')]
    assert.match(fault({ effects: lost }), /The queue gongs of the effect bell\.ring has no slots/)
  })

  test('refuses a projection that nobody writes, and one that no machine has', () => {
    assert.match(fault({ projections: {} }), /Nobody writes the projection bells/)
    const idle = { bells, gongs: bells }
    assert.match(fault({ projections: idle }), /No machine has the projection gongs/)
  })

  test('refuses a machine that storage can not keep', () => {
    const machine = setup({}).createMachine({ id: 'bell', entry: () => {} })
    const kept = { ...whole, definitions: [{ ...bell, machine }] } as never
    assert.throws(() => createEngine(kept), { code: 'machine.unstorable' })
  })

  test('is the bot’s: every machine, every effect, every row', () => {
    const definitions = createDefinitions(VIEW)
    const parts = { definitions, effects: effectTable, slots: SLOTS, bookings, projections }
    assert.deepEqual(
      createEngine(parts)
        .registry.all.map(({ id }) => id)
        .sort(),
      ['broadcast', 'conversation', 'job', 'support', 'topup'],
    )
  })

  test('that does not fit is found by the compiler', () => {
    const compiled = () => {
      // @ts-expect-error nobody handles bell.shown
      createEngine({ ...whole, effects: [declare('bell.ring')] })
      // @ts-expect-error nobody books bell.count
      createEngine({ ...whole, bookings: [] })
      // @ts-expect-error no machine asks for bell.break
      createEngine({ ...whole, effects: [...whole.effects, declare('bell.break')] })
      // @ts-expect-error nobody writes bells
      createEngine({ ...whole, projections: {} })
      const wrong = async (_client: unknown, _rows: readonly { tolls: number }[]) => {}
      // @ts-expect-error a bell has other rows
      createEngine({ ...whole, projections: { bells: wrong } })
    }
    assert.equal(typeof compiled, 'function')
  })
})
