import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { MachineSummary } from '../../contract.ts'
import { clockTime, short } from '../lib/format.ts'
import { follow, heardAt, link } from '../lib/live.ts'
import { route } from '../lib/location.ts'
import { hrefOf } from '../lib/route.ts'
import { API, logOut, session } from '../lib/session.ts'
import { nextTheme, theme } from '../lib/theme.ts'
import { useLoad } from '../lib/use-load.ts'
import { Icon, type IconName } from './icon.tsx'

interface Entry {
  href: string
  icon: IconName
  label: string
  current: boolean
  count?: number
}

/** What stands around every page: where one can go, how live it is, who looks. */
export function Shell(props: {
  children: ComponentChildren
  onSearch: () => void
  onHelp: () => void
}) {
  const [open, setOpen] = useState(false)
  const here = route.value
  // Another page closes the menu
  useEffect(() => setOpen(false), [here])
  return (
    <div class="shell">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="side" data-open={open}>
        <div class="brand">
          <a href={hrefOf.overview()}>
            <span class="brand-mark">
              <Icon name="machine" />
            </span>
            <b>Console</b>
          </a>
          <button type="button" class="round" aria-label="Search" onClick={props.onSearch}>
            <Icon name="search" />
          </button>
          <button
            type="button"
            class="round menu-button"
            aria-label="Menu"
            aria-expanded={open}
            aria-controls="nav"
            onClick={() => setOpen(!open)}
          >
            <Icon name={open ? 'close' : 'menu'} />
          </button>
        </div>
        <Navigation />
        <Foot onHelp={props.onHelp} />
      </header>
      <main id="main" tabIndex={-1}>
        {props.children}
      </main>
    </div>
  )
}

function Navigation() {
  const here = route.value
  const machines = useLoad<MachineSummary[]>(`${API}/machines`)
  const [totals, setTotals] = useState<Record<string, number>>({})
  useEffect(
    () =>
      follow(
        {},
        {
          counts: ({ machine, total }) => setTotals((before) => ({ ...before, [machine]: total })),
        },
      ),
    [],
  )
  const list = (
    page: 'jobs' | 'letters' | 'ledger' | 'updates' | 'actions',
    label: string,
  ): Entry => ({
    href: hrefOf.list(page),
    icon: page,
    label,
    current: here.page === page,
  })
  const entries: Entry[] = [
    {
      href: hrefOf.overview(),
      icon: 'overview',
      label: 'Overview',
      current: here.page === 'overview',
    },
    list('jobs', 'Jobs'),
    list('letters', 'Dead letters'),
    list('ledger', 'Ledger'),
    list('updates', 'Updates'),
    list('actions', 'Actions'),
  ]
  const tools: Entry[] = [
    {
      href: hrefOf.simulator(),
      icon: 'simulator',
      label: 'Simulator',
      current: here.page === 'simulator',
    },
    ...(session.value?.sandbox
      ? [
          {
            href: hrefOf.list('sandbox'),
            icon: 'clock' as const,
            label: 'Sandbox',
            current: here.page === 'sandbox',
          },
          {
            href: hrefOf.inspect(),
            icon: 'live' as const,
            label: 'Inspect',
            current: here.page === 'inspect',
          },
        ]
      : []),
  ]
  const ofMachine = machineOf(here)
  return (
    <nav id="nav" aria-label="Console">
      <Links entries={entries} />
      <h2>Machines</h2>
      <Links
        entries={(machines.data ?? []).map(({ id, actors }) => ({
          href: hrefOf.machine(id),
          icon: 'machine',
          label: id,
          count: totals[id] ?? actors,
          current: ofMachine === id,
        }))}
      />
      <h2>Tools</h2>
      <Links entries={tools} />
    </nav>
  )
}

const machineOf = (here: typeof route.value): string | null => {
  if (here.page === 'machine') return here.id
  return here.page === 'actor' ? (here.id.split(':')[0] ?? null) : null
}

const Links = ({ entries }: { entries: Entry[] }) => (
  <ul>
    {entries.map(({ href, icon, label, current, count }) => (
      <li key={href}>
        <a href={href} aria-current={current ? 'page' : undefined}>
          <Icon name={icon} />
          <span>{label}</span>
          {count !== undefined && <small>{short(count)}</small>}
        </a>
      </li>
    ))}
  </ul>
)

const THEMES = { auto: 'system', light: 'light', dark: 'dark' } as const

function Foot({ onHelp }: { onHelp: () => void }) {
  const who = session.value
  return (
    <div class="foot">
      <LinkState />
      <div class="row">
        <button
          type="button"
          class="round"
          aria-label={`Colours: ${THEMES[theme.value]}. Change`}
          title={`Colours: ${THEMES[theme.value]}`}
          onClick={nextTheme}
        >
          <Icon name={theme.value === 'auto' ? 'system' : theme.value} />
        </button>
        <button
          type="button"
          class="round"
          aria-label="Keyboard"
          title="Keyboard (?)"
          onClick={onHelp}
        >
          <b aria-hidden="true">?</b>
        </button>
        {who?.sandbox && who.chatUrl && (
          <a
            class="round"
            href={who.chatUrl}
            data-load
            aria-label="Chat"
            title="Chat of the sandbox"
          >
            <Icon name="chat" />
          </a>
        )}
        {who?.who && !who.sandbox && (
          <button type="button" class="text-button" onClick={() => void logOut()}>
            Log out {who.who}
          </button>
        )}
      </div>
    </div>
  )
}

const STATES = {
  connecting: { tone: 'plain', words: 'connecting…' },
  live: { tone: 'good', words: 'live' },
  lost: { tone: 'bad', words: 'no connection, trying again' },
  paused: { tone: 'plain', words: 'paused' },
} as const

/** How fresh the page is, honestly: when it is not live, since when. */
export function LinkState() {
  const { tone, words } = STATES[link.value]
  const since = link.value === 'lost' && heardAt.value !== null ? heardAt.value : null
  return (
    <p class={`link-state ${tone}`} role="status">
      <span>{words}</span>
      {since !== null && <small>as of {clockTime(since)}</small>}
    </p>
  )
}
