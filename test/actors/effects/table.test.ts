import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bookings } from '../../../src/actors/bookings.ts'
import { effectTable } from '../../../src/actors/effects/table.ts'
import type { EffectDeclaration } from '../../../src/actors/engine/effect.ts'
import type { Moment, Simulation } from '../../../src/machines/charts/simulation.ts'
import { walkSimulation } from '../../../src/machines/charts/simulation-walk.ts'
import type { Effect } from '../../../src/machines/engine/definition.ts'
import { createSimulations } from '../../../src/machines/simulations.ts'
import { happenings, run, ways } from '../../machines/job/job-steps.ts'

const FREE = { daily: 5, hourly: 2, budgetCredits: 100 }

const table: readonly EffectDeclaration[] = effectTable

/** What a machine asks for in all that may happen in each of its states. */
function effectsOf(simulation: Simulation): Effect[] {
  const arrivals = [...walkSimulation(simulation).values()].map(({ moment }) => moment)
  const next = (moment: Moment) =>
    simulation
      .offers(moment)
      .filter(({ bare }) => !bare)
      .map(({ event }) => simulation.send(moment, event))
  return arrivals.flatMap((m) => [m, ...next(m)]).flatMap((m) => m.effects)
}

/** As it comes back from the queue. */
const stored = (params: unknown): unknown => JSON.parse(JSON.stringify(params))

const simulations = createSimulations()
const conversation = simulations.get('conversation') as Simulation

/** A button of an old message. */
const tap = { type: 'button.tapped', data: 'x', queryId: '1', messageId: 5 }

/** Jobs at a price with its cost, and free ones, through all that may happen to them. */
const jobEffects = [{ usdRubRate: 80 }, { priceKopecks: 0, free: FREE }].flatMap((input) =>
  Object.values(ways).flatMap((way) =>
    Object.values(happenings).flatMap((event) => run([...way, event], input).effects),
  ),
)

const asked = [
  ...[...simulations.values()].flatMap(effectsOf),
  ...conversation.send(conversation.begin(), tap).effects,
  ...jobEffects,
]

/** Asked for behind buttons that need more than a sample; the model's own walk comes to these. */
const BEHIND_BUTTONS = [
  'refund.ask',
  'reminder.set',
  'telegram.sendAgain',
  'telegram.markResult',
  'admin.csv',
  'admin.change_decide',
  'admin.promo_end',
  'admin.replay',
  'admin.ask_orders',
  'share.send',
]

describe('the table of effects', () => {
  test('takes the parameters that the machines ask with', () => {
    const schemas = new Map([
      ...table.map(({ name, params }) => [name as string, params] as const),
      ...bookings.flatMap(({ names, params }) => names.map((n) => [n as string, params] as const)),
    ])
    const seen = new Set<string>()
    for (const { type, params } of asked) {
      const result = schemas.get(type)?.safeParse(stored(params))
      assert.ok(result?.success, `${type} with ${JSON.stringify(params)}: ${result?.error}`)
      seen.add(type)
    }
    const unseen = [...schemas.keys()].filter((name) => !seen.has(name))
    assert.deepEqual(unseen.sort(), BEHIND_BUTTONS.toSorted())
  })

  test('tells whoever waits something that their machine knows', () => {
    const known = new Set(
      [...simulations.values()].flatMap(({ definition }) => definition.machine.events),
    )
    for (const { name, exhausted } of table) {
      const params = asked.find(({ type }) => type === name)?.params
      const event = exhausted?.(params)
      if (event != null) assert.ok(known.has(event.type), `${name} says ${event.type}`)
    }
  })

  test('gives every effect that goes into a chat the turn of that chat', () => {
    for (const { name, turn } of table) {
      const params = asked.find(({ type }) => type === name)?.params ?? {}
      const { chatId = null } = params as { chatId?: number }
      if (!name.startsWith('telegram.') || chatId === null) continue
      assert.equal(turn?.(params), `chat:${chatId}`, name)
    }
  })
})
