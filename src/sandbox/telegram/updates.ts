/** One pending update of a bot. */
export interface PendingUpdate {
  readonly id: number
  readonly kind: string
  readonly payload: Record<string, unknown>
  /** Updates with the same key are delivered to a webhook one after another. */
  readonly queueKey: string
  readonly expiresAt: number
}

/** What a happening becomes when it is queued. */
export interface NewUpdate {
  readonly kind: string
  readonly payload: Record<string, unknown>
  readonly queueKey: string
  readonly lifeMs: number
}

/** Kinds that are only sent when they are asked for by name. */
const OPT_IN = ['chat_member', 'message_reaction', 'message_reaction_count']

/** Remembers `allowed_updates`: omitted keeps the last list, an empty list is the default. */
export function createAllowedUpdates() {
  let allowed: readonly string[] | undefined
  return {
    set(value: unknown): void {
      if (!Array.isArray(value)) return
      const names = value.filter((name): name is string => typeof name === 'string')
      allowed = names.length > 0 ? names : undefined
    },
    list: (): readonly string[] | undefined => allowed,
    has: (kind: string): boolean => allowed?.includes(kind) ?? !OPT_IN.includes(kind),
  }
}

export type AllowedUpdates = ReturnType<typeof createAllowedUpdates>

interface QueueDeps {
  readonly now: () => number
  readonly firstId: number
}

/**
 * The updates of one bot in order of their sequential ids. Removing is cheap at both ends and in
 * the middle; expired ones vanish when somebody looks.
 */
export function createUpdateQueue({ now, firstId }: QueueDeps) {
  const pending = new Map<number, PendingUpdate>()
  const listeners = new Set<(update: PendingUpdate) => void>()
  let nextId = firstId

  const live = function* () {
    for (const update of pending.values()) {
      if (update.expiresAt > now()) yield update
      else pending.delete(update.id)
    }
  }
  const confirm = (offset: number) => {
    // A foreign offset, beyond everything that was ever given out, confirms nothing.
    if (offset > nextId) return
    for (const id of pending.keys()) {
      if (id >= offset) return
      pending.delete(id)
    }
  }
  const keepLast = (count: number) => {
    let surplus = pending.size - count
    for (const id of pending.keys()) {
      if (surplus-- <= 0) return
      pending.delete(id)
    }
  }
  return {
    push({ lifeMs, ...update }: NewUpdate): PendingUpdate {
      const added = { ...update, id: nextId++, expiresAt: now() + lifeMs }
      pending.set(added.id, added)
      for (const listener of listeners) listener(added)
      return added
    },
    /** Confirms everything before the offset, or all but the last -offset; returns what is left. */
    take(offset: number, limit: number): PendingUpdate[] {
      if (offset > 0) confirm(offset)
      if (offset < 0) keepLast(-offset)
      const from = offset > nextId ? 0 : offset
      const taken: PendingUpdate[] = []
      for (const update of live()) {
        if (taken.length >= limit) break
        if (update.id >= from) taken.push(update)
      }
      return taken
    },
    forget: (id: number): boolean => pending.delete(id),
    has: (id: number): boolean => pending.has(id),
    all: (): PendingUpdate[] => [...live()],
    clear: (): void => pending.clear(),
    onPush(listener: (update: PendingUpdate) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export type UpdateQueue = ReturnType<typeof createUpdateQueue>

/** The update as it goes over the wire. */
export const updateJson = (update: PendingUpdate): Record<string, unknown> => ({
  update_id: update.id,
  [update.kind]: update.payload,
})
