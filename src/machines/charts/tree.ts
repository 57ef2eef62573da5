import type { Chart, ChartEdge, ChartState } from './chart.ts'

/** A chart with what is asked for again and again: by id, by parent, by source. */
export interface ChartTree {
  chart: Chart
  root: ChartState
  state(id: string): ChartState
  children(id: string): readonly ChartState[]
  edges(source: string): readonly ChartEdge[]
  /** Whether `id` is in `ancestor`, and not the same. */
  isInside(id: string, ancestor: string): boolean
}

export function treeOf(chart: Chart): ChartTree {
  const byId = new Map(chart.states.map((s) => [s.id, s]))
  const byParent = Map.groupBy(chart.states, (s) => s.parent)
  const bySource = Map.groupBy(chart.edges, (e) => e.source)
  const state = (id: string) => byId.get(id) as ChartState
  const isInside = (id: string, ancestor: string): boolean => {
    const { parent } = state(id)
    return parent !== null && (parent === ancestor || isInside(parent, ancestor))
  }
  return {
    chart,
    root: chart.states[0] as ChartState,
    state,
    children: (id) => byParent.get(id) ?? [],
    edges: (source) => bySource.get(source) ?? [],
    isInside,
  }
}
