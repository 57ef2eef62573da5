import { createPool } from '../store/database.ts'
import { createDb, type Db } from '../store/db.ts'

/** Lets a command look through the database of DATABASE_URL; without one it says so and exits with 1. */
export async function withDatabase(
  pool: { name: string; max: number; timeoutMs?: number },
  work: (db: Db) => Promise<void>,
): Promise<void> {
  const url = process.env.DATABASE_URL
  if (!url) {
    console.error('DATABASE_URL is missing: the database to look through.')
    process.exitCode = 1
    return
  }
  const opened = createPool({ ...pool, url })
  try {
    await work(createDb(opened))
  } finally {
    await opened.end()
  }
}
