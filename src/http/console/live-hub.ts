import type { CommitNotice } from '../../actors/engine/runtime.ts'
import { configurationOf } from '../../machines/engine/configuration.ts'
import type { Registry } from '../../machines/engine/registry.ts'
import type { readVersions } from '../../store/console/actors.ts'
import type { StateCount } from '../../store/engine/state-counts.ts'
import type { EffectStatus, LiveMessages } from './contract.ts'
import type { Rates } from './rates.ts'
import { countsOf, totalOf } from './state-counts.ts'

type Name = keyof LiveMessages

/** What one open stream wants, and where it goes. */
export interface Viewer {
  /** Counts of this machine only; null: of all. */
  machine: string | null
  actor: string | null
  activity: boolean
  send: (name: Name, data: string, id?: string) => void
  end: () => void
}

export interface LiveHubDeps {
  registry: Registry
  rates: Rates
  now: () => number
  stats: () => { waiting: number; mailboxes: number }
  countStates: () => Promise<StateCount[]>
  readVersions: (ids: readonly string[]) => ReturnType<typeof readVersions>
}

/** Shortest time between two looks at the counts. */
const LOOK_MS = 250
/** What other processes did is seen by then. */
const LOOK_ANYWAY_MS = 2_000
/** A look may take this share of the time, however many actors there are. */
const SHARE = 1 / 20
const KEPT_MESSAGES = 500
const ACTIVITY_PER_LOOK = 10

/**
 * Everything that open pages are told. While nobody looks it does nothing but note that something
 * changed; for any number of viewers there is one query at a time, and none more often than the
 * counts are worth.
 */
export function createLiveHub(deps: LiveHubDeps) {
  const { registry, rates, now, stats } = deps
  const viewers = new Set<Viewer>()
  /** What each viewer was told last, by machine. */
  const told = new WeakMap<Viewer, Map<string, string>>()
  const versions = new Map<string, number>()
  const recent: { n: number; actor: string; data: string }[] = []
  const epoch = now().toString(36)
  let serial = 0
  let activity = 0
  let changed = true
  let looked = 0
  let rated = 0
  let timer: NodeJS.Timeout | undefined
  let latest: StateCount[] | undefined
  let closed = false

  function attach(viewer: Viewer, lastEventId: string): () => void {
    viewers.add(viewer)
    told.set(viewer, new Map())
    resume(viewer, lastEventId)
    if (latest !== undefined) tellCounts(viewer, latest)
    tellRates([viewer])
    changed = true
    schedule(0)
    return () => {
      viewers.delete(viewer)
      if (viewer.actor !== null && ![...viewers].some(({ actor }) => actor === viewer.actor)) {
        versions.delete(viewer.actor)
      }
      if (viewers.size > 0) return
      clearTimeout(timer)
      timer = undefined
      latest = undefined
    }
  }

  /** Steps that were missed while the connection was away; after a restart there are none. */
  function resume(viewer: Viewer, lastEventId: string): void {
    const [from, n] = lastEventId.split('.')
    if (from !== epoch) return
    for (const message of recent) {
      if (message.n > Number(n) && (viewer.activity || viewer.actor === message.actor)) {
        viewer.send('actor', message.data, `${epoch}.${message.n}`)
      }
    }
  }

  function schedule(ms: number): void {
    if (closed || timer !== undefined) return
    timer = setTimeout(() => void look(), ms)
    timer.unref()
  }

  async function look(): Promise<void> {
    const started = performance.now()
    activity = 0
    try {
      if (changed || now() - looked >= LOOK_ANYWAY_MS) {
        changed = false
        looked = now()
        latest = await deps.countStates()
        for (const viewer of viewers) tellCounts(viewer, latest)
      }
      await lookAtOthers()
    } catch {
      // The database is away; the page sees it by the health and by what it asks for itself.
      changed = true
    }
    if (now() - rated >= 1_000) {
      rated = now()
      tellRates(viewers)
    }
    timer = undefined
    const tookMs = performance.now() - started
    if (viewers.size > 0) schedule(Math.max(LOOK_MS, tookMs / SHARE - tookMs))
  }

  /** Watched actors may be moved by other processes: their rows are read by their keys. */
  async function lookAtOthers(): Promise<void> {
    const watched = new Set([...viewers].flatMap(({ actor }) => actor ?? []))
    if (watched.size === 0) return
    for (const { id, version, state } of await deps.readVersions([...watched])) {
      const known = versions.get(id)
      versions.set(id, Math.max(version, known ?? 0))
      if (known !== undefined && version > known) tellActor(id, version, null, state)
    }
  }

  function tellCounts(viewer: Viewer, rows: readonly StateCount[]): void {
    const before = told.get(viewer) ?? new Map<string, string>()
    for (const definition of registry.all) {
      const { id: machine } = definition
      if (viewer.machine !== null && viewer.machine !== machine) continue
      const counts = countsOf(definition, rows)
      const data = JSON.stringify(counts)
      if (before.get(machine) === data) continue
      before.set(machine, data)
      const message = { machine, total: totalOf(definition, rows), counts, at: now() }
      viewer.send('counts', JSON.stringify(message satisfies LiveMessages['counts']))
    }
  }

  function tellRates(to: Iterable<Viewer>): void {
    const { waiting, mailboxes } = stats()
    const message: LiveMessages['rates'] = { at: now(), ...rates.last(), waiting, mailboxes }
    const data = JSON.stringify(message)
    for (const viewer of to) viewer.send('rates', data)
  }

  function tellActor(actor: string, seq: number, event: string | null, state: string): void {
    const wanted = [...viewers].filter((v) => v.actor === actor)
    if (activity < ACTIVITY_PER_LOOK) {
      const curious = [...viewers].filter((v) => v.activity && v.actor !== actor)
      if (curious.length > 0) activity += 1
      wanted.push(...curious)
    }
    if (wanted.length === 0) return
    const { id: machine, machine: chart } = registry.of(actor)
    const configuration = configurationOf(chart, state)
    const message = { actor, machine, seq, event, state, configuration, at: now() }
    const data = JSON.stringify(message satisfies LiveMessages['actor'])
    serial += 1
    recent.push({ n: serial, actor, data })
    if (recent.length > KEPT_MESSAGES) recent.shift()
    for (const viewer of wanted) viewer.send('actor', data, `${epoch}.${serial}`)
  }

  return {
    attach,
    viewers: () => viewers.size,
    /** Called for every committed step: must cost nothing while nobody looks. */
    onCommit(actor: string, steps: CommitNotice): void {
      changed = true
      if (viewers.size === 0) return
      for (const { seq, state, pending } of steps) {
        if (versions.has(actor)) versions.set(actor, seq)
        tellActor(actor, seq, pending.envelope.event.type, state)
      }
    },
    onEffect(
      job: { actor: string; seq: number; index: number },
      type: string,
      status: EffectStatus,
    ) {
      if (viewers.size === 0) return
      const wanted = [...viewers].filter((v) => v.actor === job.actor)
      if (wanted.length === 0) return
      const { actor, seq, index } = job
      const data = JSON.stringify({
        actor,
        seq,
        index,
        type,
        status,
      } satisfies LiveMessages['effect'])
      for (const viewer of wanted) viewer.send('effect', data)
    },
    /** Says good-bye to everybody; a stream would otherwise hold up the end of the process. */
    close(): void {
      closed = true
      clearTimeout(timer)
      const data = JSON.stringify({ reason: 'draining' } satisfies LiveMessages['bye'])
      for (const viewer of [...viewers]) {
        viewer.send('bye', data)
        viewer.end()
      }
      viewers.clear()
    },
  }
}

export type LiveHub = ReturnType<typeof createLiveHub>
