import { createHash } from 'node:crypto'
import { hasChart, type Inspected, type NoChart, readDefinition } from './definition.ts'
import { type InspectMessage, readMessage } from './messages.ts'

/** What is kept at most; the oldest goes first, and is counted. */
export interface InspectLimits {
  stepsPerActor: number
  actors: number
  /** Of all steps and definitions, as they came. */
  bytes: number
}

export const INSPECT_LIMITS: InspectLimits = {
  stepsPerActor: 1_000,
  actors: 500,
  bytes: 32 * 1024 * 1024,
}

export interface InspectedStep {
  /** From 1 on, without holes. */
  seq: number
  /** Unix ms of the app's clock. */
  at: number
  /** Null: the actor was registered. */
  event: { type: string } & Record<string, unknown>
  /** Id of the actor that sent the event; null: it came from outside. */
  from: string | null
  /** Null: nothing was said of how it was then. */
  snapshot: Record<string, unknown> | null
}

export interface InspectedActor {
  /** `<app>/<session of the app>` */
  id: string
  app: number
  name: string
  parent: string | null
  /** Its machine's chart, or why there is none. */
  definition: Inspected | NoChart
  /** Names the definition's content; null: there is no chart. */
  digest: string | null
  status: string
  value: unknown
  firstSeq: number
  lastSeq: number
  updatedAt: number
}

export interface InspectedApp {
  id: number
  connectedAt: number
  isOpen: boolean
}

/** What a connection reports; nothing it sends can throw. */
export interface InspectConnection {
  receive(text: string): void
  close(): void
}

export interface InspectMemory {
  connect(): InspectConnection
  apps(): InspectedApp[]
  actors(): InspectedActor[]
  /** The steps from `from` to `to` that are still kept. */
  steps(actor: string, from: number, to: number): InspectedStep[]
  chartOf(digest: string): Inspected | undefined
  usage(): { bytes: number; droppedSteps: number; droppedActors: number; refused: number }
  /** Calls back after each message with the actor that it was about. */
  onChange(listener: (actor: string) => void): () => void
  clear(): void
}

interface Kept {
  at: number
  event: string
  from: string | null
  snapshot: string | null
  bytes: number
}

interface Entry extends Omit<InspectedActor, 'firstSeq' | 'lastSeq'> {
  steps: Kept[]
  dropped: number
  bytes: number
}

const BEGUN = JSON.stringify({ type: 'registered' })
const LATE = 'The app was connected when this actor already lived, and sent no definition of it.'
const size = (text: string | null) => (text?.length ?? 0) * 2

/** Keeps in memory what apps report of their actors: the newest, within limits. */
export function createInspectMemory(
  limits: InspectLimits = INSPECT_LIMITS,
  now: () => number = Date.now,
): InspectMemory {
  const apps = new Map<number, InspectedApp>()
  const actors = new Map<string, Entry>()
  const definitions = new Map<string, { read: Inspected | NoChart; bytes: number }>()
  const listeners = new Set<(actor: string) => void>()
  let serial = 0
  let bytes = 0
  let droppedSteps = 0
  let droppedActors = 0
  let refused = 0

  function define(text: string | null): Pick<Entry, 'definition' | 'digest'> {
    const digest = createHash('sha256')
      .update(text ?? '')
      .digest('hex')
      .slice(0, 16)
    let known = definitions.get(digest)
    if (known === undefined) {
      known = { read: readDefinition(text), bytes: size(text) }
      definitions.set(digest, known)
      bytes += known.bytes
    }
    return { definition: known.read, digest: hasChart(known.read) ? digest : null }
  }

  function register(app: number, session: string, more: Partial<Entry>): Entry {
    const entry: Entry = {
      ...{ id: `${app}/${session}`, app, name: session, parent: null, digest: null },
      ...{ definition: { reason: LATE }, status: 'active', value: null, updatedAt: now() },
      ...{ steps: [], dropped: 0, bytes: 0 },
      ...more,
    }
    const known = actors.get(entry.id)
    // An app that tells of an actor once more means the same one.
    if (known !== undefined) return Object.assign(known, more)
    actors.set(entry.id, entry)
    while (actors.size > limits.actors) dropActor(oldestOf(actors.values()))
    return entry
  }

  function dropActor(entry: Entry): void {
    actors.delete(entry.id)
    bytes -= entry.bytes
    droppedActors += 1
    forgetUnused()
  }

  /** Apps and definitions that no actor needs any more. */
  function forgetUnused(): void {
    const entries = [...actors.values()]
    for (const [digest, { bytes: own }] of definitions) {
      if (entries.some((entry) => entry.digest === digest)) continue
      definitions.delete(digest)
      bytes -= own
    }
    for (const { id, isOpen } of apps.values()) {
      if (!isOpen && !entries.some(({ app }) => app === id)) apps.delete(id)
    }
  }

  function dropStep(entry: Entry): void {
    const step = entry.steps.shift()
    if (step === undefined) return
    entry.dropped += 1
    entry.bytes -= step.bytes
    bytes -= step.bytes
    droppedSteps += 1
  }

  function keep(entry: Entry, step: Omit<Kept, 'bytes'>): void {
    const own = size(step.event) + size(step.snapshot)
    entry.steps.push({ ...step, bytes: own })
    entry.bytes += own
    bytes += own
    if (entry.steps.length > limits.stepsPerActor) dropStep(entry)
    while (bytes > limits.bytes && actors.size > 0) {
      const largest = largestOf(actors.values())
      // What is left are newest steps and definitions: whole actors have to go.
      if (largest === undefined) dropActor(oldestOf(actors.values()))
      else dropStep(largest)
    }
  }

  /** XState registers an actor before it starts; the snapshot that came with it was taken later. */
  function forgetFirst({ steps: [first, ...more] }: Entry): void {
    if (first === undefined || more.length > 0 || first.event !== BEGUN) return
    bytes -= size(first.snapshot)
    first.bytes -= size(first.snapshot)
    first.snapshot = null
  }

  function take(app: number, message: InspectMessage): string {
    const at = timeOf(message, now())
    const { sessionId } = message
    const idOf = (session: string | null | undefined) => (session ? `${app}/${session}` : null)
    if (message.type === '@xstate.actor') {
      const { name, parentId, definition, snapshot } = message
      const entry = register(app, sessionId, {
        name: name || sessionId,
        parent: idOf(parentId),
        updatedAt: at,
        ...define(definition ?? null),
      })
      keep(entry, { at, event: BEGUN, from: null, snapshot: note(entry, snapshot) })
      return entry.id
    }
    const entry = actors.get(`${app}/${sessionId}`) ?? register(app, sessionId, {})
    if (message.event.type === 'xstate.init') forgetFirst(entry)
    entry.updatedAt = at
    const event = JSON.stringify(message.event)
    if (message.type === '@xstate.event') {
      keep(entry, { at, event, from: idOf(message.sourceId), snapshot: null })
      return entry.id
    }
    const snapshot = note(entry, message.snapshot)
    const last = entry.steps.at(-1)
    // XState tells of an event first, and then how it left the actor.
    if (last !== undefined && last.snapshot === null && typeIn(last.event) === message.event.type) {
      entry.steps.pop()
      entry.bytes -= last.bytes
      bytes -= last.bytes
      keep(entry, { ...last, snapshot })
    } else keep(entry, { at, event, from: null, snapshot })
    return entry.id
  }

  return {
    connect() {
      serial += 1
      const app: InspectedApp = { id: serial, connectedAt: now(), isOpen: true }
      apps.set(app.id, app)
      return {
        receive(text) {
          const message = readMessage(text)
          if (message === undefined) {
            refused += 1
            return
          }
          const actor = take(app.id, message)
          for (const listener of listeners) listener(actor)
        },
        close() {
          app.isOpen = false
          forgetUnused()
        },
      }
    },
    apps: () => [...apps.values()],
    actors: () => [...actors.values()].map(shown),
    steps(actor, from, to) {
      const entry = actors.get(actor)
      if (entry === undefined) return []
      const first = Math.max(from, entry.dropped + 1)
      return entry.steps.slice(first - entry.dropped - 1, Math.max(0, to - entry.dropped)).map(
        (step, i): InspectedStep => ({
          seq: first + i,
          at: step.at,
          event: JSON.parse(step.event) as InspectedStep['event'],
          from: step.from,
          snapshot: step.snapshot === null ? null : JSON.parse(step.snapshot),
        }),
      )
    },
    chartOf(digest) {
      const read = definitions.get(digest)?.read
      return read !== undefined && hasChart(read) ? read : undefined
    },
    usage: () => ({ bytes, droppedSteps, droppedActors, refused }),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    clear() {
      actors.clear()
      bytes = 0
      definitions.clear()
      for (const app of [...apps.values()]) if (!app.isOpen) apps.delete(app.id)
    },
  }
}

/** Takes over how the actor is, and gives its snapshot as text. */
function note(entry: Entry, snapshot: unknown): string {
  const { status, value } = (snapshot ?? {}) as { status?: unknown; value?: unknown }
  if (typeof status === 'string') entry.status = status
  entry.value = value ?? null
  return JSON.stringify(snapshot ?? null)
}

function shown({ steps, dropped, bytes: _, ...entry }: Entry): InspectedActor {
  return { ...entry, firstSeq: dropped + 1, lastSeq: dropped + steps.length }
}

const typeIn = (event: string): string => (JSON.parse(event) as { type: string }).type

function timeOf({ createdAt }: InspectMessage, otherwise: number): number {
  const at = Number(createdAt ?? Number.NaN)
  return Number.isFinite(at) && at > 0 ? at : otherwise
}

/** An actor that has ended, if there is one, else the one that has been silent for longest. */
function oldestOf(entries: Iterable<Entry>): Entry {
  const rank = ({ status, updatedAt }: Entry) => (status === 'active' ? updatedAt : -1 / updatedAt)
  return [...entries].reduce((a, b) => (rank(b) < rank(a) ? b : a))
}

/** The actor whose steps take most; its newest stays. */
function largestOf(entries: Iterable<Entry>): Entry | undefined {
  let found: Entry | undefined
  for (const entry of entries) {
    if (entry.steps.length > 1 && entry.bytes > (found?.bytes ?? -1)) found = entry
  }
  return found
}
