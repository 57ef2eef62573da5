import type { AnyStateMachine, AnyStateNode } from 'xstate'
import type { EdgeStat } from './contract.ts'

/** Every transition of a machine with how often it was taken. */
export const edgesWith = (
  machine: AnyStateMachine,
  counts: ReadonlyMap<string, number>,
): EdgeStat[] =>
  nodesOf(machine.root)
    .flatMap(edgesOf)
    .map((edge) => ({ ...edge, count: counts.get(edge.id) ?? 0 }))

const nodesOf = (node: AnyStateNode): AnyStateNode[] => [
  node,
  ...Object.values(node.states).flatMap(nodesOf),
]

function edgesOf(node: AnyStateNode): Omit<EdgeStat, 'count'>[] {
  const seen = new Map<string, number>()
  return [...(node.always ?? []), ...[...node.transitions.values()].flat()].map((transition) => {
    const event = transition.eventType ?? ''
    const index = seen.get(event) ?? 0
    seen.set(event, index + 1)
    const { guard, actions, description } = transition
    return {
      id: `${node.id}|${event}|${index}`,
      source: node.id,
      event,
      index,
      targets: (transition.target ?? []).map(({ id }) => id),
      guard: nameOf(guard),
      actions: actions.flatMap((action) => nameOf(action) ?? []),
      description: description ?? null,
    }
  })
}

function nameOf(given: unknown): string | null {
  if (typeof given === 'string') return given
  const type = (given as { type?: unknown } | undefined)?.type
  return typeof type === 'string' ? type : null
}
