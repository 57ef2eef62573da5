import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { toChart } from '../../../src/machines/charts/chart.ts'
import type { Moment, Simulation } from '../../../src/machines/charts/simulation.ts'
import { walkSimulation } from '../../../src/machines/charts/simulation-walk.ts'
import { stateName, toStored } from '../../../src/machines/engine/transition.ts'
import { createSimulations } from '../../../src/machines/simulations.ts'

const simulations = createSimulations()
const job = simulations.get('job') as Simulation
const conversation = simulations.get('conversation') as Simulation
const stateOf = ({ snapshot }: Moment) => stateName(snapshot.value)

/** Sends the first offer of this type. */
function send(simulation: Simulation, moment: Moment, type: string): Moment {
  const offers = simulation.offers(moment)
  const offer = offers.find((o) => o.event.type === type)
  const types = offers.map((o) => o.event.type).join(', ')
  return simulation.send(moment, offer?.event ?? assert.fail(`${type} is not among ${types}`))
}
const play = (simulation: Simulation, ...types: string[]) =>
  types.reduce((moment, type) => send(simulation, moment, type), simulation.begin())

describe('simulation', () => {
  for (const [id, simulation] of simulations) {
    test(`walks to every state of ${id}`, () => {
      const found = new Set<string>()
      for (const { moment } of walkSimulation(simulation).values()) {
        for (const node of moment.snapshot._nodes) found.add(node.id)
      }
      const { states, edges } = toChart(simulation.definition.machine)
      const passing = new Set(
        edges.filter((e) => e.kind === 'always' && e.guard === null).map((e) => e.source),
      )
      assert.deepEqual(
        states.map((s) => s.id).filter((s) => !found.has(s) && !passing.has(s)),
        [],
      )
    })
  }

  test('goes through a whole order, answer by answer', () => {
    const begun = play(
      conversation,
      'category.opened',
      'model.opened',
      'draft.begun',
      'text.received',
    )
    assert.match(stateOf(begun), /^drafting\.asking\./)
    const delivered = play(
      job,
      'inputs.uploaded',
      'create.claimed',
      'create.accepted',
      'xstate.after.pollPause.job.created.waiting',
      'task.reported',
      'result.delivered',
    )
    assert.equal(stateOf(delivered), 'delivered')
    assert.deepEqual(
      delivered.effects.map((e) => e.type),
      ['ledger.capture', 'tell.delivered'],
    )
  })

  test('offers an answer once, and timers while they run', () => {
    const pending = play(job, 'inputs.uploaded')
    const groups = (moment: Moment) =>
      job.offers(moment).map(({ group, event }) => `${group} ${event.type}`)
    assert.ok(groups(pending).includes('answer create.claimed'))
    assert.ok(groups(pending).includes('timer xstate.after.createLimit.job.pending'))
    const creating = send(job, pending, 'create.claimed')
    assert.ok(!groups(creating).some((g) => g.startsWith('answer ')))
    assert.ok(!groups(creating).includes('timer xstate.after.createLimit.job.pending'))
  })

  test('moves its clock to a timer that is let run out', () => {
    const waiting = play(job, 'inputs.uploaded', 'create.claimed', 'create.accepted')
    const [timer] = waiting.timers
    assert.ok(timer && timer.dueAt > waiting.at)
    assert.equal(job.send(waiting, timer.event).at, timer.dueAt)
  })

  test('leaves old moments as they were, so that one can go back', () => {
    const menu = conversation.begin()
    const stored = JSON.stringify(toStored(menu.snapshot))
    send(conversation, menu, 'help.opened')
    assert.equal(JSON.stringify(toStored(menu.snapshot)), stored)
    assert.deepEqual(
      toStored(send(conversation, menu, 'balance.opened').snapshot),
      toStored(send(conversation, menu, 'balance.opened').snapshot),
    )
  })
})
