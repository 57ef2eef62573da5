import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { assign, type EventObject, setup } from 'xstate'
import { z } from 'zod'
import { declareBooking } from '../../../src/actors/engine/booking.ts'
import {
  declareEffect,
  declareQuestion,
  type EngineDeps,
} from '../../../src/actors/engine/effect.ts'
import { startEngine } from '../../../src/actors/engine/engine.ts'
import {
  defineMachine,
  type EffectParams,
  effectActions,
} from '../../../src/machines/engine/definition.ts'
import { createDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait.ts'

const effects = {
  'desk.price': ({ context }) => ({ n: context.asked }),
  'desk.clean': () => ({}),
  'desk.pay': () => ({}),
} satisfies Record<string, EffectParams>

const setUp = setup({
  types: {} as {
    context: { asked: number; price: number | null }
    events: { type: string; price?: number }
  },
  actions: {
    ...effectActions(effects),
    count: assign(({ context }) => ({ asked: context.asked + 1 })),
    keep: assign(({ event }) => {
      if (event.price === 13) throw new Error('no such price')
      return { price: event.price ?? null }
    }),
  },
})

/** Asks for a price and waits for it; may clean up before it asks, or pay in the same step. */
const desk = defineMachine({
  id: 'desk',
  version: 1,
  machine: setUp.createMachine({
    id: 'desk',
    context: { asked: 0, price: null },
    initial: 'idle',
    states: {
      idle: {
        on: {
          look: 'asking',
          tidy: { target: 'asking', actions: 'desk.clean' },
          pay: { target: 'asking', actions: 'desk.pay' },
          clean: { actions: 'desk.clean' },
        },
      },
      asking: {
        entry: ['count', 'desk.price'],
        on: { priced: { target: 'idle', actions: 'keep' }, look: {} },
      },
    },
  }),
  effects,
  inputOf: () => ({}),
})

interface Deps extends EngineDeps {
  price: (n: number) => Promise<EventObject>
  clean: () => Promise<void>
}

const patience = { attempts: 5, maxPauseMs: 10 }

const price = declareQuestion({
  name: 'desk.price',
  params: z.object({ n: z.int() }),
  delivery: 'once',
  queue: 'desk',
  patience,
  exhausted: null,
  answer:
    (deps: Deps) =>
    ({ params }) =>
      deps.price(params.n),
})

const clean = declareEffect({
  name: 'desk.clean',
  params: z.object({}),
  delivery: 'once',
  queue: 'desk',
  patience,
  exhausted: null,
  handler: (deps: Deps) => () => deps.clean(),
})

async function start(
  t: TestContext,
  {
    answer = async (n) => ({ type: 'priced', price: n }) as EventObject,
    cleaning = async () => {},
  }: { answer?: (n: number) => Promise<EventObject>; cleaning?: () => Promise<void> } = {},
) {
  const { url, pool } = await createDatabase(t, { empty: true })
  const order: string[] = []
  /** Notes how far the actor was brought when something was asked or done. */
  const seen = (what: string) => {
    order.push(`${what} at ${engine.runtime.peek('desk:1')?.version}`)
  }
  const pay = declareBooking({ names: ['desk.pay'], params: z.object({}), book: async () => {} })
  const engine = await startEngine({
    definitions: [desk],
    effects: [price, clean],
    slots: { desk: 4 },
    bookings: [pay],
    projections: {},
    url,
    log: pino({ level: 'silent' }),
    deps: (given) => ({
      ...given,
      price(n: number) {
        seen('price')
        return answer(n)
      },
      clean() {
        seen('clean')
        return cleaning()
      },
    }),
  })
  t.after(() => engine.stop(200))
  let keys = 0
  const send = (type: string) => {
    keys += 1
    return engine.runtime.send({ actor: 'desk:1', key: `k${keys}`, event: { type } })
  }
  await send('rest')
  const journal = async () =>
    (
      await pool.query<{ seq: number; type: string; state: string }>(
        `select seq, event->>'type' as type, state from journal order by seq`,
      )
    ).rows.map(({ seq, type, state }) => `${seq} ${type} ${state}`)
  const rows = async () =>
    (await pool.query('select count(*)::int as n from effects')).rows[0].n as number
  const priceOf = () => engine.runtime.peek('desk:1')?.snapshot.context.price as number | null
  const untilPriced = () =>
    waitFor(async () => priceOf() !== null && (await rows()) === 0, { what: 'the price' })
  return { send, journal, rows, order, priceOf, untilPriced, pool, runtime: engine.runtime }
}

describe('the answer to what a step asks', () => {
  test('is a part of the step: one commit, no row, nothing left to do', async (t) => {
    const { send, journal, rows, order, priceOf, runtime } = await start(t)
    const receipt = await send('look')
    assert.deepEqual(receipt, { outcome: 'committed', seq: 3, state: 'asking' })
    assert.equal(priceOf(), 1)
    assert.equal(await runtime.versionOf('desk:1'), 4)
    assert.equal(await rows(), 0)
    assert.deepEqual((await journal()).slice(2), ['3 look asking', '4 priced idle'])
    assert.deepEqual(order, ['price at 2'])
  })

  test('waits for what the actor wants done before it, in this step', async (t) => {
    const { send, order, journal, untilPriced } = await start(t)
    await send('tidy')
    await untilPriced()
    assert.deepEqual(order, ['clean at 3', 'price at 3'])
    assert.deepEqual((await journal()).slice(2), ['3 tidy asking', '4 priced idle'])
  })

  test('waits for what the actor wants done before it, since an earlier step', async (t) => {
    const cleaned = Promise.withResolvers<void>()
    const { send, order, rows, priceOf, untilPriced } = await start(t, {
      cleaning: () => cleaned.promise,
    })
    await send('clean')
    await waitFor(() => order.length === 1, { what: 'the cleaning to begin' })
    await send('look')
    assert.equal(priceOf(), null)
    assert.equal(await rows(), 2)
    cleaned.resolve()
    await untilPriced()
    assert.deepEqual(order, ['clean at 3', 'price at 4'])
  })

  test('is not read before what the step itself books', async (t) => {
    const { send, order, untilPriced } = await start(t)
    await send('pay')
    await untilPriced()
    assert.deepEqual(order, ['price at 3'])
  })

  test('that fails is asked for again after the commit', async (t) => {
    let asked = 0
    const { send, order, priceOf, untilPriced } = await start(t, {
      async answer(n) {
        asked += 1
        if (asked === 1) throw new Error('no answer')
        return { type: 'priced', price: n } as EventObject
      },
    })
    await send('look')
    assert.equal(priceOf(), null)
    await untilPriced()
    assert.deepEqual(order, ['price at 2', 'price at 3'])
  })

  test('that the machine can not take harms only itself', async (t) => {
    const { send, pool, priceOf } = await start(t, {
      answer: async () => ({ type: 'priced', price: 13 }) as EventObject,
    })
    assert.deepEqual(await send('look'), { outcome: 'committed', seq: 3, state: 'asking' })
    const letters = async () =>
      (await pool.query('select key from dead_letters')).rows.map(({ key }) => key)
    await waitFor(async () => (await letters()).length > 0, { what: 'the dead letter' })
    assert.deepEqual(await letters(), ['desk.price:desk:1#3.0'])
    assert.equal(priceOf(), null)
  })

  test('that takes long holds nobody up, and for a while none is waited for', async (t) => {
    const answers = Promise.withResolvers<void>()
    const { send, order, priceOf, untilPriced } = await start(t, {
      async answer(n) {
        await answers.promise
        return { type: 'priced', price: n } as EventObject
      },
    })
    await send('look')
    assert.equal(priceOf(), null)
    answers.resolve()
    await untilPriced()
    await send('look')
    await waitFor(() => priceOf() === 2, { what: 'the second price' })
    assert.deepEqual(order, ['price at 2', 'price at 3', 'price at 5'])
  })
})
