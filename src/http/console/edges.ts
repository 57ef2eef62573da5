import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { configurationOf } from '../../machines/engine/configuration.ts'
import type { Move } from '../../store/console/journal.ts'
import type { EdgeStat } from './contract.ts'

/** An event that only says which button was tapped; what it stood for is not in the journal. */
const RAW_TAP = 'button.tapped'

/**
 * How often each transition of a machine was taken, from the moves in the journal: by where an actor
 * was, what happened and where it was then. Where several transitions fit, the count goes to the
 * first of them and all of them are marked as not exact.
 */
export function countEdges(machine: AnyStateMachine, moves: readonly Move[]): EdgeStat[] {
  const edges = nodesOf(machine.root).flatMap(edgesOf)
  const stats = new Map(edges.map((edge) => [edge.stat.id, edge.stat]))
  const bySource = Map.groupBy(edges, ({ stat }) => stat.source)
  for (const { from, event, to, count } of moves) {
    const before = configurationOf(machine, from)
    const after = new Set(configurationOf(machine, to))
    const fitting = candidates(bySource, before, event).filter(({ transition }) =>
      leadsTo(transition, from === to, after),
    )
    const first = fitting[0]
    if (first === undefined) continue
    const stat = stats.get(first.stat.id) as EdgeStat
    stat.count += count
    if (fitting.length > 1 || event === RAW_TAP) for (const { stat } of fitting) stat.exact = false
    for (const passed of passedThrough(first.transition, after, bySource)) {
      passed.stat.count += count
      passed.stat.exact = false
    }
  }
  return [...stats.values()]
}

/** Every transition with the counts that are given, all of them exact. */
export const edgesWith = (
  machine: AnyStateMachine,
  counts: ReadonlyMap<string, number>,
): EdgeStat[] =>
  nodesOf(machine.root)
    .flatMap(edgesOf)
    .map(({ stat }) => ({ ...stat, count: counts.get(stat.id) ?? 0 }))

interface Edge {
  transition: AnyTransitionDefinition
  stat: EdgeStat
}

const nodesOf = (node: AnyStateNode): AnyStateNode[] => [
  node,
  ...Object.values(node.states).flatMap(nodesOf),
]

function edgesOf(node: AnyStateNode): Edge[] {
  const seen = new Map<string, number>()
  return [...(node.always ?? []), ...[...node.transitions.values()].flat()].map((transition) => {
    const event = transition.eventType ?? ''
    const index = seen.get(event) ?? 0
    seen.set(event, index + 1)
    const { guard, actions, description } = transition
    const stat: EdgeStat = {
      id: `${node.id}|${event}|${index}`,
      source: node.id,
      event,
      index,
      targets: (transition.target ?? []).map(({ id }) => id),
      guard: nameOf(guard),
      actions: actions.flatMap((action) => nameOf(action) ?? []),
      description: description ?? null,
      count: 0,
      exact: true,
    }
    return { transition, stat }
  })
}

function nameOf(given: unknown): string | null {
  if (typeof given === 'string') return given
  const type = (given as { type?: unknown } | undefined)?.type
  return typeof type === 'string' ? type : null
}

/** Transitions that the event may take: those of the innermost state that has some. */
function candidates(
  bySource: ReadonlyMap<string, Edge[]>,
  configuration: readonly string[],
  event: string,
): Edge[] {
  const fits =
    event === RAW_TAP
      ? (name: string) => name !== '' && !name.startsWith('xstate.')
      : (name: string) => name === event
  const inward = configuration.toReversed().flatMap((id) => bySource.get(id) ?? [])
  return inward.filter(({ stat }) => fits(stat.event))
}

/** Whether it ends where the actor was then: in its target, below it, or one `always` further. */
function leadsTo(
  { target }: AnyTransitionDefinition,
  stayed: boolean,
  after: ReadonlySet<string>,
): boolean {
  if (target === undefined || target.length === 0) return stayed
  return target.every((node) => after.has(node.id) || onward(node).some(({ id }) => after.has(id)))
}

/** Where `always` leads on from a state that was only passed through. */
const onward = (node: AnyStateNode): AnyStateNode[] =>
  (node.always ?? []).flatMap(({ target }) => [...(target ?? [])])

/** The `always` transitions of states that a transition only passed through. */
function passedThrough(
  { target }: AnyTransitionDefinition,
  after: ReadonlySet<string>,
  bySource: ReadonlyMap<string, Edge[]>,
): Edge[] {
  return (target ?? [])
    .filter((node) => !after.has(node.id))
    .flatMap((node) => {
      const always = (bySource.get(node.id) ?? []).filter(({ stat }) => stat.event === '')
      return always.filter(({ stat }) => stat.targets.some((id) => after.has(id))).slice(0, 1)
    })
}
