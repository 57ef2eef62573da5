import Elk from 'elkjs/lib/elk.bundled.js'
import type { Chart } from '../../../src/machines/charts/chart.ts'
import type { PositionedChart, PositionedView } from '../../../src/machines/charts/position.ts'
import { closable, viewOf } from '../../../src/machines/charts/view.ts'
import { layout } from './layout.ts'

/** Lays out all views of a chart; the same chart always gets the same places. */
export async function position(chart: Chart): Promise<PositionedChart> {
  const elk = new Elk.default()
  const compounds = closable(chart)
  const ids = new Set(compounds.map((c) => c.id))
  const parents = new Map(chart.states.map((s) => [s.id, s.parent]))
  const around = (id: string): string[] => {
    const parent = parents.get(id) ?? null
    return parent === null ? [id] : [...around(parent), id]
  }
  const open: [string, ReadonlySet<string>][] = [
    ['overview', new Set()],
    ['full', ids],
    ...compounds.map((c): [string, ReadonlySet<string>] => [c.id, new Set(around(c.id))]),
  ]
  const views: Record<string, PositionedView> = {}
  for (const [name, opened] of open) {
    views[name] = await layout(
      elk,
      chart,
      viewOf(chart, opened, name !== 'overview' || compounds.length === 0),
    )
  }
  return { chart, views }
}
