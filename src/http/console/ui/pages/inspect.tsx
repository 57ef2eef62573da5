import type { InspectActorItem, InspectApp, InspectState } from '../../contract.ts'
import { postJson } from '../lib/api.ts'
import { bytes, plural } from '../lib/format.ts'
import { hrefOf } from '../lib/route.ts'
import { API } from '../lib/session.ts'
import { useInspectNews } from '../lib/use-inspect.ts'
import { type Loaded, useLoad } from '../lib/use-load.ts'
import { Badge, Light } from '../parts/badge.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { Show } from '../parts/states.tsx'
import { Ago } from '../parts/time.tsx'
import { InspectedActorView } from './inspect-actor.tsx'

/** Actors of other programs on this computer, as they report themselves; in memory only. */
export function InspectPage({ id }: { id: string | null }) {
  const state = useLoad<InspectState>(`${API}/inspect`)
  const { reload } = state
  const link = useInspectNews(() => reload())
  return (
    <Page
      title="Inspect"
      about={
        <p>
          Statecharts of your own programs on this computer, live, by Stately's inspection protocol.{' '}
          <Light tone={link === 'live' ? 'good' : 'bad'}>
            {link === 'live' ? 'listening' : 'no connection'}
          </Light>
        </p>
      }
      tools={state.data && state.data.apps.length > 0 && <Clear state={state} />}
      class="wide inspect"
    >
      <Show loaded={state} height={560} lines={12}>
        {(data) =>
          data.apps.length === 0 ? (
            <HowTo />
          ) : (
            <div class="inspected">
              <Apps state={data} current={id} />
              <Chosen id={id ?? newest(data)} news={state} />
            </div>
          )
        }
      </Show>
    </Page>
  )
}

/** The actor to begin with: the first of the newest app. */
const newest = ({ apps }: InspectState): string | null => apps[0]?.actors[0]?.id ?? null

function Chosen({ id, news }: { id: string | null; news: Loaded<InspectState> }) {
  if (id === null) return <p class="muted pad">Nothing was reported yet.</p>
  const moved = news.data?.apps.flatMap((app) => app.actors).find((actor) => actor.id === id)
  return <InspectedActorView key={id} id={id} lastSeq={moved?.lastSeq ?? 0} />
}

function Clear({ state }: { state: Loaded<InspectState> }) {
  const clear = async () => {
    const fresh = await postJson<InspectState>(`${API}/inspect/clear`, {})
    state.patch(() => fresh)
  }
  return (
    <button type="button" class="button" onClick={() => void clear()}>
      Forget all
    </button>
  )
}

function Apps({ state, current }: { state: InspectState; current: string | null }) {
  const chosen = current ?? newest(state)
  return (
    <nav class="inspected-apps" aria-label="Actors">
      {state.apps.map((app) => (
        <App key={app.id} app={app} chosen={chosen} />
      ))}
      <p class="muted inspected-usage">
        {bytes(state.bytes)} of {bytes(state.maxBytes)} in memory.
        {state.droppedSteps > 0 && ` ${plural(state.droppedSteps, 'older step')} dropped.`}
        {state.droppedActors > 0 && ` ${plural(state.droppedActors, 'actor')} dropped.`}
        {state.refused > 0 && ` ${plural(state.refused, 'message')} not understood.`}
      </p>
    </nav>
  )
}

function App({ app, chosen }: { app: InspectApp; chosen: string | null }) {
  return (
    <section aria-label={`App ${app.id}`}>
      <h2>
        App {app.id}{' '}
        <Light tone={app.open ? 'good' : 'plain'}>{app.open ? 'connected' : 'gone'}</Light>
        <small class="muted">
          <Ago at={app.connectedAt} />
        </small>
      </h2>
      <ul>
        {app.actors.map((actor) => (
          <li key={actor.id} data-depth={Math.min(actor.depth, 6)}>
            <ActorLine actor={actor} current={actor.id === chosen} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function ActorLine({ actor, current }: { actor: InspectActorItem; current: boolean }) {
  const { id, name, state, status, lastSeq } = actor
  return (
    <a href={hrefOf.inspect(id)} aria-current={current ? 'page' : undefined}>
      <b>{name}</b>
      <small class="muted">{lastSeq}</small>
      <span class="wrap">
        {state !== null && <Badge tone={status === 'active' ? 'busy' : 'plain'}>{state}</Badge>}
        {status !== 'active' && <Badge tone={status === 'error' ? 'bad' : 'plain'}>{status}</Badge>}
      </span>
    </a>
  )
}

const example = (url: string) => `import { createWebSocketInspector } from '@statelyai/inspect'

const { inspect } = createWebSocketInspector({ url: '${url}' })
createActor(machine, { inspect }).start()`

/** What to write into an app, with the address of this very page. */
function HowTo() {
  const text = example(`ws://${window.location.host}`)
  return (
    <Panel title="Nothing has connected yet" tools={<CopyButton label="Copy" text={() => text} />}>
      <div class="pad stack">
        <p>
          Install <code>@statelyai/inspect</code> in your program, let it report here, and its
          actors appear by themselves: parents and children, lit on their charts, every event with
          what it changed. Nothing leaves this computer, and nothing is written to disk.
        </p>
        <pre class="code" data-testid="inspect-example">
          {text}
        </pre>
      </div>
    </Panel>
  )
}
