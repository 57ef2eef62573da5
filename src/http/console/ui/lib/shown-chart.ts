import type { Chart } from '../../../../machines/charts/chart.ts'

/** The chart that is on the page, for whoever looks for a state. */
export interface ShownChart {
  chart: Chart
  /** Brings a state into sight. */
  find(id: string): void
}

const shown: ShownChart[] = []

/** Announces a chart until the returned function is called; the newest one is searched. */
export function showChart(chart: ShownChart): () => void {
  shown.push(chart)
  return () => {
    shown.splice(shown.indexOf(chart), 1)
  }
}

export const shownChart = (): ShownChart | undefined => shown.at(-1)
