import { setImmediate as yieldToOthers } from 'node:timers/promises'
import { replaySteps, toHistoryEntry } from '../../actors/engine/replay.ts'
import { createTaken, createTakenAtBeginning } from '../../machines/charts/taken.ts'
import type { Definition, Stamped } from '../../machines/engine/definition.ts'
import { type Lives, readLivesSince } from '../../store/console/lives.ts'
import type { Db } from '../../store/db.ts'

/** Steps that are run again before others get their turn. */
const STEPS_AT_ONCE = 40

export interface Taken {
  /** How often, by id of the transition. */
  counts: Map<string, number>
  /** Steps that were run again, and those that the machine of today no longer takes. */
  steps: number
  unexplained: number
}

/**
 * How often each transition of a machine was taken since a moment, by running the journals again: exact,
 * for taps too. Undefined: there are more than `mostSteps` steps.
 */
export async function countTaken(
  db: Db,
  definition: Definition,
  since: Date,
  mostSteps: number,
): Promise<Taken | undefined> {
  const lives = await readLivesSince(db, definition.id, since, mostSteps)
  if (lives === undefined) return undefined
  const taken: Taken = { counts: new Map(), steps: 0, unexplained: 0 }
  const count = createCounter(definition, since, taken)
  for await (const life of lives) await count(life)
  return taken
}

function createCounter(definition: Definition, since: Date, taken: Taken) {
  const takenBy = createTaken(definition.machine)
  const takenAtBeginning = createTakenAtBeginning(definition.machine)
  const note = (ids: readonly string[]) => {
    for (const id of ids) taken.counts.set(id, (taken.counts.get(id) ?? 0) + 1)
  }
  return async (life: Lives) => {
    const entries = life.map(toHistoryEntry)
    const isWanted = ({ at }: { at: string }) => Date.parse(at) >= since.getTime()
    const wanted = entries.filter(isWanted).length
    let seen = 0
    try {
      for (const { entry, before } of replaySteps(definition, entries)) {
        if (!isWanted(entry)) continue
        const event = entry.event as unknown as Stamped & { input?: unknown }
        if (event.type === 'actor.begun') note(takenAtBeginning(event.input))
        else if (before !== undefined) {
          note(takenBy(before.snapshot, definition.resolveEvent?.(before.snapshot, event) ?? event))
        }
        seen += 1
        if ((taken.steps + seen) % STEPS_AT_ONCE === 0) await yieldToOthers()
      }
    } catch {
      // A step that the machine of today refuses ends what can be told of this life.
    }
    taken.steps += seen
    taken.unexplained += wanted - seen
  }
}
