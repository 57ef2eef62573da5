import type { Chart } from '../../../machines/charts/chart.ts'
import type { PositionedView } from '../../../machines/charts/position.ts'
import { textWidth } from '../../../machines/charts/text-width.ts'

/** Below this scale nothing that is drawn in the chart's own size can be read. */
export const FAR = 0.55
/** On the screen, in pixels. */
const LETTERS = 12
const ROOM = 4

/** The names of states that are large enough for them, at reading size, over a chart seen from afar. */
export function FarNames(props: { chart: Chart; view: PositionedView; scale: number }) {
  const { chart, view, scale } = props
  const known = new Map(chart.states.map((s) => [s.id, s]))
  const size = LETTERS / scale
  const placed: { x: number; y: number; width: number; height: number }[] = []
  return (
    <g class="chart-far" font-size={size}>
      {view.states.map(({ id, x, y, width, height }) => {
        const state = known.get(id)
        if (state === undefined || state.parent === null || state.type === 'history') return null
        const room = textWidth(state.key, size) + ROOM / scale
        const box = { x, y, width: room, height: size * 1.3 }
        const isFree = placed.every(
          (other) =>
            other.x + other.width < box.x ||
            box.x + box.width < other.x ||
            other.y + other.height < box.y ||
            box.y + box.height < other.y,
        )
        // Compounds come before what is in them: theirs are the names that stay.
        if (!isFree || (room > width * 1.8 && height < size)) return null
        placed.push(box)
        return (
          <text key={id} x={x + ROOM / 2 / scale} y={y + size}>
            {state.key}
          </text>
        )
      })}
    </g>
  )
}
