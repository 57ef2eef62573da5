import type { Db } from '../../store/db.ts'
import { type DeadLetter, readDeadLetter } from '../../store/engine/dead-letters.ts'
import { addEffect } from '../../store/engine/effects.ts'
import { lettersOf } from '../../store/orphans.ts'

/** The effect that replays a dead letter: no machine asks for it, a person does. */
export const REPLAY = 'dead-letter.replay'

/** Asks the running bot to try a dead letter again; one that is asked for already is not asked twice. */
export const askForReplay = (db: Db, id: number, at: number): Promise<void> =>
  addEffect(db, { actor: `dead-letter:${id}`, key: 'replay', type: REPLAY, at, params: { id } })

/** What came of the wish to replay one: asked for, or why not. */
export type ReplayAnswer = 'asked' | 'gone' | 'replayed' | 'only-read'

/** Asks for one dead letter to be tried again. By command, console and /admin. */
export async function replayLetter(db: Db, id: number, at: number): Promise<ReplayAnswer> {
  const letter = await readDeadLetter(db, id)
  if (letter === undefined) return 'gone'
  if (letter.replayed_at !== null) return 'replayed'
  if (letter.kind === 'snapshot') return 'only-read'
  await askForReplay(db, id, at)
  return 'asked'
}

/** Asks for all of a kind that nobody replayed; returns how many. Snapshots are only to be read. */
export async function replayLetters(db: Db, kind: DeadLetter['kind'], at: number): Promise<number> {
  if (kind === 'snapshot') return 0
  const letters = await lettersOf(db, kind)
  for (const { id } of letters) await askForReplay(db, id, at)
  return letters.length
}
