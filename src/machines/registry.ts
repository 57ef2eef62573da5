import type { Definition, StoredSnapshot } from './definition.ts'

export interface Registry {
  /** The definition of an actor id's machine; throws on an unknown kind of actor. */
  of(actorId: string): Definition
  all: readonly Definition[]
}

/** Collects definitions under their ids; refuses two of one name. */
export function createRegistry(definitions: readonly Definition[]): Registry {
  const byId = new Map(definitions.map((d) => [d.id, d]))
  if (byId.size !== definitions.length) throw new Error('two machines of one name')
  return {
    all: definitions,
    of(actorId) {
      const definition = byId.get(actorId.slice(0, actorId.indexOf(':')))
      if (definition === undefined) throw new Error(`no machine for actor ${actorId}`)
      return definition
    },
  }
}

/** Lifts a stored snapshot version by version to the machine's own; undefined when it can't be. */
export function lift(
  definition: Definition,
  stored: StoredSnapshot,
  from: number,
): StoredSnapshot | undefined {
  let lifted: StoredSnapshot | undefined = stored
  for (let version = from; version < definition.version && lifted !== undefined; version += 1) {
    lifted = definition.migrate?.(lifted, version)
  }
  return from > definition.version ? undefined : lifted
}
