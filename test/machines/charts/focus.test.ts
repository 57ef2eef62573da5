import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { collisions } from '../../../scripts/generate/charts/collisions.ts'
import { CHARTS } from '../../../src/http/console/charts.ts'
import { type Chart, toChart } from '../../../src/machines/charts/chart.ts'
import { layoutFocus } from '../../../src/machines/charts/focus-layout.ts'
import type { PositionedView } from '../../../src/machines/charts/position.ts'
import { factoryMachine } from './factory-machine.ts'

const charts = [...[...CHARTS.values()].map((c) => c.chart), toChart(factoryMachine)]
const chainOf = (chart: Chart, id: string): string[] => {
  const parent = chart.states.find((s) => s.id === id)?.parent ?? null
  return parent === null ? [id] : [...chainOf(chart, parent), id]
}
const said = ({ edges, states }: PositionedView) =>
  new Set([
    ...edges.flatMap((e) => e.lines.flatMap((l) => l.edges)),
    ...states.flatMap((s) => s.rows.flatMap((r) => r.edges)),
  ])

describe('focus', () => {
  for (const chart of charts) {
    test(`shows every state of ${chart.id} with all that may happen next, and nothing collides`, () => {
      for (const { id, parent, type } of chart.states) {
        if (parent === null || type === 'history') continue
        const chain = chainOf(chart, id)
        for (const width of [1_300, 900, 640, 366]) {
          const view = layoutFocus(chart, chain, width)
          assert.deepEqual(collisions({ chart, views: {} }, view), [], `${id} at ${width}`)
          assert.ok(view.width <= width, `${id} is ${view.width} wide, not ${width}`)
          const told = said(view)
          const leading = chart.edges.filter(
            (e) => chain.includes(e.source) && e.targets.some((t) => !chain.includes(t)),
          )
          for (const edge of leading) assert.ok(told.has(edge.id), `${edge.id} in ${id}`)
          const near = chart.edges.filter((e) => e.targets.includes(id) && e.source !== chart.id)
          for (const edge of near.filter((e) => !chain.includes(e.source))) {
            assert.ok(told.has(edge.id), `${edge.id} into ${id}`)
          }
        }
      }
    })
  }

  test('stacks the regions that go on side by side, each with its own ways out', () => {
    const chart = toChart(factoryMachine)
    const regions = ['assembly.waiting', 'power.mains', 'office.quiet'].map(
      (leaf) => `factory.running.${leaf}`,
    )
    const active = [...new Set(regions.flatMap((id) => chainOf(chart, id)))]
    for (const width of [1_300, 366]) {
      const view = layoutFocus(chart, active, width)
      assert.deepEqual(collisions({ chart, views: {} }, view), [])
      for (const id of regions) assert.ok(view.states.some((s) => s.id === id && s.height > 0))
    }
  })

  test('leaves out states of another version, and shows what leads there from anywhere once', () => {
    const chart = charts.find((c) => c.id === 'conversation') as Chart
    const active = ['conversation', 'conversation.balance', 'conversation.gone']
    const { edges, states } = layoutFocus(chart, active, 900)
    assert.ok(states.some((s) => s.id === 'conversation.balance'))
    const command = 'conversation|command.balance|0'
    const shown = edges.filter((e) => e.lines.some((l) => l.edges.includes(command)))
    assert.equal(shown.length, 1)
  })

  test('puts first what was taken, where there is no room beside', () => {
    const chart = charts.find((c) => c.id === 'conversation') as Chart
    const active = chainOf(chart, 'conversation.drafting.preview')
    const into = chart.edges.filter((e) => e.targets.includes('conversation.drafting.preview'))
    const ids = into.filter((e) => !active.includes(e.source)).map((e) => e.id)
    assert.ok(ids.length > 1)
    for (const id of ids) {
      const view = layoutFocus(chart, active, 366, [id])
      assert.deepEqual(collisions({ chart, views: {} }, view), [])
      const rows = view.edges.filter((e) => e.points.length > 0).map((e) => [e.label.y, e] as const)
      const first = rows.toSorted(([a], [b]) => a - b).slice(0, 2)
      const told = first.flatMap(([, e]) => e.lines.flatMap((line) => line.edges))
      assert.ok(told.includes(id), `${id} is not at the top`)
    }
  })

  test('is a list of all states, folded, where nobody is anywhere', () => {
    for (const chart of charts) {
      for (const width of [1_300, 366]) {
        const view = layoutFocus(chart, [], width)
        assert.deepEqual(collisions({ chart, views: {} }, view), [])
        assert.ok(view.width <= width)
        assert.deepEqual(
          view.states.map((s) => s.id),
          chart.states
            .filter((s) => s.parent === chart.id && s.type !== 'history')
            .map((s) => s.id),
        )
      }
    }
  })

  test('names what is in a compound that is looked at', () => {
    const chart = charts.find((c) => c.id === 'conversation') as Chart
    const view = layoutFocus(chart, ['conversation', 'conversation.drafting'], 900)
    const shown = new Set(view.states.map((s) => s.id))
    for (const { id, parent, type } of chart.states) {
      if (parent === 'conversation.drafting' && type !== 'history') assert.ok(shown.has(id), id)
    }
  })

  test('folds what is far away, and names it', () => {
    const chart = charts.find((c) => c.id === 'conversation') as Chart
    const view = layoutFocus(chart, chainOf(chart, 'conversation.drafting.preview'), 1_300)
    const far = view.states.find((s) => s.id === 'conversation.admin')
    assert.ok(far !== undefined && far.hidden > 5)
    const shown = new Set(view.states.map((s) => s.id))
    const outermost = chart.states.filter((s) => s.parent === chart.id)
    const covered = (id: string) => [...shown].some((s) => s === id || s.startsWith(`${id}.`))
    assert.deepEqual(
      outermost.filter((s) => !covered(s.id)).map((s) => s.id),
      [],
    )
  })
})
