import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createMachine, initialTransition } from 'xstate'
import { toChart } from '../../../src/machines/charts/chart.ts'
import type { Simulation } from '../../../src/machines/charts/simulation.ts'
import { createTaken, edgeIds } from '../../../src/machines/charts/taken.ts'
import { createSimulations } from '../../../src/machines/simulations.ts'
import { factoryMachine } from './factory-machine.ts'

describe('the transitions that were taken', () => {
  test('have the ids of the chart', () => {
    const ids = [...edgeIds(factoryMachine).values()]
    assert.deepEqual(
      ids.sort(),
      toChart(factoryMachine)
        .edges.map((e) => e.id)
        .sort(),
    )
  })

  test('are that of the event and those without an event after it, in their order', () => {
    const machine = createMachine({
      id: 'm',
      initial: 'a',
      states: {
        a: { on: { GO: [{ guard: () => false, target: 'c' }, { target: 'b' }] } },
        b: { always: 'c' },
        c: { on: { GO: { actions: () => {} } } },
      },
    })
    const taken = createTaken(machine)
    const [a] = initialTransition(machine)
    assert.deepEqual(taken(a, { type: 'GO' }), ['m.a|GO|1', 'm.b||0'])
    assert.deepEqual(taken(a, { type: 'OTHER' }), [])
    const c = machine.resolveState({ value: 'c' })
    assert.deepEqual(taken(c, { type: 'GO' }), ['m.c|GO|0'])
    assert.deepEqual(taken(a, { type: 'GO' }), ['m.a|GO|1', 'm.b||0'])
  })

  test('are one per region where regions go on side by side', () => {
    const region = { initial: 'x', states: { x: { on: { GO: 'y' } }, y: {} } }
    const machine = createMachine({
      id: 'p',
      type: 'parallel',
      states: { one: region, two: region },
    })
    const [beginning] = initialTransition(machine)
    assert.deepEqual(createTaken(machine)(beginning, { type: 'GO' }), [
      'p.one.x|GO|0',
      'p.two.x|GO|0',
    ])
  })

  test('lead a job where it goes', () => {
    const job = createSimulations().get('job') as Simulation
    const begun = job.begin()
    const offer = job.offers(begun).find((o) => o.event.type === 'inputs.uploaded')
    const taken = createTaken(job.definition.machine)(begun.snapshot, offer?.event ?? assert.fail())
    assert.deepEqual(taken, ['job.preparing|inputs.uploaded|0'])
  })
})
