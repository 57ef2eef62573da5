import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { actionsOf, actionText, type ChartAction, logicName } from './action.ts'
import { type Condition, conditionOf, conditionText, inWord } from './condition.ts'
import { INLINE } from './inline.ts'

export { actionText, type ChartAction }

/** A state of a chart. Ids are those of the machine's nodes, e.g. `conversation.drafting`. */
export interface ChartState {
  id: string
  key: string
  /** Null: the root. */
  parent: string | null
  /** Steps from the root. */
  depth: number
  type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history'
  /** Of a history state: how much it remembers. */
  history: 'shallow' | 'deep' | null
  /** The child to begin with; of a history state: where it leads when there is nothing to remember. */
  initial: string | null
  description: string
  tags: readonly string[]
  /** What its `meta` says besides `events`. */
  meta: ChartMeta
  entry: readonly ChartAction[]
  exit: readonly ChartAction[]
  /** Done on the way to the child to begin with. */
  initialActions: readonly ChartAction[]
  /** Actors that run while the state is active. */
  invokes: readonly ChartInvoke[]
}

/** An invoked actor. */
export interface ChartInvoke {
  /** Stands in the events that tell of its end. */
  id: string
  /** Whether the id was given; else it is made from the state's. */
  isNamed: boolean
  /** What it is, as people read it. */
  name: string
  /** The name of its logic; null: the logic itself stands in the machine. */
  src: string | null
}

/** A state's or an event's `meta`, in words. */
export type ChartMeta = Readonly<Record<string, string>>

/** What an event means in a state and in all states in it, by the state's `meta.events`. */
export interface ChartEvent {
  /** Id of the state. */
  state: string
  event: string
  meta: ChartMeta
}

/** One transition. */
export interface ChartEdge {
  /** `<source>|<event>|<index>`: stays the same while others are added. */
  id: string
  source: string
  /** Several: side by side, in regions of a parallel state. None: it stays where it is (internal). */
  targets: readonly string[]
  kind: 'event' | 'always' | 'after' | 'done' | 'error'
  /** As XState has it: '' without event, `xstate.after.…` for delays. */
  event: string
  /** Place among the transitions of this source and event. */
  index: number
  /** The event as people read it, e.g. `after pollPause`. */
  label: string
  /** Name of the delay, or its milliseconds. */
  delay: string | null
  /** As it is read: a name, or a formula of names. */
  guard: string | null
  condition: Condition | null
  actions: readonly ChartAction[]
  /** Leaves its source and comes back, so that exit and entry run. */
  reenter: boolean
  description: string
}

/** A machine as plain data: what pages, pictures and exports are made from. */
export interface Chart {
  id: string
  description: string
  /** Parents before children, in the order of the source. */
  states: readonly ChartState[]
  edges: readonly ChartEdge[]
  events: readonly ChartEvent[]
  /** Delays by name; null: worked out when it is due to start. */
  delays: Readonly<Record<string, number | null>>
}

/** `meta` in full, e.g. `screen: below`. */
export const metaText = (meta: ChartMeta): string =>
  Object.entries(meta)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ')

/**
 * Reads a machine by walking its nodes: `machine.toJSON()` leaves out transitions without events,
 * and where a history state leads.
 */
export function toChart(machine: AnyStateMachine): Chart {
  const nodes = withAllInside(machine.root)
  const edges = nodes.flatMap((node) => edgesOf(node, machine))
  return {
    id: machine.id,
    description: machine.root.description ?? '',
    states: nodes.map((node) => stateOf(node, machine)),
    edges,
    events: nodes.flatMap(eventsOf),
    delays: delaysOf(edges, machine),
  }
}

const withAllInside = (node: AnyStateNode): AnyStateNode[] => [
  node,
  ...Object.values(node.states).flatMap(withAllInside),
]

function stateOf(node: AnyStateNode, machine: AnyStateMachine): ChartState {
  const { id, key, type, tags } = node
  // Read first: it adds the starts and ends of its timers to `entry` and `exit`.
  const timers = new Set(node.after.map(({ eventType }) => eventType))
  return {
    id,
    key,
    parent: node.parent?.id ?? null,
    depth: node.path.length,
    type,
    history: type === 'history' ? (node.history === 'deep' ? 'deep' : 'shallow') : null,
    initial: initialOf(node),
    description: node.description ?? '',
    tags,
    meta: inWords(metaOf(node).own),
    entry: actionsOf(node.entry, machine, timers),
    exit: actionsOf(node.exit, machine, timers),
    initialActions: type === 'compound' ? actionsOf(node.initial.actions, machine) : [],
    invokes: invokesOf(node),
  }
}

const guardText = (condition: Condition | null) => condition && conditionText(condition)

/** Logic that stands in the machine itself is called by its own name, or by the id it was given. */
function invokesOf(node: AnyStateNode): ChartInvoke[] {
  const given = [node.config.invoke ?? []].flat() as { id?: string; src: unknown }[]
  return node.invoke.map(({ id }, i) => {
    const { id: own, src } = given[i] as (typeof given)[number]
    const isNamed = own !== undefined
    if (typeof src === 'string') return { id, isNamed, name: src, src }
    const name = logicName(src)
    return { id, isNamed, name: name === INLINE ? (own ?? name) : name, src: null }
  })
}

/** A state's `meta`; `events` is not of the state itself when it says what events mean. */
function metaOf({ meta }: AnyStateNode): {
  own: Record<string, unknown>
  events: Record<string, object>
} {
  const { events, ...own } = (meta ?? {}) as Record<string, unknown>
  if (isTable(events) && Object.values(events).every(isTable))
    return { own, events: events as Record<string, object> }
  return { own: { ...meta }, events: {} }
}

const isTable = (given: unknown): given is object =>
  typeof given === 'object' && given !== null && !Array.isArray(given)

const eventsOf = (node: AnyStateNode): ChartEvent[] =>
  Object.entries(metaOf(node).events).map(([event, said]) => ({
    state: node.id,
    event,
    meta: inWords(said),
  }))

const inWords = (meta: object): ChartMeta =>
  Object.fromEntries(Object.entries(meta).map(([key, value]) => [key, inWord(value)]))

function initialOf(node: AnyStateNode): string | null {
  if (node.type === 'compound') return node.initial.target[0]?.id ?? null
  if (node.type !== 'history') return null
  const { target } = node.config as { target?: string | { target?: string } }
  const named = typeof target === 'object' ? target.target : target
  return named === undefined ? null : (resolved(node.parent as AnyStateNode, named) ?? null)
}

/** The node that a history state's target names, seen from its parent, as XState resolves it. */
function resolved(from: AnyStateNode, target: string): string | undefined {
  if (target.startsWith('#')) {
    try {
      return from.machine.getStateNodeById(target).id
    } catch {
      return undefined
    }
  }
  const path = target.replace(/^\./, '').split('.')
  return path.reduce<AnyStateNode | undefined>((node, key) => node?.states[key], from)?.id
}

function edgesOf(node: AnyStateNode, machine: AnyStateMachine): ChartEdge[] {
  // In the same order as in `taken.ts`, for the places are parts of the ids.
  const all = [...(node.always ?? []), ...[...node.transitions.values()].flat()]
  const seen = new Map<string, number>()
  return all.map((transition) => {
    const event = transition.eventType ?? ''
    const index = seen.get(event) ?? 0
    seen.set(event, index + 1)
    return edgeOf(node, transition, index, machine)
  })
}

function edgeOf(
  node: AnyStateNode,
  transition: AnyTransitionDefinition,
  index: number,
  machine: AnyStateMachine,
): ChartEdge {
  const event = transition.eventType ?? ''
  const delay = delayOf(node, transition)
  // The guard of a route is XState's own; the machine's is in the state that it leads to.
  const { route } = (transition.target?.[0]?.config ?? {}) as { route?: { guard?: unknown } }
  const condition = conditionOf(event === ROUTE ? route?.guard : transition.guard, machine.id)
  return {
    id: `${node.id}|${event}|${index}`,
    source: node.id,
    targets: (transition.target ?? []).map(({ id }) => id),
    event,
    index,
    delay,
    ...told(machine, event, delay),
    guard: guardText(condition),
    condition,
    actions: actionsOf(transition.actions, machine),
    reenter: transition.reenter,
    description: transition.description ?? '',
  }
}

function delayOf(node: AnyStateNode, transition: AnyTransitionDefinition): string | null {
  const delayed = node.after.find(({ eventType }) => eventType === transition.eventType)
  return delayed === undefined ? null : String(delayed.delay)
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const

/** A delay as people read it: its name, or a round number of the largest unit. */
export function span(delay: string): string {
  const ms = Number(delay)
  if (!Number.isFinite(ms)) return delay
  const [size, unit] = UNITS.find(([size]) => ms >= size && ms % size === 0) ?? [1, 'ms']
  return `${ms / size} ${unit}`
}

/** The event that asks for a state with a `route` by its id. */
const ROUTE = 'xstate.route'

function told(
  machine: AnyStateMachine,
  event: string,
  delay: string | null,
): Pick<ChartEdge, 'kind' | 'label'> {
  if (event === '') return { kind: 'always', label: 'always' }
  if (delay !== null) return { kind: 'after', label: `after ${span(delay)}` }
  if (event === ROUTE) return { kind: 'event', label: 'route' }
  if (event.startsWith('xstate.done.state.')) return { kind: 'done', label: 'done' }
  const [, kind, id] = /^xstate\.(?:(done|error)\.actor|snapshot)\.(.+)$/.exec(event) ?? []
  if (id === undefined) return { kind: 'event', label: event }
  const name = invokedName(machine, id)
  if (kind === undefined) return { kind: 'event', label: `snapshot: ${name}` }
  return { kind: kind === 'done' ? 'done' : 'error', label: `${kind}: ${name}` }
}

/** What an actor is called; one that is spawned by its id. */
function invokedName({ root }: AnyStateMachine, id: string): string {
  const all = withAllInside(root).flatMap(invokesOf)
  return all.find((invoked) => invoked.id === id)?.name ?? id
}

function delaysOf(
  edges: readonly ChartEdge[],
  machine: AnyStateMachine,
): Record<string, number | null> {
  const named = edges.flatMap(({ delay }) => (delay === null ? [] : [delay]))
  return Object.fromEntries(
    [...new Set(named)].map((name) => {
      const known = machine.implementations.delays[name]
      if (known === undefined) return [name, Number.isFinite(Number(name)) ? Number(name) : null]
      return [name, typeof known === 'number' ? known : null]
    }),
  )
}
