import type { AnyMachineSnapshot } from 'xstate'
import type { Definition, StoredSnapshot } from '../../machines/engine/definition.ts'
import { lift } from '../../machines/engine/registry.ts'
import { fromStored } from '../../machines/engine/transition.ts'
import type { StoredActor } from '../../store/engine/actors.ts'

/** A durable timer that is due at `dueAt` (Unix ms), asked for by step `seq`. */
export interface Timer {
  seq: number
  dueAt: number
}

/** An actor in memory: what its row says, ready for the next transition. Never changed in place. */
export interface LiveActor {
  id: string
  version: number
  snapshot: AnyMachineSnapshot
  timers: Record<string, Timer>
  /** The row that mirrors it outside the engine, as JSON. */
  projected: string
}

/** Nothing is mirrored. */
export const UNPROJECTED = 'null'

/** The row that mirrors a snapshot outside the engine; null: none does. */
export const projectionOf = ({ projection }: Definition, snapshot: AnyMachineSnapshot): unknown =>
  projection?.row(snapshot) ?? null

/** A row as a live actor; undefined when no version of its machine fits its snapshot. */
export function hydrate(definition: Definition, row: StoredActor): LiveActor | undefined {
  try {
    const stored = lift(definition, row.snapshot as StoredSnapshot, row.machine_version)
    if (stored === undefined) return undefined
    const snapshot = fromStored(definition, stored)
    return {
      id: row.id,
      version: row.version,
      snapshot,
      timers: row.timers as Record<string, Timer>,
      projected: JSON.stringify(projectionOf(definition, snapshot)),
    }
  } catch {
    // The machine has no such state any more, or its migration stumbled over this snapshot.
    return undefined
  }
}
