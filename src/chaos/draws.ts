import { createRandom } from '../sandbox/kie/media/random.ts'

/** Choices that are the same for the same seed and purpose. */
export interface Draws {
  /** In [0, 1). */
  next(): number
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number
  /** True with this probability. */
  chance(p: number): boolean
  pick<T>(list: readonly T[]): T
}

/** Each purpose draws from a row of its own, so that what one does more does not change the others. */
export function createDraws(seed: number, purpose: string): Draws {
  const next = createRandom(`${seed} ${purpose}`)
  const int = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    int,
    chance: (p) => next() < p,
    pick: <T>(list: readonly T[]): T => {
      if (list.length === 0) throw new Error('nothing to pick from')
      return list[int(0, list.length - 1)] as T
    },
  }
}
