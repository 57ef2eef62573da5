import type { VNode } from 'preact'
import { FOCUS } from '../../../machines/charts/focus.ts'
import type { PositionedChart } from '../../../machines/charts/position.ts'
import { ChartDownloads } from './chart-downloads.tsx'
import { openSearch } from './lib/open-search.ts'

interface ToolsProps {
  chart: PositionedChart
  /** The view that is shown. */
  name: string
  scale: number
  show(view: string): void
  zoomTo(scale: number): void
  /** Back to the scale at which it can be read. */
  onFit(): void
  /** All of it at once, however small. */
  fitAll(): void
  /** Back to where the actor is, or to all states; null: that is what is shown. */
  back: (() => void) | null
  backTo: string
  svg(): Element | null
}

/** Which part of the chart is shown, and how large. */
export function ChartTools(props: ToolsProps): VNode {
  const { chart, name, scale, show, zoomTo, onFit, fitAll, back, backTo, svg } = props
  const opened = chart.chart.states.find((s) => s.id === name)
  const hasCompounds = Object.keys(chart.views).length > 2
  const views = [
    [FOCUS, 'Focus'],
    ...(hasCompounds ? [['overview', 'Overview']] : []),
    ...(opened ? [[opened.id, opened.id.slice(chart.chart.id.length + 1)]] : []),
    ['full', 'Full'],
  ] as [string, string][]
  return (
    <div class="chart-tools" role="toolbar" aria-label="Chart">
      <span class="chart-views">
        {views.map(([view, label]) => (
          <button
            key={view}
            type="button"
            aria-pressed={
              name === view || (view === 'full' && !hasCompounds && name === 'overview')
            }
            onClick={() => show(view)}
          >
            {label}
          </button>
        ))}
      </span>
      {back !== null && (
        <span>
          <button type="button" onClick={back}>
            {backTo}
          </button>
        </span>
      )}
      <span class="chart-zoom">
        <button type="button" title="Find a state (/)" onClick={openSearch}>
          Find
        </button>
        <button type="button" title="The whole chart in the frame" onClick={fitAll}>
          Fit
        </button>
        <button type="button" aria-label="Smaller" onClick={() => zoomTo(scale / 1.25)}>
          −
        </button>
        <button type="button" title="As large as it can be read" onClick={onFit}>
          {Math.round(scale * 100)} %
        </button>
        <button type="button" aria-label="Larger" onClick={() => zoomTo(scale * 1.25)}>
          +
        </button>
        <ChartDownloads chart={chart.chart} view={name} svg={svg} />
      </span>
    </div>
  )
}
