import { useEffect, useState } from 'preact/hooks'
import { addShortcuts } from './lib/keys.ts'
import { lazy } from './lib/lazy.tsx'
import { route } from './lib/location.ts'
import { hrefOf } from './lib/route.ts'
import { loadSession, session, sessionError } from './lib/session.ts'
import { ActionsPage } from './pages/actions.tsx'
import { LettersPage } from './pages/dead-letters.tsx'
import { JobsPage } from './pages/jobs.tsx'
import { LedgerPage } from './pages/ledger.tsx'
import { LoginPage } from './pages/login.tsx'
import { OverviewPage } from './pages/overview.tsx'
import { SandboxPage } from './pages/sandbox.tsx'
import { SimulatorPage } from './pages/simulator.tsx'
import { UpdatesPage } from './pages/updates.tsx'
import { Help } from './parts/help.tsx'
import { Page } from './parts/page.tsx'
import { Search } from './parts/search.tsx'
import { Shell } from './parts/shell.tsx'
import { Empty, Failure } from './parts/states.tsx'
import { Toasts } from './parts/toast.tsx'

// What draws charts comes when it is first asked for: the overview is there sooner without it.
const ActorPage = lazy(() => import('./pages/actor.tsx').then((m) => m.ActorPage))
const InspectPage = lazy(() => import('./pages/inspect.tsx').then((m) => m.InspectPage))
const LivePage = lazy(() => import('./pages/live.tsx').then((m) => m.LivePage))
const MachinePage = lazy(() => import('./pages/machine.tsx').then((m) => m.MachinePage))
const SequencePage = lazy(() => import('./pages/sequence.tsx').then((m) => m.SequencePage))

/** The whole console. */
export function App() {
  const who = session.value
  const here = route.value
  if (who === null) {
    const error = sessionError.value
    return (
      <main class="alone" aria-busy={error === null}>
        {error === null ? (
          <p class="sr" role="status">
            Loading…
          </p>
        ) : (
          <Failure error={error} retry={() => void loadSession()} />
        )}
      </main>
    )
  }
  if (!who.loggedIn) return <LoginPage />
  if (here.page === 'live') return <LivePage key={here.id} id={here.id} />
  return <Inside />
}

function Inside() {
  const [window, setWindow] = useState<'search' | 'help' | null>(null)
  useEffect(
    () =>
      addShortcuts([
        { key: '/', label: 'Find an actor', run: () => setWindow('search') },
        { key: '?', label: 'This help', run: () => setWindow('help') },
      ]),
    [],
  )
  // A window that closes late closes only itself: a key may have opened the next one meanwhile.
  const close = (which: 'search' | 'help') => () =>
    setWindow((open) => (open === which ? null : open))
  return (
    <>
      <Shell onSearch={() => setWindow('search')} onHelp={() => setWindow('help')}>
        <Current />
      </Shell>
      {window === 'search' && <Search onClose={close('search')} />}
      {window === 'help' && <Help onClose={close('help')} />}
      <Toasts />
    </>
  )
}

function Current() {
  const here = route.value
  switch (here.page) {
    case 'login':
    case 'overview':
      return <OverviewPage />
    case 'machine':
      return <MachinePage key={here.id} id={here.id} />
    case 'actor':
      return <ActorPage key={here.id} id={here.id} />
    case 'jobs':
      return <JobsPage />
    case 'letters':
      return <LettersPage />
    case 'ledger':
      return <LedgerPage />
    case 'updates':
      return <UpdatesPage />
    case 'actions':
      return <ActionsPage />
    case 'sequence':
      return <SequencePage key={here.id} id={here.id} />
    case 'simulator':
      return <SimulatorPage id={here.id} />
    case 'inspect':
      return session.value?.sandbox ? <InspectPage key={here.id} id={here.id} /> : <NotFound />
    case 'sandbox':
      return session.value?.sandbox ? <SandboxPage /> : <NotFound />
    default:
      return <NotFound />
  }
}

const NotFound = () => (
  <Page title="Not found">
    <Empty title="There is no such page.">
      <a href={hrefOf.overview()}>Go to the overview</a>
    </Empty>
  </Page>
)
