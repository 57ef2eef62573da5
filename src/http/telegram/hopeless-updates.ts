import { RetryableError } from '../../errors.ts'

/** Tries of an update whose commit fails with something unforeseen: a defect rarely heals by itself. */
const UNFORESEEN_TRIES = 5
/** Tries of one that fails as if the database were away, while others are committed. */
const LONELY_TRIES = 20
/** Updates that are remembered; whoever sends more failing ones starts to be counted anew. */
const REMEMBERED = 1_000

export interface HopelessUpdates {
  /** Notes that an update could not be committed; true when it is not to be tried again. */
  failed(updateId: number, error: Error): boolean
  /** Notes that an update was committed. */
  committed(updateId: number): void
}

/**
 * Tells updates that can never be committed from those that only came at a bad time: one that is tried
 * without an end holds up everybody behind it. Kept in memory only: after a restart the count begins
 * anew.
 */
export function createHopelessUpdates(): HopelessUpdates {
  const failures = new Map<number, { unforeseen: number; tries: number; others: number }>()
  let committed = 0
  return {
    failed(updateId, error) {
      const known = failures.get(updateId) ?? { unforeseen: 0, tries: 0, others: committed }
      const isForeseen = error instanceof RetryableError
      // What says that this process is ending or full says nothing of the update.
      if (isForeseen && error.code.startsWith('runtime.')) return false
      known.tries += 1
      if (!isForeseen) known.unforeseen += 1
      failures.delete(updateId)
      failures.set(updateId, known)
      if (failures.size > REMEMBERED) failures.delete(failures.keys().next().value as number)
      const isLonely = known.tries >= LONELY_TRIES && committed > known.others
      return known.unforeseen >= UNFORESEEN_TRIES || isLonely
    },
    committed(updateId) {
      failures.delete(updateId)
      committed += 1
    },
  }
}
