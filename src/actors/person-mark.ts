import { createHmac } from 'node:crypto'

/** What stands for a person's id where it must be recognised and must not be known. */
export interface PersonMarks {
  /** In the database, so that somebody who comes back after an erasure is not welcomed twice. */
  markOf(userId: number): string
  /** In the log; the same person always has the same one. */
  logNameOf(userId: number): string
}

/** Marks under a key that the database does not have: without it, trying all ids leads nowhere. */
export const createPersonMarks = (key: string): PersonMarks => ({
  markOf: (userId) => createHmac('sha256', key).update(`erased:${userId}`).digest('base64url'),
  logNameOf: (userId) =>
    `p${createHmac('sha256', key).update(`log:${userId}`).digest('hex').slice(0, 10)}`,
})
