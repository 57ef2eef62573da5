import { createHash } from 'node:crypto'
import type pg from 'pg'
import { pino } from 'pino'
import type { EventObject } from 'xstate'
import type { EffectDeps } from '../../src/actors/effects/deps.ts'
import { createPromoHandler, createWelcomeHandler } from '../../src/actors/effects/gifts.ts'
import { createFavouriteHandler } from '../../src/actors/effects/history.ts'
import { createStartJobHandler } from '../../src/actors/effects/start-job.ts'
import {
  createStartTopupHandler,
  createSubmitReceiptHandler,
} from '../../src/actors/effects/start-topup.ts'
import { createTellCreditedHandler, createTellHandler } from '../../src/actors/effects/tell.ts'
import type { EffectHandler, EffectJob } from '../../src/actors/engine/effect.ts'
import type { Receipt } from '../../src/actors/engine/envelope.ts'
import { createRuntime } from '../../src/actors/engine/runtime.ts'
import { createPersonMarks } from '../../src/actors/person-mark.ts'
import { stepRules } from '../../src/actors/step-rules.ts'
import { SAMPLE_VIEW } from '../../src/machines/conversation/samples/view.ts'
import { createDefinitions } from '../../src/machines/definitions.ts'
import { createRegistry } from '../../src/machines/engine/registry.ts'
import { createWriters } from '../../src/store/database.ts'
import { createDb, type Db } from '../../src/store/db.ts'

export const BOT_ID = 700_000_777
export const ADMIN_ID = 9_000
/** Where every actor's life begins. Before any day on which this runs. */
export const EPOCH = Date.UTC(2025, 0, 15, 12)
/** When a release's database is kept: some timers are due by then, most are not. */
export const KEPT_AT = EPOCH + 10 * 60_000
/** More than one tap of a person takes, and too long for a double tap. */
const STEP_MS = 5_000

/** An effect or a timer that waits. */
export interface Queued<P = Record<string, unknown>> {
  /** Of an effect its key, of a timer its id. */
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
   * Takes what an actor asked for away: done. Only what needs nothing but the database is
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
  const runtime = createRuntime({ registry, rules: stepRules, db, writers, now, random })
  const log = pino({ level: 'silent' })
  const deps: EffectDeps = { runtime, registry, db, now, log, crashAt: () => {} }

  const tell = createTellHandler(deps)
  const gifts = {
    ...deps,
    welcomeKopecks: 5_000,
    inviteFree: 10,
    inviteAfter: 'start' as const,
    marks: createPersonMarks('kept releases'),
    inviteCaps: { perDay: 10, ever: 200 },
  }
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
        ...{ ...deps, view: SAMPLE_VIEW, callbacks: true },
        limits: { perMinute: 1_000, perHour: 1_000, adminIds: [ADMIN_ID], free },
      }),
    },
    'topup.start': {
      answer: 'topup.opened',
      handler: createStartTopupHandler({ ...deps, botId: BOT_ID, starsPerRub: 1.6, manual: true }),
    },
  }

  async function timers(actor: string): Promise<Queued<TimerPayload>[]> {
    const { rows } = await pool.query(
      'select id, seq, event, due_at from timers where actor_id = $1 order by due_at, id',
      [actor],
    )
    return rows.map(({ id, seq, event, due_at }) => ({
      ...{ id, task: 'timer', payload: { actor, id, seq, event }, runAt: due_at.getTime() },
    }))
  }

  async function effects(actor: string): Promise<Queued<EffectJob>[]> {
    const { rows } = await pool.query(
      `select key, type, seq, index, renewed, attempt, payload, due_at from effects
       where actor_id = $1 order by seq, index`,
      [actor],
    )
    return rows.map(({ key, type, seq, index, renewed, attempt, payload, due_at }) => ({
      id: key,
      task: type,
      payload: { actor, seq, index, renewed, attempt, ...payload },
      runAt: due_at.getTime(),
    }))
  }

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
    async fire({ payload: { actor, id, seq, event }, runAt }) {
      at = Math.max(at + STEP_MS, runAt)
      await runtime.send({ actor, key: `timer:${id}:${seq}`, event, timer: { id, seq } })
      const own = 'delete from timers where actor_id = $1 and id = $2 and seq = $3'
      await pool.query(own, [actor, id, seq])
    },
    timers,
    effects,
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
        await pool.query('delete from effects where actor_id = $1 and key = $2', [actor, id])
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
