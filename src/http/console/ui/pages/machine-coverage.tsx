import type { EdgeRange, EdgeStat, EdgeStats } from '../../contract.ts'
import { count, plural } from '../lib/format.ts'
import { setParams } from '../lib/location.ts'
import type { Loaded } from '../lib/use-load.ts'
import { Panel } from '../parts/page.tsx'
import { Empty, Show } from '../parts/states.tsx'
import { Ago } from '../parts/time.tsx'

export const RANGES: Record<EdgeRange, string> = {
  day: 'Last 24 h',
  month: 'Last 30 days',
  tests: 'Test run',
}

/** Of what the counts are, and how much of the chart they reach. */
export function CoverageBar({ range, stats }: { range: EdgeRange; stats: Loaded<EdgeStats> }) {
  const { data } = stats
  const ranges: EdgeRange[] = [
    'day',
    'month',
    ...(data?.testedAt != null ? (['tests'] as const) : []),
  ]
  const taken = data?.edges.filter((edge) => edge.count > 0).length ?? 0
  return (
    <div class="coverage-bar">
      <label>
        <span class="sr">Counted in</span>
        <select
          value={range}
          onChange={({ currentTarget: { value } }) =>
            setParams({ range: value === 'day' ? null : value }, { replace: true })
          }
        >
          {ranges.map((one) => (
            <option key={one} value={one}>
              {RANGES[one]}
            </option>
          ))}
        </select>
      </label>
      {data !== null && (
        <p>
          <b data-testid="coverage">
            {taken} of {data.edges.length}
          </b>{' '}
          transitions taken in {plural(data.steps, range === 'tests' ? 'transition' : 'step')}
          {range === 'tests' && (
            <>
              {' '}
              of the tests <Ago at={data.since} />
            </>
          )}
          .
          {data.done < 1 &&
            ` ${Math.floor(data.done * 100)} % of the time is counted so far: the rest is being run again.`}
          {data.unexplained > 0 &&
            ` ${count(data.unexplained)} could not be taken by the machine of today.`}
        </p>
      )}
    </div>
  )
}

/** What was never taken, by the state in which it begins. */
export function DeadTransitions(props: {
  machine: string
  stats: Loaded<EdgeStats>
  onEdge: (id: string) => void
}) {
  const { machine, stats, onEdge } = props
  const dead = stats.data?.edges.filter((edge) => edge.count === 0) ?? []
  const short = (id: string) => (id === machine ? 'anywhere' : id.slice(machine.length + 1))
  return (
    <Panel
      title="Never taken"
      tools={stats.data && <small class="muted">{dead.length}</small>}
      class="dead"
    >
      <Show loaded={stats} lines={10} height={320}>
        {() =>
          dead.length === 0 ? (
            <Empty title="Every transition was taken." />
          ) : (
            <ul class="dead-transitions">
              {[...Map.groupBy(dead, ({ source }) => source)].map(([source, edges]) => (
                <li key={source}>
                  <b class="mono wrap">{short(source)}</b>
                  <ul>
                    {edges.map((edge) => (
                      <li key={edge.id}>
                        <button type="button" class="text-button" onClick={() => onEdge(edge.id)}>
                          {nameOf(edge)}
                        </button>
                        {edge.guard !== null && <small class="muted"> [{edge.guard}]</small>}
                      </li>
                    ))}
                  </ul>
                </li>
              ))}
            </ul>
          )
        }
      </Show>
    </Panel>
  )
}

const nameOf = ({ event }: EdgeStat): string =>
  event === '' ? 'always' : event.replace(/^xstate\.after\.([^.]+)\..*$/, 'after $1')
