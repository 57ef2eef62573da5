import type { AnyStateMachine, AnyStateNode } from 'xstate'

/**
 * Ids of the active nodes in a state that `stateName` named, the root first; of a state that the
 * machine no longer has, those that it still knows.
 */
export function configurationOf({ root }: AnyStateMachine, name: string): string[] {
  const active: AnyStateNode[] = [root]
  // Regions are joined by commas and leave out what they share with the one before.
  for (const part of name.split(',')) {
    const keys = part.split('.')
    const first = keys[0] as string
    let node = active.findLast(({ states }) => first in states)
    for (const key of keys) {
      node = node?.states[key]
      if (node === undefined) break
      if (!active.includes(node)) active.push(node)
    }
  }
  return active.map(({ id }) => id)
}
