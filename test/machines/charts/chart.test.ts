import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { chartedMachines } from '../../../scripts/generate/charts/files.ts'
import { type Chart, toChart } from '../../../src/machines/charts/chart.ts'
import { closable, viewOf } from '../../../src/machines/charts/view.ts'
import { rowText } from '../../../src/machines/charts/words.ts'
import { nodesOf, transitionsOf } from './chart-walk.ts'
import { factoryMachine } from './factory-machine.ts'

const machines = [...chartedMachines(), factoryMachine]
const factory = toChart(factoryMachine)
const edgesFrom = (chart: Chart, source: string) =>
  chart.edges
    .filter((e) => e.source === source)
    .map(({ label, guard, target }) => [label, guard, target])

describe('chart', () => {
  for (const machine of machines) {
    test(`has every state and every transition of ${machine.id}`, () => {
      const chart = toChart(machine)
      const nodes = nodesOf(machine.root)
      assert.deepEqual(
        chart.states.map((s) => s.id),
        nodes.map((n) => n.id),
      )
      const transitions = nodes.flatMap((n) => transitionsOf(n).map((t) => [n.id, t.eventType]))
      assert.deepEqual(
        chart.edges.map((e) => [e.source, e.event]).sort(),
        transitions.map(([id, event]) => [id, event ?? '']).sort(),
      )
      assert.equal(new Set(chart.edges.map((e) => e.id)).size, chart.edges.length)
      const known = new Set(chart.states.map((s) => s.id))
      for (const { id, target } of chart.edges) {
        assert.ok(target === null || known.has(target), `${id} leads to ${target}`)
      }
      assert.deepEqual(JSON.parse(JSON.stringify(chart)), chart)
    })
  }

  test('tells the kinds of transitions apart', () => {
    assert.deepEqual(edgesFrom(factory, 'factory.running.assembly.checking.failed'), [
      ['always', 'hasTriedOften', 'factory.repair'],
      ['after coolingTime', null, 'factory.running.assembly.checking.measuring'],
    ])
    assert.deepEqual(edgesFrom(factory, 'factory.closed'), [
      ['gate.opened', null, 'factory.preparing'],
      ['after 1 h', 'hasStock', 'factory.audit'],
    ])
    assert.deepEqual(
      factory.edges.filter((e) => e.kind === 'done').map((e) => e.source),
      [
        'factory.preparing',
        'factory.running',
        'factory.running.assembly.checking',
        'factory.repair.fixing',
        'factory.audit',
      ],
    )
  })

  test('tells effects from changes, internal from external, history from history', () => {
    const job = toChart(chartedMachines().find((m) => m.id === 'job') as never)
    const failed = job.states.find((s) => s.id === 'job.failed')
    assert.deepEqual(
      failed?.entry.find((a) => a.name === 'noteReleased'),
      { name: 'noteReleased', kind: 'change' },
    )
    assert.ok(failed?.entry.some((a) => a.name === 'ledger.release' && a.kind === 'effect'))
    assert.equal(edgesFrom(factory, 'factory')[1]?.[2], null)
    const history = factory.states.filter((s) => s.type === 'history')
    assert.deepEqual(
      history.map(({ id, history, initial }) => [id, history, initial]),
      [
        ['factory.running.assembly.building.remembered', 'deep', null],
        ['factory.shift', 'shallow', 'factory.running'],
      ],
    )
    assert.equal(factory.delays.shiftLength, 28_800_000)
    assert.equal(job.delays.pollPause, null, 'worked out when it is due')
  })
})

describe('a view of a chart', () => {
  const overview = viewOf(factory, new Set())

  test('shows what the chart hands to actions, what states are, and what events mean', () => {
    const closed = overview.states.find((s) => s.id === 'factory.closed')
    assert.deepEqual(
      closed?.rows.filter((row) => row.kind === 'is').map((row) => row.text),
      ['idle, shift: night, phone.rang {low}'],
    )
    const alarm = overview.edges.find((e) => e.target === 'factory.halted')
    assert.deepEqual(
      alarm?.lines.filter((l) => l.text.startsWith('alarm')).map((l) => [l.text, l.effects]),
      [['alarm.raised {loud}', ['soundTheBell(3)']]],
    )
    const halted = overview.states.find((s) => s.id === 'factory.halted')
    assert.deepEqual(
      halted?.rows.map((row) => rowText(row)),
      ['entry / soundTheBell(1)', '↻ / alarm.tested'],
    )
  })

  test('shows the first level when all is closed, and counts what is hidden', () => {
    const hidden = new Map(overview.states.map((s) => [s.id, s.hidden]))
    assert.deepEqual(
      [...hidden.keys()].filter((id) => id.split('.').length > 2),
      [],
    )
    assert.equal(
      [...hidden.values()].reduce((sum, n) => sum + n, overview.states.length),
      factory.states.length,
    )
  })

  test('lifts transitions to the closest visible states and says each once', () => {
    const arrow = overview.edges.find(
      (e) => e.source === 'factory.running' && e.target === 'factory.repair',
    )
    assert.deepEqual(
      arrow?.lines.map((l) => [l.text, l.guard]),
      [
        ['machine.broke', 'isUrgent'],
        ['always', 'hasTriedOften'],
      ],
    )
    assert.ok(overview.edges.every((e) => e.source !== e.target))
  })

  for (const machine of machines) {
    test(`holds every transition of ${machine.id} when all is open`, () => {
      const chart = toChart(machine)
      const full = viewOf(chart, new Set(closable(chart).map((s) => s.id)))
      const shown = [
        ...full.edges.flatMap((e) => e.lines.flatMap((l) => l.edges)),
        ...full.states.flatMap((s) => s.rows.flatMap((r) => r.edges)),
      ]
      assert.deepEqual(shown.sort(), chart.edges.map((e) => e.id).sort())
    })
  }
})
