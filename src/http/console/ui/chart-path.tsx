import { useEffect, useState } from 'preact/hooks'
import type { Chart } from '../../../machines/charts/chart.ts'
import { headHeight, type PositionedView } from '../../../machines/charts/position.ts'

interface PathProps {
  frame: { current: HTMLElement | null }
  chart: Chart
  view: PositionedView
  scale: number
  margin: number
}

/** The open states around what is in sight whose own heads are not: they stay at the top. */
export function ChartPath({ frame, chart, view, scale, margin }: PathProps) {
  const [names, setNames] = useState<readonly string[]>([])
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const parents = new Set(
      view.states.map(({ id }) => chart.states.find((s) => s.id === id)?.parent),
    )
    const open = view.states.filter((s) => parents.has(s.id) && s.hidden === 0)
    const look = () => {
      const { scrollLeft, scrollTop, clientWidth } = element
      const x = (scrollLeft + clientWidth / 2) / scale - margin
      const y = scrollTop / scale - margin
      const around = open.filter(
        (s) =>
          s.x <= x &&
          x <= s.x + s.width &&
          s.y + headHeight(0) / 2 < y &&
          y + headHeight(s.rows.length) < s.y + s.height,
      )
      const next = around.map(({ id }) => chart.states.find((s) => s.id === id)?.key ?? id)
      setNames((before) => (before.join() === next.join() ? before : next))
    }
    look()
    element.addEventListener('scroll', look, { passive: true })
    return () => element.removeEventListener('scroll', look)
  }, [frame, view, scale])
  return names.length === 0 ? null : (
    <div class="chart-path" aria-hidden="true">
      <span>{names.join(' › ')}</span>
    </div>
  )
}
