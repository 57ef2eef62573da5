import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'

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
}

/** `effect`: done after the commit, by the actors. `change`: of the context, in the step itself. */
export interface ChartAction {
  name: string
  /** What the chart hands to the action; absent: nothing, or what is worked out in the step. */
  params?: Readonly<Record<string, unknown>>
  kind: 'effect' | 'change'
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
  /** Null: it stays where it is (internal). */
  target: string | null
  kind: 'event' | 'always' | 'after' | 'done' | 'error'
  /** As XState has it: '' without event, `xstate.after.…` for delays. */
  event: string
  /** Place among the transitions of this source and event. */
  index: number
  /** The event as people read it, e.g. `after pollPause`. */
  label: string
  /** Name of the delay, or its milliseconds. */
  delay: string | null
  guard: string | null
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

/** An action with what the chart hands to it, e.g. `hint(stale)`. */
export const actionText = ({ name, params }: ChartAction): string =>
  params === undefined ? name : `${name}(${Object.values(params).join(', ')})`

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
    meta: inWords(metaOf(node)),
    entry: actionsOf(node.entry, machine),
    exit: actionsOf(node.exit, machine),
  }
}

/** Flat `meta`; `events` is not of the state itself. */
const metaOf = ({ meta }: AnyStateNode): Record<string, unknown> => {
  const { events: _events, ...own } = (meta ?? {}) as Record<string, unknown>
  return own
}

const eventsOf = ({ id, meta }: AnyStateNode): ChartEvent[] =>
  Object.entries((meta as { events?: Record<string, object> } | undefined)?.events ?? {}).map(
    ([event, said]) => ({ state: id, event, meta: inWords(said) }),
  )

const inWords = (meta: object): ChartMeta =>
  Object.fromEntries(
    Object.entries(meta).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )

function initialOf(node: AnyStateNode): string | null {
  if (node.type === 'compound') return node.initial.target[0]?.id ?? null
  if (node.type !== 'history') return null
  const { target } = node.config as { target?: string }
  return target === undefined ? null : (resolved(node.parent as AnyStateNode, target) ?? null)
}

/** The node that a history state's target names, seen from its parent, as XState resolves it. */
function resolved(from: AnyStateNode, target: string): string | undefined {
  if (target.startsWith('#')) return target.slice(1)
  const path = target.replace(/^\./, '').split('.')
  return path.reduce<AnyStateNode | undefined>((node, key) => node?.states[key], from)?.id
}

function edgesOf(node: AnyStateNode, machine: AnyStateMachine): ChartEdge[] {
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
  return {
    id: `${node.id}|${event}|${index}`,
    source: node.id,
    target: transition.target?.[0]?.id ?? null,
    event,
    index,
    delay,
    ...told(node, event, delay),
    guard: guardName(transition.guard),
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

function told(
  node: AnyStateNode,
  event: string,
  delay: string | null,
): Pick<ChartEdge, 'kind' | 'label'> {
  if (event === '') return { kind: 'always', label: 'always' }
  if (delay !== null) return { kind: 'after', label: `after ${span(delay)}` }
  if (event.startsWith('xstate.done.state.')) return { kind: 'done', label: 'done' }
  const [, kind, id] = /^xstate\.(done|error)\.actor\.(.+)$/.exec(event) ?? []
  if (kind === undefined) return { kind: 'event', label: event }
  const source = node.invoke.find((invoked) => invoked.id === id)?.src ?? id
  const name = typeof source === 'string' ? source : id
  return { kind: kind === 'done' ? 'done' : 'error', label: `${kind}: ${name}` }
}

/** A guard as it is written: by name, or as a formula of names. */
function guardName(guard: unknown): string | null {
  if (guard === undefined || guard === null) return null
  if (typeof guard === 'string') return guard
  const { type, guards, check, name } = guard as {
    type?: string
    guards?: unknown[]
    check?: { name: string }
    name?: string
  }
  if (Array.isArray(guards)) {
    const parts = guards.map((inner) => guardName(inner) ?? '')
    if (check?.name === 'checkNot') return `!${parts[0]}`
    return parts.join(check?.name === 'checkAnd' ? ' && ' : ' || ')
  }
  return type ?? (name || '(inline)')
}

function actionsOf(actions: readonly unknown[], machine: AnyStateMachine): ChartAction[] {
  return actions.flatMap((action) => {
    const { type, name, params } = action as { type?: string; name?: string; params?: unknown }
    const called = typeof action === 'string' ? action : (type ?? name ?? '')
    // What XState adds by itself: starting and stopping the timers of `after`.
    if (called === 'xstate.raise' || called === 'xstate.cancel') return []
    if (called === 'xstate.assign') return [{ name: '(inline)', kind: 'change' as const }]
    const known = machine.implementations.actions[called] as undefined | { type?: string }
    const kind = known?.type === 'xstate.assign' ? 'change' : 'effect'
    const fixed = typeof params === 'object' && params !== null ? { params: { ...params } } : {}
    return [{ name: called, ...fixed, kind }]
  })
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
