import { useEffect, useState } from 'preact/hooks'
import type {
  ActorDetail,
  ActorSummary,
  LiveMessages,
  MachineDetail,
  Step,
  StepPage,
} from '../../contract.ts'
import { clockTime } from '../lib/format.ts'
import { follow } from '../lib/live.ts'
import { hrefOf, toQuery } from '../lib/route.ts'
import { API, session } from '../lib/session.ts'
import { eventName, trailOf } from '../lib/timeline.ts'
import { type Loaded, useLoad } from '../lib/use-load.ts'
import { Badge } from '../parts/badge.tsx'
import { ClockButtons, useSandbox } from '../parts/clock.tsx'
import { FollowSwitch } from '../parts/follow-switch.tsx'
import { Icon } from '../parts/icon.tsx'
import { FOLLOW, LiveChart } from '../parts/live-chart.tsx'
import { LinkState } from '../parts/shell.tsx'
import { Failure, Skeleton } from '../parts/states.tsx'
import { Toasts } from '../parts/toast.tsx'

type Moved = LiveMessages['actor']

/** How many of the newest events stand under the chart. */
const SHOWN = 4

const actorUrl = (id: string) => `${API}/actors/${encodeURIComponent(id)}`
const machineOf = (id: string) => id.split(':')[0] ?? ''

/**
 * One actor's chart and nothing around it, for a place beside a chat; its orders are one press
 * away. Before its first event the chart is there, and nothing on it is lit.
 */
export function LivePage({ id }: { id: string }) {
  const [chosen, setChosen] = useState<string | null>(null)
  const shown = chosen ?? id
  const found = useLoad<ActorSummary[]>(`${API}/actors${toQuery({ q: id })}`)
  const exists = found.data?.some(({ actor }) => actor === id) ?? false
  const home = useLoad<ActorDetail>(exists ? actorUrl(id) : null)
  useEffect(() => {
    document.title = `${id} · live`
  }, [id])
  const renew = () => {
    found.reload()
    home.reload()
  }
  return (
    <Followed
      key={shown}
      actor={shown}
      exists={exists}
      onMoved={renew}
      tabs={
        home.data &&
        home.data.jobs.length > 0 && <Tabs home={home.data} shown={shown} choose={setChosen} />
      }
    />
  )
}

/** The chart of one actor, from the newest step that is known. */
function Followed(props: {
  actor: string
  exists: boolean
  onMoved: () => void
  tabs: preact.ComponentChildren
}) {
  const { actor, exists, onMoved, tabs } = props
  const [view, setView] = useState(FOLLOW)
  const [moved, setMoved] = useState<Moved | null>(null)
  const machine = useLoad<MachineDetail>(`${API}/machines/${machineOf(actor)}`)
  const newest = useLoad<StepPage>(
    exists ? `${actorUrl(actor)}/steps${toQuery({ limit: SHOWN })}` : null,
  )
  const steps = newest.data?.steps ?? []
  const last = steps.at(-1) ?? null
  // What was heard is newer than what was read, but says less.
  const isAhead = moved !== null && (last === null || moved.seq > last.seq)
  const state = isAhead ? moved.state : last?.to
  const lit = isAhead ? moved.configuration : (last?.configuration ?? [])

  const { reload } = newest
  useEffect(
    () =>
      follow(
        { actor },
        {
          actor: (message) => {
            if (message.actor !== actor) return
            setMoved(message)
            reload()
            onMoved()
          },
        },
      ),
    [actor],
  )
  return (
    <main class="embed">
      <header>
        <h1>{machineOf(actor)}</h1>
        <span data-testid="state" role="status">
          {state ? <Badge tone="busy">{state}</Badge> : <span class="muted">nobody wrote yet</span>}
        </span>
        <LinkState />
        <FollowSwitch
          on={view === FOLLOW}
          onChange={() => setView(view === FOLLOW ? 'full' : FOLLOW)}
        />
        <a
          class="round"
          href={hrefOf.actor(actor)}
          target="_blank"
          rel="noopener"
          aria-label="Open in the console"
          title="Open in the console"
        >
          <Icon name="open" />
        </a>
      </header>
      {tabs}
      <div class="embed-chart">
        <LiveMachine machine={machine}>
          {(url) => (
            <LiveChart
              url={url}
              active={lit}
              taken={isAhead ? undefined : last?.taken}
              trail={trailOf(steps, last?.seq ?? null)}
              view={view}
              onView={setView}
            />
          )}
        </LiveMachine>
      </div>
      <footer>
        {steps.length > 0 && <Recent steps={steps} />}
        {session.value?.sandbox && <Clock />}
      </footer>
      <Toasts />
    </main>
  )
}

function LiveMachine(props: {
  machine: Loaded<MachineDetail>
  children: (url: string | null) => preact.VNode
}) {
  const { machine, children } = props
  if (machine.data !== null) return children(machine.data.chart)
  if (machine.error !== null) return <Failure error={machine.error} retry={machine.reload} />
  return <Skeleton lines={9} height={320} />
}

function Tabs(props: { home: ActorDetail; shown: string; choose: (id: string | null) => void }) {
  const { home, shown, choose } = props
  return (
    <fieldset class="tabs">
      <legend class="sr">Whose chart</legend>
      <button type="button" aria-pressed={shown === home.actor} onClick={() => choose(null)}>
        dialogue
      </button>
      {home.jobs.slice(0, 3).map(({ actor, id, status }) => (
        <button
          key={actor}
          type="button"
          aria-pressed={shown === actor}
          onClick={() => choose(actor)}
        >
          order {id.slice(0, 6)} <small>{status}</small>
        </button>
      ))}
    </fieldset>
  )
}

const Recent = ({ steps }: { steps: readonly Step[] }) => (
  <ol class="recent" aria-label="Newest events">
    {steps.toReversed().map((step) => (
      <li key={step.seq}>
        <time dateTime={new Date(step.at).toISOString()}>{clockTime(step.at)}</time>{' '}
        <b>{eventName(step)}</b>{' '}
        <span class="muted">
          {step.from === step.to ? 'in' : '→'} {step.to}
        </span>
      </li>
    ))}
  </ol>
)

const Clock = () => <ClockButtons sandbox={useSandbox()} />
