import type { AnyStateNode, AnyTransitionDefinition } from 'xstate'

/** A state with all states within it. */
export const nodesOf = (node: AnyStateNode): AnyStateNode[] => [
  node,
  ...Object.values(node.states).flatMap(nodesOf),
]

/** All ways out of a state: by event, by time, and without either. */
export const transitionsOf = (node: AnyStateNode): AnyTransitionDefinition[] => [
  ...[...node.transitions.values()].flat(),
  ...(node.always ?? []),
]

/** Where a configuration holds something that JSON would lose; nowhere in a chart of pure data. */
export function impurities(value: unknown, where = 'config'): string[] {
  if (typeof value === 'function' || typeof value === 'symbol') return [where]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => impurities(inner, `${where}.${key}`))
}
