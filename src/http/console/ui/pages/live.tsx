import { useEffect, useState } from 'preact/hooks'
import type { ActorDetail, LiveMessages } from '../../contract.ts'
import { clockTime } from '../lib/format.ts'
import { follow } from '../lib/live.ts'
import { hrefOf } from '../lib/route.ts'
import { API, session } from '../lib/session.ts'
import { useLoad } from '../lib/use-load.ts'
import { Badge } from '../parts/badge.tsx'
import { ClockButtons, useSandbox } from '../parts/clock.tsx'
import { Icon } from '../parts/icon.tsx'
import { LiveChart } from '../parts/live-chart.tsx'
import { LinkState } from '../parts/shell.tsx'
import { Empty, Failure, Skeleton } from '../parts/states.tsx'
import { Toasts } from '../parts/toast.tsx'

type Moved = LiveMessages['actor']

/** How many of the newest events stand under the chart. */
const SHOWN = 4
/** An actor that does not exist yet may begin at any moment. */
const LOOK_AGAIN_MS = 1_000

/**
 * One actor's chart and nothing around it, for a place beside a chat; its orders are one press
 * away, and a new order comes into sight by itself.
 */
export function LivePage({ id }: { id: string }) {
  const home = useLoad<ActorDetail>(`${API}/actors/${encodeURIComponent(id)}`)
  const [chosen, setChosen] = useState<string | null>(null)
  const [recent, setRecent] = useState<Moved[]>([])
  const shown = chosen ?? id
  const other = useLoad<ActorDetail>(
    shown === id ? null : `${API}/actors/${encodeURIComponent(shown)}`,
  )
  const actor = shown === id ? home : other
  const { reload } = home
  const missing = home.error?.code === 'actor.unknown'

  useEffect(
    () =>
      follow(
        { actor: shown },
        {
          actor: (message) => {
            if (message.actor !== shown) return
            setRecent((before) => [message, ...before].slice(0, SHOWN))
            reload()
            other.reload()
          },
        },
      ),
    [shown],
  )
  // Looks until somebody is there
  useEffect(() => {
    if (!missing) return
    const timer = setInterval(() => document.hidden || reload(), LOOK_AGAIN_MS)
    return () => clearInterval(timer)
  }, [missing])
  useEffect(() => {
    document.title = `${id} · live`
  }, [id])

  const moved = recent.find((message) => message.actor === shown)
  const lit = moved?.configuration ?? actor.data?.configuration ?? []
  return (
    <main class="embed">
      <header>
        <h1>{shown.split(':')[0]}</h1>
        <span data-testid="state" role="status">
          {actor.data && <Badge tone="busy">{moved?.state ?? actor.data.state}</Badge>}
        </span>
        <LinkState />
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
        {actor.data ? (
          <LiveChart key={shown} url={actor.data.chart} active={lit} view="full" />
        ) : missing ? (
          <Empty title="Nobody wrote yet.">
            The chart lights up with the first message of this chat.
          </Empty>
        ) : actor.error ? (
          <Failure error={actor.error} retry={actor.reload} />
        ) : (
          <Skeleton lines={9} height={320} />
        )}
      </div>
      <footer>
        <Recent recent={recent} />
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
