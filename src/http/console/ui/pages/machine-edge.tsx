import { actionText, type Chart } from '../../../../machines/charts/chart.ts'
import type { EdgeStats } from '../../contract.ts'
import { count } from '../lib/format.ts'
import { Badge } from '../parts/badge.tsx'
import { Panel } from '../parts/page.tsx'
import { Empty, Skeleton } from '../parts/states.tsx'
import { RANGES } from './machine-coverage.tsx'

const often = (times: number) => (times === 1 ? 'once' : `${count(times)} times`)

/** A transition: when it is taken, what it does, how often it was. */
export function EdgePanel(props: {
  id: string
  chart: Chart | null
  stats: EdgeStats | null
  onState: (id: string) => void
}) {
  const { id, chart, stats, onState } = props
  if (chart === null) return <Skeleton lines={6} height={200} />
  const edge = chart.edges.find((one) => one.id === id)
  if (edge === undefined) return <Empty title="There is no such transition." />
  const stat = stats?.edges.find((one) => one.id === id)
  const stateButton = (state: string) => (
    <button type="button" class="text-button mono" onClick={() => onState(state)}>
      {state === chart.id ? state : state.slice(chart.id.length + 1)}
    </button>
  )
  return (
    <Panel title={edge.label}>
      {edge.description && <p class="muted pad">{edge.description}</p>}
      <dl class="facts">
        <div>
          <dt>From</dt>
          <dd>{stateButton(edge.source)}</dd>
        </div>
        <div>
          <dt>To</dt>
          <dd>{edge.targets.length === 0 ? 'stays where it is' : edge.targets.map(stateButton)}</dd>
        </div>
        <div>
          <dt>Guard</dt>
          <dd>
            {edge.guard === null ? <span class="muted">none</span> : <code>{edge.guard}</code>}
          </dd>
        </div>
        <div>
          <dt>Actions</dt>
          <dd>
            {edge.actions.length === 0 && <span class="muted">none</span>}
            <ul class="plain">
              {edge.actions.map((action) => (
                <li key={actionText(action)}>
                  <code>{actionText(action)}</code>{' '}
                  <Badge tone={action.kind === 'effect' ? 'warn' : 'plain'}>
                    {action.kind === 'effect' ? 'effect' : 'context'}
                  </Badge>
                </li>
              ))}
            </ul>
          </dd>
        </div>
        {edge.delay !== null && (
          <div>
            <dt>Delay</dt>
            <dd>
              <code>{edge.delay}</code>
            </dd>
          </div>
        )}
        <div>
          <dt>{RANGES[stats?.range ?? 'day']}</dt>
          <dd data-testid="edge-count">{stat === undefined ? '…' : often(stat.count)}</dd>
        </div>
      </dl>
    </Panel>
  )
}
