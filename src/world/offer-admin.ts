import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { createPool } from '../store/database.ts'
import { createDb } from '../store/db.ts'
import { firstUser } from '../store/users.ts'
import { keepAdmin, type Local } from './local.ts'

export interface OfferAdminOptions {
  local: Local
  /** What is kept between starts. */
  dataDir: string
  input: NodeJS.ReadableStream & { isTTY?: boolean }
  output: NodeJS.WritableStream
  signal: AbortSignal
  /** How often it is looked whether anybody wrote, ms. */
  everyMs?: number
}

const LOOK_EVERY_MS = 2_000

/**
 * Waits for the first who writes and asks on the terminal whether they are to be the admin; without a
 * terminal it says how to make them one. Rejects with an AbortError when the signal comes before an answer.
 */
export async function offerAdmin(options: OfferAdminOptions): Promise<void> {
  const { local, dataDir, input, output, signal, everyMs = LOOK_EVERY_MS } = options
  const say = (line: string) => output.write(`${line}\n`)
  const pool = createPool({ url: local.databaseUrl, max: 1, name: 'trt-local' })
  try {
    const db = createDb(pool)
    let id: number | undefined
    while (id === undefined) {
      await sleep(everyMs, undefined, { signal })
      id = await firstUser(db).catch(() => undefined)
    }
    if (input.isTTY !== true) {
      say(`  To be the admin: ADMIN_ID=${id}`)
      return
    }
    const terminal = createInterface({ input, output })
    const answer = await terminal
      .question(`User ${id} wrote first. Make them the admin? [y/N] `, { signal })
      .finally(() => terminal.close())
    if (!/^y/i.test(answer.trim())) return
    await keepAdmin(dataDir, local, id)
    say('  They are: /admin works for them from now on.')
  } finally {
    await pool.end()
  }
}
