import type { VNode } from 'preact'
import { actionText, type Chart, type ChartEdge } from '../../../machines/charts/chart.ts'

/** The transitions that the step took which is shown, in words: whole, however the chart cuts them. */
export function ChartTaken(props: {
  chart: Chart
  taken: readonly string[]
  select: ((id: string) => void) | undefined
}): VNode | null {
  const { chart, taken, select } = props
  const edges = taken.flatMap((id) => chart.edges.find((edge) => edge.id === id) ?? [])
  const words = ({ label, guard, actions }: ChartEdge) => (
    <>
      <b>{label}</b>
      {guard !== null && <span class="muted"> [{guard}]</span>}
      {actions.map((action, i) => (
        <span key={i} class={action.kind === 'effect' ? 'effect-name' : 'muted'}>
          {i === 0 ? ' / ' : ', '}
          {actionText(action)}
        </span>
      ))}
    </>
  )
  return edges.length === 0 ? null : (
    <ul class="chart-took" aria-label="Transitions taken in this step">
      {edges.map((edge) => (
        <li key={edge.id} data-taken={edge.id}>
          {select === undefined ? (
            words(edge)
          ) : (
            <button type="button" onClick={() => select(edge.id)}>
              {words(edge)}
            </button>
          )}{' '}
          <span class="muted">{wayOf(chart, edge)}</span>
        </li>
      ))}
    </ul>
  )
}

/** From where to where, e.g. `drafting.quoting → drafting.preview`. */
function wayOf(chart: Chart, { source, targets }: ChartEdge): string {
  const name = (id: string) => (id === chart.id ? 'anywhere' : id.slice(chart.id.length + 1))
  const from = name(source)
  if (targets.length === 0) return `in ${from}, which stays`
  if (targets.length === 1 && targets[0] === source) return `${from} ↻`
  return `${from} → ${targets.map(name).join(' ∥ ')}`
}
