import { useEffect, useState } from 'preact/hooks'
import type {
  ActorDetail,
  ActorSummary,
  LiveMessages,
  MachineDetail,
  Step,
  StepPage,
} from '../../contract.ts'
import { getJson } from '../lib/api.ts'
import { clockTime } from '../lib/format.ts'
import { follow } from '../lib/live.ts'
import { hrefOf, toQuery } from '../lib/route.ts'
import { API, session } from '../lib/session.ts'
import { useLoad } from '../lib/use-load.ts'
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
/** The step that a message tells of, with the transitions that it took; null: it is gone already. */
async function stepOf({ actor, seq }: Moved): Promise<Step | null> {
  const page = await getJson<StepPage>(
    `${actorUrl(actor)}/steps${toQuery({ from: seq, limit: 1 })}`,
  ).catch(() => null)
  return page?.steps[0] ?? null
}

const machineOf = (id: string) => id.split(':')[0] ?? ''

/**
 * One actor's chart and nothing around it, for a place beside a chat; its orders are one press
 * away. Before its first event the chart is there, and nothing on it is lit.
 */
export function LivePage({ id }: { id: string }) {
  const [chosen, setChosen] = useState<string | null>(null)
  const [recent, setRecent] = useState<Moved[]>([])
  const [view, setView] = useState(FOLLOW)
  const [step, setStep] = useState<Step | null>(null)
  const shown = chosen ?? id
  const machine = useLoad<MachineDetail>(`${API}/machines/${machineOf(shown)}`)
  const found = useLoad<ActorSummary[]>(`${API}/actors${toQuery({ q: id })}`)
  const exists = found.data?.some(({ actor }) => actor === id) ?? false
  const home = useLoad<ActorDetail>(exists ? actorUrl(id) : null)
  const other = useLoad<ActorDetail>(shown === id ? null : actorUrl(shown))
  const actor = shown === id ? home : other

  useEffect(
    () =>
      follow(
        { actor: shown },
        {
          actor: (message) => {
            if (message.actor !== shown) return
            setRecent((before) => [message, ...before].slice(0, SHOWN))
            void stepOf(message).then(setStep)
            found.reload()
            home.reload()
            other.reload()
          },
        },
      ),
    [shown],
  )
  useEffect(() => {
    document.title = `${id} · live`
  }, [id])

  const moved = recent.find((message) => message.actor === shown)
  const state = moved?.state ?? actor.data?.state
  const lit = moved?.configuration ?? actor.data?.configuration ?? []
  return (
    <main class="embed">
      <header>
        <h1>{machineOf(shown)}</h1>
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
          href={hrefOf.actor(shown)}
          target="_blank"
          rel="noopener"
          aria-label="Open in the console"
          title="Open in the console"
        >
          <Icon name="open" />
        </a>
      </header>
      {home.data && home.data.jobs.length > 0 && (
        <Tabs home={home.data} shown={shown} choose={setChosen} />
      )}
      <div class="embed-chart">
        {machine.data ? (
          <LiveChart
            key={shown}
            url={machine.data.chart}
            active={lit}
            taken={step !== null && step.seq === moved?.seq ? step.taken : undefined}
            view={view}
            onView={setView}
          />
        ) : machine.error ? (
          <Failure error={machine.error} retry={machine.reload} />
        ) : (
          <Skeleton lines={9} height={320} />
        )}
      </div>
      <footer>
        <Recent recent={recent.filter((message) => message.actor === shown)} />
        {session.value?.sandbox && <Clock />}
      </footer>
      <Toasts />
    </main>
  )
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

const Recent = ({ recent }: { recent: Moved[] }) => (
  <ol class="recent" aria-label="Newest events">
    {recent.map(({ seq, event, state, at }) => (
      <li key={seq}>
        <time dateTime={new Date(at).toISOString()}>{clockTime(at)}</time> <b>{event}</b>{' '}
        <span class="muted">→ {state}</span>
      </li>
    ))}
  </ol>
)

const Clock = () => <ClockButtons sandbox={useSandbox()} />
