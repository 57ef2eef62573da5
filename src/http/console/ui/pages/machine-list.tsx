import type { Chart, ChartState } from '../../../../machines/charts/chart.ts'
import type { EdgeStats, StateCounts } from '../../contract.ts'
import { count, plural } from '../lib/format.ts'

/** The chart in words: every state with its actors and its transitions, for eyes and readers. */
export function StateList(props: {
  chart: Chart
  counts: StateCounts
  stats: EdgeStats | null
  selected: string
  selectState: (id: string) => void
  selectEdge: (id: string) => void
}) {
  const { chart } = props
  const root = chart.states.find(({ parent }) => parent === null)
  return root === undefined ? null : (
    <ul class="states">
      <State state={root} {...props} />
    </ul>
  )
}

function State(props: Parameters<typeof StateList>[0] & { state: ChartState }) {
  const { state, ...rest } = props
  const { chart, counts, stats, selected, selectState, selectEdge } = rest
  const children = chart.states.filter(({ parent }) => parent === state.id)
  const edges = chart.edges.filter(({ source }) => source === state.id)
  const often = new Map(stats?.edges.map((edge) => [edge.id, edge.count]))
  const name = (id: string) => (id === chart.id ? id : id.slice(chart.id.length + 1))
  return (
    <li>
      <p class="state-line">
        <button
          type="button"
          class="text-button mono"
          aria-pressed={selected === state.id}
          onClick={() => selectState(state.id)}
        >
          {state.key}
        </button>
        {state.type !== 'atomic' && <span class="muted">{state.type}</span>}
        <b>{plural(counts[state.id] ?? 0, 'actor')}</b>
      </p>
      {state.description && <p class="muted">{state.description}</p>}
      {edges.length > 0 && (
        <ul class="edges">
          {edges.map((edge) => (
            <li key={edge.id}>
              <button
                type="button"
                class="text-button"
                aria-pressed={selected === edge.id}
                onClick={() => selectEdge(edge.id)}
              >
                {edge.label}
                {edge.guard && <span class="muted"> [{edge.guard}]</span>}
              </button>{' '}
              <span class="muted">→ {edge.targets.map(name).join(' ∥ ') || 'stays'}</span>{' '}
              {often.has(edge.id) && <small>{count(often.get(edge.id) ?? 0)}</small>}
            </li>
          ))}
        </ul>
      )}
      {children.length > 0 && (
        <ul class="states">
          {children.map((child) => (
            <State key={child.id} state={child} {...rest} />
          ))}
        </ul>
      )}
    </li>
  )
}
