import type { VNode } from 'preact'
import type { PositionedChart } from '../../../machines/charts/position.ts'

interface ToolsProps {
  chart: PositionedChart
  /** The view that is shown. */
  name: string
  scale: number
  show(view: string): void
  zoomTo(scale: number): void
  onFit(): void
}

/** Which part of the chart is shown, and how large. */
export function ChartTools({ chart, name, scale, show, zoomTo, onFit }: ToolsProps): VNode {
  const opened = chart.chart.states.find((s) => s.id === name)
  const hasCompounds = Object.keys(chart.views).length > 2
  return (
    <div class="chart-tools" role="toolbar" aria-label="Chart">
      {hasCompounds && (
        <span class="chart-views">
          <button type="button" aria-pressed={name === 'overview'} onClick={() => show('overview')}>
            Overview
          </button>
          {opened && (
            <button type="button" aria-pressed={true}>
              {opened.id.slice(chart.chart.id.length + 1)}
            </button>
          )}
          <button type="button" aria-pressed={name === 'full'} onClick={() => show('full')}>
            Full
          </button>
        </span>
      )}
      <span class="chart-zoom">
        <button type="button" aria-label="Smaller" onClick={() => zoomTo(scale / 1.25)}>
          −
        </button>
        <button type="button" title="Fit the width" onClick={onFit}>
          {Math.round(scale * 100)} %
        </button>
        <button type="button" aria-label="Larger" onClick={() => zoomTo(scale * 1.25)}>
          +
        </button>
      </span>
    </div>
  )
}
