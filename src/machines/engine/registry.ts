import { TerminalError } from '../../errors.ts'
import type { Definition, StoredSnapshot } from './definition.ts'
import { refuseUnstorable } from './storability.ts'
import { boundLoops, quickenAssigns } from './transition.ts'

export interface Registry {
  /** The definition of an actor id's machine; throws on an unknown kind of actor. */
  of(actorId: string): Definition
  all: readonly Definition[]
}

/** Collects definitions under their ids; refuses two of one name, and what storage can't keep. */
export function createRegistry(definitions: readonly Definition[]): Registry {
  const byId = new Map(definitions.map((d) => [d.id, d]))
  if (byId.size !== definitions.length) throw new Error('two machines of one name')
  for (const definition of definitions) {
    refuseUnstorable(definition)
    boundLoops(definition.machine)
    quickenAssigns(definition.machine)
  }
  return {
    all: definitions,
    of(actorId) {
      // An id that Postgres could not hold must not get into a batch with others.
      const name = actorId.isWellFormed() ? /^([^:]+):[^\0]+$/.exec(actorId)?.[1] : undefined
      const definition = byId.get(name ?? '')
      if (definition === undefined) throw new TerminalError('actor.unknown', { detail: actorId })
      return definition
    },
  }
}

/**
 * Lifts a stored snapshot version by version to the machine's own; undefined when it can't be, also
 * when a newer version of this program wrote it.
 */
export function lift(
  definition: Definition,
  stored: StoredSnapshot,
  from: number,
): StoredSnapshot | undefined {
  if (from > definition.version) return undefined
  let lifted: StoredSnapshot | undefined = stored
  for (let version = from; version < definition.version && lifted !== undefined; version += 1) {
    lifted = definition.migrate?.(lifted, version)
  }
  return lifted
}
