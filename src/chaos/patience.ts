import { setTimeout as sleep } from 'node:timers/promises'
import type { Stage } from './stage.ts'

const LOOK_MS = 1_000
/** However much still moves. */
const MOST_MS = 1_800_000

export interface Patience {
  /** So long nothing may move before one gives up, ms. */
  stillMs: number
  everyMs?: number
  mostMs?: number
  clock?: { now(): number; sleep(ms: number): Promise<unknown> }
}

const CLOCK = { now: () => performance.now(), sleep: (ms: number) => sleep(ms) }

/**
 * Looks until `look` finds something; resolves with it, or with undefined when nothing has moved for
 * so long. By this a machine that others keep busy is slow, not red. `movement` is text that changes
 * whenever something does.
 */
export async function whileMoving<T>(
  look: () => Promise<T | undefined> | T | undefined,
  movement: () => Promise<string>,
  { stillMs, everyMs = LOOK_MS, mostMs = MOST_MS, clock = CLOCK }: Patience,
): Promise<T | undefined> {
  const began = clock.now()
  let movedAt = began
  let before = ''
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    const now = clock.now()
    const after = await movement()
    if (after !== before) movedAt = now
    before = after
    if (now - movedAt >= stillMs || now - began >= mostMs) return undefined
    await clock.sleep(everyMs)
  }
}

/**
 * What has been done so far, as text: durable steps, sends that arrived, updates that were taken and
 * tasks of the provider that ended. Tries that fail again and again don't change it.
 */
export async function workDone({ pool, telegram, kie }: Stage): Promise<string> {
  const { rows } = await pool
    .query<{ steps: string | null; sent: string | null }>(
      `select (select n_tup_ins from pg_stat_user_tables where relname = 'journal') as steps,
         (select count(*) from sends where status = 'sent') as sent`,
    )
    .catch(() => ({ rows: [] }))
  const ended = kie.control.tasks.filter(({ state }) => state === 'success' || state === 'fail')
  const { steps = null, sent = null } = rows[0] ?? {}
  return `${steps} ${sent} ${telegram.control.pendingUpdates().length} ${ended.length}`
}
