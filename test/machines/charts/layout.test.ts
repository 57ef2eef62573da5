import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Elk from 'elkjs/lib/elk.bundled.js'
import { collisions } from '../../../scripts/generate/charts/collisions.ts'
import { layout } from '../../../scripts/generate/charts/layout.ts'
import { CHARTS } from '../../../src/http/console/charts.ts'
import { toChart } from '../../../src/machines/charts/chart.ts'
import { closable, viewOf } from '../../../src/machines/charts/view.ts'
import { factoryMachine } from './factory-machine.ts'

const chart = toChart(factoryMachine)
const all = new Set(closable(chart).map((s) => s.id))
const lay = (open: ReadonlySet<string>) => layout(new Elk.default(), chart, viewOf(chart, open))
/** Laid out once: it is slow. */
const wholeView = lay(all)

describe('layout', () => {
  test('draws 60 states, nested and parallel, with history and delays, and nothing collides', async () => {
    assert.equal(chart.states.length, 60)
    assert.ok(['parallel', 'history', 'final'].every((t) => chart.states.some((s) => s.type === t)))
    for (const open of [all, new Set<string>(), new Set(['factory.running'])]) {
      const view = await (open === all ? wholeView : lay(open))
      assert.deepEqual(collisions({ chart, views: {} }, view), [])
      assert.equal(view.states.length, viewOf(chart, open).states.length)
    }
  })

  test('finds the same places every time', async () => {
    assert.equal(JSON.stringify(await lay(all)), JSON.stringify(await wholeView))
  })

  test('is caught by the check when something collides', async () => {
    const view = await lay(new Set())
    const [first, second] = view.edges
    const piled = view.edges.map((e) => (e === second && first ? { ...e, label: first.label } : e))
    assert.notDeepEqual(collisions({ chart, views: {} }, { ...view, edges: piled }), [])
    const [root, state, ...others] = view.states
    assert.ok(root && state)
    const moved = [root, { ...state, x: root.x + root.width - 5 }, ...others]
    assert.notDeepEqual(collisions({ chart, views: {} }, { ...view, states: moved }), [])
  })

  for (const [id, positioned] of CHARTS) {
    for (const [name, view] of Object.entries(positioned.views)) {
      test(`has no collision in ${id}, ${name}`, () => {
        assert.deepEqual(collisions(positioned, view), [])
      })
    }
  }
})
