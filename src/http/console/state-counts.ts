import { configurationOf } from '../../machines/engine/configuration.ts'
import type { Definition } from '../../machines/engine/definition.ts'
import type { StateCount } from '../../store/engine/state-counts.ts'
import type { StateCounts } from './contract.ts'

/** Counts of one machine by node id: each actor counts in every active node. */
export function countsOf({ id, machine }: Definition, rows: readonly StateCount[]): StateCounts {
  const counts: StateCounts = {}
  for (const { machine: name, state, count } of rows) {
    if (name !== id) continue
    for (const node of configurationOf(machine, state)) counts[node] = (counts[node] ?? 0) + count
  }
  return counts
}

/** Stored states of a machine in which a node is active. */
export const statesIn = (
  { id, machine }: Definition,
  rows: readonly StateCount[],
  node: string,
): string[] =>
  rows
    .filter((row) => row.machine === id && configurationOf(machine, row.state).includes(node))
    .map(({ state }) => state)

/** All actors of a machine. */
export const totalOf = ({ id }: Definition, rows: readonly StateCount[]): number =>
  rows.reduce((sum, row) => sum + (row.machine === id ? row.count : 0), 0)
