import { useEffect, useState } from 'preact/hooks'
import type { MachineAtAGlance, Overview, StateCounts } from '../../contract.ts'
import { count, money, plural, short, span } from '../lib/format.ts'
import { follow, rates } from '../lib/live.ts'
import { hrefOf } from '../lib/route.ts'
import { API } from '../lib/session.ts'
import { useLoad } from '../lib/use-load.ts'
import { Light } from '../parts/badge.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { Plot } from '../parts/plot.tsx'
import { Empty, Show } from '../parts/states.tsx'
import { Tile, Tiles } from '../parts/tiles.tsx'

type Series = Overview['series']
type Counts = Record<string, { total: number; counts: StateCounts }>

const SHOWN_SECONDS = 300
/** What is not streamed (failures, money) is read again this often. */
const REFRESH_MS = 10_000

/** Whether the bot is well, what it does now, and where its actors are. */
export function OverviewPage() {
  const loaded = useLoad<Overview>(`${API}/overview`)
  const [series, setSeries] = useState<Series | null>(null)
  const [counts, setCounts] = useState<Counts>({})
  const { reload } = loaded

  useEffect(() => {
    if (loaded.data) setSeries(loaded.data.series)
  }, [loaded.data])
  useEffect(
    () =>
      follow(
        {},
        {
          counts: ({ machine, total, counts: states }) =>
            setCounts((before) => ({ ...before, [machine]: { total, counts: states } })),
          rates: (second) => setSeries((before) => before && grown(before, second)),
        },
      ),
    [],
  )
  // One clock for the life of the page
  useEffect(() => {
    const timer = setInterval(() => document.hidden || reload(), REFRESH_MS)
    return () => clearInterval(timer)
  }, [])

  return (
    <Page title="Overview">
      <Show loaded={loaded} height={640} lines={12}>
        {(data) => (
          <>
            <Figures data={data} />
            <div class="plots">
              <Rates series={series ?? data.series} />
            </div>
            <h2 class="part">Machines</h2>
            <ul class="cards">
              {data.machines.map((machine) => (
                <MachineCard key={machine.id} machine={machine} live={counts[machine.id]} />
              ))}
            </ul>
            <Failures failures={data.failures} />
          </>
        )}
      </Show>
    </Page>
  )
}

/** One more second at the end, as many in all as before. */
function grown(
  series: Series,
  second: { at: number; steps: number; effects: number; failures: number },
): Series {
  if (second.at <= series.at) return series
  const add = (values: number[], value: number) => [...values, value].slice(-SHOWN_SECONDS)
  return {
    at: second.at,
    steps: add(series.steps, second.steps),
    effects: add(series.effects, second.effects),
    failures: add(series.failures, second.failures),
  }
}

function Figures({ data }: { data: Overview }) {
  const { health, queues, failures, ledger } = data
  const live = rates.value
  const waiting = live?.waiting ?? queues.waiting
  const letters = failures.letters.reduce((sum, { count: n }) => sum + n, 0)
  const jobs = failures.jobs.reduce((sum, { count: n }) => sum + n, 0)
  const balanced = ledger.discrepancyKopecks === null ? null : ledger.ok
  return (
    <Tiles>
      <Tile
        name="Health"
        value={<Light tone={health.status === 'ok' ? 'good' : 'bad'}>{health.status}</Light>}
        note={`${health.mode}, up ${span(health.uptime * 1_000)}`}
      />
      <Tile
        name="Waiting"
        value={short(waiting)}
        note={plural(queues.cached, 'actor in memory', 'actors in memory')}
        tone={waiting > 1_000 ? 'warn' : 'plain'}
      />
      <Tile
        name="Effects due"
        value={short(queues.ready)}
        note={`${count(queues.running)} running, ${count(queues.scheduled)} scheduled`}
      />
      <Tile
        name="Dead letters"
        value={short(letters)}
        note={<a href={hrefOf.list('letters')}>in 24 h</a>}
        tone={letters > 0 ? 'bad' : 'plain'}
      />
      <Tile
        name="Failed jobs"
        value={short(jobs)}
        note={<a href={hrefOf.list('jobs', { state: 'failed' })}>in 24 h</a>}
        tone={jobs > 0 ? 'warn' : 'plain'}
      />
      <Tile
        name="Ledger"
        value={
          <Light tone={balanced === null ? 'plain' : balanced ? 'good' : 'bad'}>
            {balanced === null ? 'not audited' : balanced ? 'balanced' : 'off'}
          </Light>
        }
        note={<a href={hrefOf.list('ledger')}>{money(ledger.heldKopecks)} held</a>}
      />
    </Tiles>
  )
}

function Rates({ series }: { series: Series }) {
  const seconds = series.steps.map(
    (_, i) => Math.round(series.at / 1_000) - series.steps.length + 1 + i,
  )
  const last = (values: number[]) => values.at(-1) ?? 0
  const failed = series.failures.reduce((sum, n) => sum + n, 0)
  return (
    <>
      <Panel title="Steps per second" tools={<b class="figure">{count(last(series.steps))}</b>}>
        <Plot
          label={`Steps per second over five minutes, now ${last(series.steps)}`}
          lines={[{ label: 'steps', colour: '--accent', fill: true }]}
          data={[seconds, series.steps]}
        />
      </Panel>
      <Panel
        title="Effects per second"
        tools={
          <span class="row">
            {failed > 0 && <span class="legend bad">{plural(failed, 'failure')}</span>}
            <b class="figure">{count(last(series.effects))}</b>
          </span>
        }
      >
        <Plot
          label={`Effects per second over five minutes, now ${last(series.effects)}; ${plural(failed, 'failure')}`}
          lines={[
            { label: 'effects', colour: '--blue', fill: true },
            { label: 'failures', colour: '--bad' },
          ]}
          data={[seconds, series.effects, series.failures]}
        />
      </Panel>
    </>
  )
}

function MachineCard(props: {
  machine: MachineAtAGlance
  live: { total: number; counts: StateCounts } | undefined
}) {
  const { machine, live } = props
  const counts = live?.counts ?? machine.counts
  return (
    <li class="card">
      <a href={hrefOf.machine(machine.id)}>
        <header>
          <h3>{machine.id}</h3>
          <span class="muted">{plural(live?.total ?? machine.actors, 'actor')}</span>
        </header>
        <StateChips machine={machine} counts={counts} />
        <p class="muted">{machine.description}</p>
      </a>
      <ul class="top">
        {machine.top.slice(0, 4).map(({ state, count: n }) => (
          <li key={state}>
            <a href={hrefOf.machine(machine.id, { state: nodeId(machine.id, state) })}>
              <span>{shortId(machine.id, state)}</span>
              <b>{short(n)}</b>
            </a>
          </li>
        ))}
      </ul>
    </li>
  )
}

/** The outermost states at reading size; those with actors in them stand out, with their number. */
const StateChips = ({ machine, counts }: { machine: MachineAtAGlance; counts: StateCounts }) => (
  <span class="mini">
    {machine.states.map((id) => {
      const here = counts[id] ?? 0
      return (
        <span key={id} class={here > 0 ? 'held' : ''}>
          {shortId(machine.id, id)}
          {here > 0 && <b>{short(here)}</b>}
        </span>
      )
    })}
  </span>
)

const shortId = (machine: string, id: string) =>
  id.startsWith(`${machine}.`) ? id.slice(machine.length + 1) : id

/** The node of a state's dotted path. */
const nodeId = (machine: string, state: string) =>
  state === machine || state.startsWith(`${machine}.`) ? state : `${machine}.${state}`

function Failures({ failures }: { failures: Overview['failures'] }) {
  const { letters, jobs } = failures
  return (
    <Panel title="Failures in 24 hours">
      {letters.length + jobs.length === 0 ? (
        <Empty title="None." />
      ) : (
        <ul class="reasons">
          {letters.map(({ kind, count: n }) => (
            <li key={kind}>
              <a href={hrefOf.list('letters', { kind })}>Dead letters: {kind}</a>
              <b>{count(n)}</b>
            </li>
          ))}
          {jobs.map(({ errorCode, count: n }) => (
            <li key={errorCode}>
              <a href={hrefOf.list('jobs', { state: 'failed' })}>Jobs: {errorCode}</a>
              <b>{count(n)}</b>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
