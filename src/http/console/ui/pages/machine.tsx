import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Chart } from '../../../../machines/charts/chart.ts'
import type {
  ActorSummary,
  EdgeRange,
  EdgeStats,
  MachineDetail,
  StateCounts,
} from '../../contract.ts'
import { plural } from '../lib/format.ts'
import { follow } from '../lib/live.ts'
import { param, setParams } from '../lib/location.ts'
import { hrefOf, toQuery } from '../lib/route.ts'
import { API } from '../lib/session.ts'
import { useLoad } from '../lib/use-load.ts'
import { ActorLink } from '../parts/actor-link.tsx'
import { Badge } from '../parts/badge.tsx'
import { FOLLOW, LiveChart, useChart } from '../parts/live-chart.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { Empty, Show, Skeleton } from '../parts/states.tsx'
import { PagedTable, usePages } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { CoverageBar, DeadTransitions } from './machine-coverage.tsx'
import { EdgePanel } from './machine-edge.tsx'
import { StateList } from './machine-list.tsx'

const shortId = (machine: string, id: string) => id.slice(machine.length + 1)

/** A machine's chart with how many actors are where; from a state to its actors. */
export function MachinePage({ id }: { id: string }) {
  const detail = useLoad<MachineDetail>(`${API}/machines/${encodeURIComponent(id)}`)
  const [live, setLive] = useState<{ total: number; counts: StateCounts } | null>(null)
  useEffect(
    () =>
      follow({ machine: id }, { counts: (message) => message.machine === id && setLive(message) }),
    [id],
  )
  const total = live?.total ?? detail.data?.actors
  return (
    <Page
      title={id}
      above="Machine"
      about={
        <p>
          {detail.data?.description ?? '\u00a0'}{' '}
          {total !== undefined && detail.data?.kept && (
            <b data-testid="total">{plural(total, 'actor')}</b>
          )}
        </p>
      }
      tools={
        <>
          <ViewSwitch />
          <a class="button" href={hrefOf.simulator(id)}>
            Simulate
          </a>
        </>
      }
      class="wide"
    >
      <Show loaded={detail} height={560} lines={12}>
        {(machine) => <Body machine={machine} counts={live?.counts ?? machine.counts} />}
      </Show>
    </Page>
  )
}

const VIEWS = [
  ['', 'Chart'],
  ['list', 'List'],
  ['coverage', 'Coverage'],
] as const

const ViewSwitch = () => (
  <fieldset class="segmented">
    <legend class="sr">View</legend>
    {VIEWS.map(([value, words]) => (
      <label key={value}>
        <input
          type="radio"
          name="as"
          checked={param('as') === value}
          onChange={() => setParams({ as: value })}
        />
        <span>{words}</span>
      </label>
    ))}
  </fieldset>
)

/** What is being counted is asked for again so soon. */
const COUNTING_MS = 1_500

function Body({ machine, counts }: { machine: MachineDetail; counts: StateCounts }) {
  const chart = useChart(machine.chart)
  const range = param('range', 'day') as EdgeRange
  const stats = useLoad<EdgeStats>(
    `${API}/machines/${encodeURIComponent(machine.id)}/edges${toQuery({ range })}`,
  )
  const isCoverage = param('as') === 'coverage'
  const { reload } = stats
  useEffect(() => {
    if (stats.data === null || stats.data.done === 1) return
    const timer = setTimeout(reload, COUNTING_MS)
    return () => clearTimeout(timer)
  }, [stats.data])
  const often = useMemo(
    () => new Map(stats.data?.edges.map(({ id, count }) => [id, count])),
    [stats.data],
  )
  const [state, edge, open] = [param('state'), param('edge'), param('open')]
  const selectState = (next: string) => setParams({ state: next, edge: null })
  const selectEdge = (next: string) => setParams({ edge: next, state: null })
  return (
    <div class="beside">
      <section class="stage" aria-label="States">
        {isCoverage && <CoverageBar range={range} stats={stats} />}
        {param('as') === 'list' ? (
          <Listed
            chart={chart.data?.chart ?? null}
            error={chart.error !== null}
            {...{ counts, stats: stats.data, selectEdge, selectState, selected: state || edge }}
          />
        ) : (
          <LiveChart
            url={machine.chart}
            {...(isCoverage ? { often } : { counts })}
            {...(machine.kept ? {} : { active: Object.keys(counts) })}
            selected={state || edge || null}
            view={open || (isCoverage ? 'overview' : FOLLOW)}
            onView={(view) => setParams({ open: view }, { replace: true })}
            onSelectState={selectState}
            onSelectEdge={selectEdge}
          />
        )}
      </section>
      <aside class="details" aria-label="Details">
        {edge ? (
          <EdgePanel
            id={edge}
            chart={chart.data?.chart ?? null}
            stats={stats.data}
            onState={selectState}
          />
        ) : !machine.kept ? (
          <Panel title="This process">
            <p class="pad muted">
              This machine runs in memory, once in every process: nothing of it is stored, so it has
              no actors to list and no journal to count from. Its lit states are those of the
              instance that answers you.
            </p>
          </Panel>
        ) : isCoverage ? (
          <DeadTransitions stats={stats} machine={machine.id} onEdge={selectEdge} />
        ) : (
          <ActorsPanel
            count={counts[state || machine.id] ?? 0}
            machine={machine.id}
            state={state || machine.id}
            chart={chart.data?.chart ?? null}
          />
        )}
      </aside>
    </div>
  )
}

function Listed(props: {
  chart: Chart | null
  error: boolean
  counts: StateCounts
  stats: EdgeStats | null
  selected: string
  selectState: (id: string) => void
  selectEdge: (id: string) => void
}) {
  const { chart, error, ...rest } = props
  if (error) return <Empty title="The list of states could not be read." />
  return chart === null ? (
    <Skeleton lines={12} height={400} />
  ) : (
    <StateList chart={chart} {...rest} />
  )
}

/** The list may be this late behind the counts: it costs a query. */
const LIST_PAUSE_MS = 1_500

/** The actors in a state, the longest resident first. */
function ActorsPanel(props: {
  machine: string
  state: string
  /** How many there are: when it changes, the list is read again. */
  count: number
  chart: Chart | null
}) {
  const { machine, state, count, chart } = props
  const query = toQuery({ state, limit: 25 })
  const pages = usePages<ActorSummary>(
    `${API}/machines/${encodeURIComponent(machine)}/actors${query}`,
  )
  const read = useRef(count)
  const { reload } = pages
  useEffect(() => {
    if (read.current === count) return
    const timer = setTimeout(() => {
      read.current = count
      reload()
    }, LIST_PAUSE_MS)
    return () => clearTimeout(timer)
  }, [count])
  const facts = chart?.states.find(({ id }) => id === state)
  return (
    <Panel
      title={state === machine ? 'All actors' : `Actors in ${shortId(machine, state)}`}
      tools={
        state !== machine && (
          <button type="button" class="text-button" onClick={() => setParams({ state: null })}>
            Show all
          </button>
        )
      }
    >
      {facts?.description && <p class="muted pad">{facts.description}</p>}
      <PagedTable
        label="Actors, oldest first"
        pages={pages}
        keyOf={({ actor }) => actor}
        columns={[
          { title: 'Actor', cell: ({ actor }) => <ActorLink id={actor} short /> },
          {
            title: 'State',
            cell: ({ state: path, status }) => (
              <Badge tone={status === 'done' ? 'plain' : 'busy'}>{path}</Badge>
            ),
          },
          { title: 'Moved', cell: ({ updatedAt }) => <Ago at={updatedAt} />, end: true },
        ]}
        empty={<Empty title="Nobody is here.">New ones appear in the counts by themselves.</Empty>}
      />
    </Panel>
  )
}
