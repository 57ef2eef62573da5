import { createHmac } from 'node:crypto'

/** What stands for a person's id where it must be recognised and must not be known. */
export interface PersonMarks {
  /** In the database, so that somebody who comes back after an erasure is not welcomed twice. */
  markOf(userId: number): string
  /** All that an erasure may have left: under the key of now first, then under those of before. */
  marksOf(userId: number): readonly string[]
  /** In the log; the same person always has the same one. */
  logNameOf(userId: number): string
}

const markUnder = (key: string, userId: number) =>
  createHmac('sha256', key).update(`erased:${userId}`).digest('base64url')

/** Marks under a key that the database does not have: without it, trying all ids leads nowhere. */
export const createPersonMarks = (
  key: string,
  formerKeys: readonly string[] = [],
): PersonMarks => ({
  markOf: (userId) => markUnder(key, userId),
  marksOf: (userId) => [key, ...formerKeys].map((one) => markUnder(one, userId)),
  logNameOf: (userId) =>
    `p${createHmac('sha256', key).update(`log:${userId}`).digest('hex').slice(0, 10)}`,
})
