import { createHash } from 'node:crypto'
import type pg from 'pg'
import { pino } from 'pino'
import type { EventObject } from 'xstate'
import { createPromoHandler, createWelcomeHandler } from '../../src/actors/effects/gifts.ts'
import { createFavouriteHandler } from '../../src/actors/effects/history.ts'
import { createStartJobHandler } from '../../src/actors/effects/start-job.ts'
import {
  createStartTopupHandler,
  createSubmitReceiptHandler,
} from '../../src/actors/effects/start-topup.ts'
import { createTellCreditedHandler, createTellHandler } from '../../src/actors/effects/tell.ts'
import type { EffectDeps, EffectHandler, EffectJob } from '../../src/actors/engine/effect.ts'
import type { Receipt } from '../../src/actors/engine/envelope.ts'
import { createRuntime } from '../../src/actors/engine/runtime.ts'
import { createTimerTask } from '../../src/actors/engine/timer.ts'
import { SAMPLE_VIEW } from '../../src/machines/conversation/samples/view.ts'
import { createDefinitions } from '../../src/machines/definitions.ts'
import { createRegistry } from '../../src/machines/engine/registry.ts'
import { createDb, createWriters, type Db } from '../../src/store/database.ts'

export const BOT_ID = 700_000_777
export const ADMIN_ID = 9_000
/** Where every actor's life begins. Before any day on which this runs. */
export const EPOCH = Date.UTC(2025, 0, 15, 12)
/** When a release's database is kept: some timers are due by then, most are not. */
export const KEPT_AT = EPOCH + 10 * 60_000
/** More than one tap of a person takes, and too long for a double tap. */
const STEP_MS = 5_000

/** An effect or a timer that waits in the queue. */
export interface Queued<P = Record<string, unknown>> {
  id: string
  task: string
  payload: P
  /** Unix ms. */
  runAt: number
}

export interface TimerPayload extends Record<string, unknown> {
  actor: string
  id: string
  seq: number
  event: EventObject
}

/** The real engine on a real database, without workers, with a clock and random values of its own. */
export interface Life {
  db: Db
  deps: EffectDeps
  registry: ReturnType<typeof createRegistry>
  /** What stays the same over all runs: 24 lower-case characters of a seed. */
  hash(seed: string): string
  now(): number
  /** A new life begins: back to the same moment for everybody. */
  rewind(): void
  /** Sends the next event to an actor, some seconds after the last one; its key is a number. */
  send(actor: string, event: EventObject, input?: unknown): Promise<Receipt>
  /** Fires a parked timer at its time. */
  fire(timer: Queued<TimerPayload>): Promise<void>
  timers(actor: string): Promise<Queued<TimerPayload>[]>
  effects(actor: string): Promise<Queued<EffectJob>[]>
  /**
   * Takes what an actor asked for out of the queue: done. Only what needs nothing but the database is
   * really carried out; orders, top-ups and codes only when `told` is the answer wanted from them.
   * Returns whether that has told it.
   */
  settle(actor: string, told?: EventObject): Promise<boolean>
}

export function createLife(url: string, pool: pg.Pool): Life & { end(): Promise<void> } {
  const db = createDb(pool)
  const writers = createWriters(url, 'keep-release')
  const registry = createRegistry(createDefinitions(SAMPLE_VIEW))
  let at = EPOCH
  let draws = 0
  let happenings = 0
  const now = () => at
  const hash = (seed: string) => createHash('sha256').update(seed).digest('hex').slice(0, 24)
  const random = () => {
    draws += 1
    return hash(`draw ${draws}`)
  }
  const runtime = createRuntime({ registry, db, writers, now, random })
  const log = pino({ level: 'silent' })
  const deps: EffectDeps = { runtime, registry, db, now, log, crashAt: () => {} }
  const fireTimer = createTimerTask(runtime)

  const tell = createTellHandler(deps)
  const gifts = { ...deps, welcomeKopecks: 5_000, inviteFree: 10 }
  const free = { daily: 20, hourly: 20, budgetCredits: 100_000 }
  const always: Record<string, EffectHandler<never>> = {
    'welcome.request': createWelcomeHandler(gifts),
    'favourite.set': createFavouriteHandler(deps),
    'topup.submit': createSubmitReceiptHandler(deps),
    'tell.credited': createTellCreditedHandler(deps),
    ...Object.fromEntries(
      ['stage', 'delivered', 'failed', 'refunded', 'review', 'refund_failed'].map((word) => [
        `tell.${word}`,
        tell,
      ]),
    ),
  }
  const asked: Record<string, { answer: string; handler: EffectHandler<never> }> = {
    'promo.redeem': { answer: 'promo.redeemed', handler: createPromoHandler(deps) },
    'job.start': {
      answer: 'job.started',
      handler: createStartJobHandler({
        ...{ ...deps, rates: SAMPLE_VIEW.rates, callbacks: true },
        limits: { perMinute: 1_000, perHour: 1_000, adminIds: [ADMIN_ID], free },
      }),
    },
    'topup.start': {
      answer: 'topup.opened',
      handler: createStartTopupHandler({ ...deps, botId: BOT_ID, starsPerRub: 1.6, manual: true }),
    },
  }

  async function queued<P>(actor: string, which: string): Promise<Queued<P>[]> {
    const { rows } = await pool.query(
      `select j.id, t.identifier as task, j.payload, j.run_at from graphile_worker._private_jobs j
       join graphile_worker._private_tasks t on t.id = j.task_id
       where j.payload->>'actor' = $1 and t.identifier ${which} 'timer' order by j.id`,
      [actor],
    )
    return rows.map(({ id, task, payload, run_at }) => ({
      ...{ id: String(id), task, payload, runAt: run_at.getTime() },
    }))
  }

  const done = (ids: readonly string[]) =>
    pool.query('select graphile_worker.complete_jobs($1::bigint[])', [ids])

  const helpers = {} as Parameters<typeof fireTimer>[1]
  const life: Life = {
    ...{ db, deps, registry, hash, now },
    rewind() {
      at = EPOCH
    },
    async send(actor, event, input) {
      at += STEP_MS
      happenings += 1
      const key = input === undefined ? `happening:${happenings}` : 'begun'
      return runtime.send({ actor, key, event, ...(input === undefined ? {} : { input }) })
    },
    async fire({ id, payload, runAt }) {
      at = Math.max(at + STEP_MS, runAt)
      await fireTimer(payload, helpers)
      await done([id])
    },
    timers: (actor) => queued<TimerPayload>(actor, '='),
    effects: (actor) => queued<EffectJob>(actor, '<>'),
    async settle(actor, told) {
      const never = new AbortController().signal
      let isTold = false
      const jobs = await life.effects(actor)
      for (const { id, task, payload } of jobs) {
        const { answer, handler } = asked[task] ?? {}
        const isWanted = answer !== undefined && answer === told?.type
        if (isWanted) at += STEP_MS
        await (isWanted ? handler : always[task])?.(payload as EffectJob<never>, never)
        isTold ||= isWanted
        await done([id])
      }
      return isTold
    },
  }
  return {
    ...life,
    async end() {
      await runtime.drain()
      await writers.end()
    },
  }
}
