import Elk from 'elkjs/lib/elk.bundled.js'
import { bareView } from '../../../src/machines/charts/bare-view.ts'
import type { Chart } from '../../../src/machines/charts/chart.ts'
import type { PositionedChart, PositionedView } from '../../../src/machines/charts/position.ts'
import { closable, viewOf } from '../../../src/machines/charts/view.ts'
import { layout } from './layout.ts'

/** What fits on a page beside what is told of it. */
const PAGE_WIDTH = 1_200

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
    const view = viewOf(chart, opened, name !== 'overview' || compounds.length === 0)
    // What is opened in a bare overview has all that is in the overview, and more.
    const isBare = name !== 'full' && views.overview?.isBare === true
    const first = await layout(elk, chart, isBare ? bareView(view) : view)
    const isTooWide = name !== 'full' && !isBare && first.width > PAGE_WIDTH
    views[name] = isTooWide ? await layout(elk, chart, bareView(view)) : first
  }
  return { chart, views }
}
