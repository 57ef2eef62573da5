import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { coerceError } from '../errors.ts'
import type { Model } from '../machines/catalogue/catalogue.ts'
import { requiredNow } from '../machines/catalogue/questions.ts'
import { PATIENCE_MS } from '../sandbox/patience.ts'
import { createPool } from '../store/database.ts'
import { createDb } from '../store/db.ts'
import { bookMovements } from '../store/ledger.ts'
import { recordUsers } from '../store/users.ts'
import type { FreshDatabase } from '../world/database.ts'
import { startWorld, type World } from '../world/world.ts'
import { type ChatUser, createChatUser } from './chat.ts'
import { countOpenHolds, jobIdsOf, readCounters, readEvidence } from './evidence.ts'
import { samplePicture } from './picture.ts'
import type { ModelReport, PassReport, RunReport } from './report.ts'
import { confirm, isResult, waitForEnd, walkToPreview } from './walk.ts'
import { walkByLink } from './walk-any.ts'

export interface DryRunOptions {
  botMode: 'webhook' | 'polling'
  runs: number
  models: readonly Model[]
  database: FreshDatabase
  logLevel?: string
  /** Longest time for one run. */
  limitMs?: number
  /** Models are opened by their links and may ask for anything; their users have money. */
  isWholeShelf?: boolean
  onModel?: (report: ModelReport) => void
  /** Called before anybody writes to the bot. */
  onWorld?: (world: World) => void
}

const FIRST_USER = 2001
/** So many users at a time walk the whole shelf. */
const AT_ONCE = 6
const RICH_KOPECKS = 100_000_000
const PROMPT = 'тест котик'
/** Quick, but slow enough that every state on the way is really passed. */
const TIMING = { queueMs: 200, generateMs: 500 }

/**
 * Walks every model through the real chat of the sandbox, each with a user of its own and all at
 * the same time, until the picture is there.
 */
export async function runDry(options: DryRunOptions): Promise<PassReport> {
  const { botMode, database, models } = options
  const pool = createPool({ url: database.url, max: 4, name: 'trt-e2e' })
  const world = await startWorld({
    botMode,
    databaseUrl: database.url,
    storageMode: database.storageMode,
    timing: TIMING,
    logLevel: options.logLevel ?? 'error',
    // As many runs of a free model as are asked for.
    env: {
      FREE_HOURLY_LIMIT: '1000',
      FREE_DAILY_LIMIT: '1000',
      FREE_DAILY_BUDGET_CREDITS: '100000',
    },
  })
  try {
    options.onWorld?.(world)
    await untilActive(world, options.limitMs ?? PATIENCE_MS)
    const reports: ModelReport[] = []
    const queue = [...models.entries()]
    const walkers = options.isWholeShelf ? AT_ONCE : models.length
    await Promise.all(
      Array.from({ length: walkers }, async () => {
        for (let next = queue.shift(); next; next = queue.shift()) {
          const [i, model] = next
          if (options.isWholeShelf) await enrich(pool, FIRST_USER + i)
          reports[i] = await runModel(world, pool, model, FIRST_USER + i, options)
        }
      }),
    )
    return {
      botMode,
      models: reports,
      ...(await readCounters(world.botUrl)),
      openHolds: await countOpenHolds(
        pool,
        reports.map(({ chatId }) => chatId),
      ),
    }
  } finally {
    await world.stop()
    await pool.end()
  }
}

/** Puts money on the account of somebody who is about to order. */
async function enrich(pool: pg.Pool, userId: number): Promise<void> {
  const db = createDb(pool)
  await recordUsers(db, [{ id: userId, language: 'ru', blocked: false }])
  const money = { kind: 'top_up' as const, ref: `e2e:${userId}`, kopecks: RICH_KOPECKS }
  await bookMovements(db, [{ userId, ...money }])
}

/** Waits until the bot of a world takes orders. */
export async function untilActive({ botUrl }: World, limitMs: number): Promise<void> {
  const signal = AbortSignal.timeout(limitMs)
  for (;;) {
    const response = await fetch(new URL('/ready', botUrl), { signal })
    await response.body?.cancel()
    if (response.ok) return
    await delay(50, undefined, { signal })
  }
}

async function runModel(
  world: World,
  pool: pg.Pool,
  model: Model,
  chatId: number,
  { runs, limitMs = PATIENCE_MS, isWholeShelf = false, onModel }: DryRunOptions,
): Promise<ModelReport> {
  const user = createChatUser(world.telegram.control, chatId, { timeoutMs: limitMs })
  const done: RunReport[] = []
  for (let run = 0; run < runs; run += 1) {
    done.push(await runOnce(pool, user, model, { run, limitMs, isWholeShelf }))
  }
  const report = { model: model.id, chatId, required: requiredNow(model, {}), runs: done }
  onModel?.(report)
  return report
}

async function runOnce(
  pool: pg.Pool,
  user: ChatUser,
  model: Model,
  { run, limitMs, isWholeShelf }: { run: number; limitMs: number; isWholeShelf: boolean },
): Promise<RunReport> {
  const earlier = new Set(await jobIdsOf(pool, user.id, model.id))
  const shown = user.messages().at(-1)?.id ?? 0
  const isNew = (message: { id: number }) => message.id > shown
  const startedAt = Date.now()
  let confirmedAt = startedAt
  let arrivedAt: number | undefined
  let error: string | null = null
  try {
    const picture = samplePicture()
    if (isWholeShelf) await walkByLink(user, model, picture)
    else await walkToPreview(user, model, { prompt: PROMPT, picture, choice: run })
    confirmedAt = Date.now()
    const arrival = user
      .message((message) => isNew(message) && isResult(message))
      .then(() => Date.now())
      .catch(() => undefined)
    await confirm(user)
    await waitForEnd(user, startedAt + limitMs, Date.now)
    arrivedAt = await arrival
  } catch (thrown) {
    error = coerceError(thrown).message
  }
  const jobId = (await jobIdsOf(pool, user.id, model.id)).find((id) => !earlier.has(id)) ?? null
  const evidence = jobId === null ? undefined : await readEvidence(pool, jobId)
  const results = user.messages().filter((message) => isNew(message) && isResult(message))
  const stored = evidence?.status === 'delivered'
  // Several files of one order may come in several messages; only the first one has the words.
  const delivered = results.length === 1 && (evidence?.sent ?? 0) >= 1
  return {
    ok: error === null && stored && delivered,
    jobId,
    taskId: evidence?.taskId ?? null,
    ttfbMs: evidence?.createdTaskAt == null ? null : evidence.createdTaskAt - confirmedAt,
    totalMs: (arrivedAt ?? Date.now()) - confirmedAt,
    via: evidence?.via ?? null,
    stored,
    delivered,
    error: error ?? (results.length > 1 ? `${results.length} results came` : null),
  }
}
