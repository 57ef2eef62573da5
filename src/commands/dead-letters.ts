import { type ReplayAnswer, replayLetter } from '../actors/effects/ask-for-replay.ts'
import { createPool } from '../store/database.ts'
import { createDb } from '../store/db.ts'
import { listDeadLetters, readDeadLetter } from '../store/engine/dead-letters.ts'

const SHOWN = 50
const REFUSALS: Record<Exclude<ReplayAnswer, 'asked'>, (id: number) => string> = {
  gone: (id) => `there is no dead letter ${id}`,
  replayed: (id) => `dead letter ${id} was replayed already`,
  'only-read': (id) => `dead letter ${id} is a snapshot, kept to be read`,
}

/** The newest dead letters that wait for somebody, without what users wrote. */
export const showDeadLetters = (url: string): Promise<string[]> =>
  withDatabase(url, async (db) => {
    const letters = await listDeadLetters(db, SHOWN)
    if (letters.length === 0) return ['no dead letters']
    return letters.map(
      ({ id, kind, subject, key, error, created_at: at }) =>
        `${String(id).padStart(6)}  ${at.toISOString()}  ${kind}  ${subject}  ${key}  ${error}`,
    )
  })

/** Asks the running bot to try a dead letter again; throws when there is none of this id. */
export const askReplay = (url: string, id: number): Promise<string[]> =>
  withDatabase(url, async (db) => {
    const answer = await replayLetter(db, id, Date.now())
    if (answer !== 'asked') throw new Error(REFUSALS[answer](id))
    const letter = await readDeadLetter(db, id)
    return [`dead letter ${id} (${letter?.kind} of ${letter?.subject}) goes to the running bot`]
  })

async function withDatabase<T>(
  url: string,
  work: (db: ReturnType<typeof createDb>) => Promise<T>,
): Promise<T> {
  const pool = createPool({ url, max: 1, name: 'trt-dead-letters' })
  try {
    return await work(createDb(pool))
  } finally {
    await pool.end()
  }
}
