import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import { z } from 'zod'
import { TerminalError } from '../../errors.ts'
import { mayDo, type Right, roleOf, type Staff } from '../../machines/conversation/admin/roles.ts'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import { JOB_STATUSES } from '../../machines/job/statuses.ts'
import { REVIEWABLE } from '../../machines/topup/statuses.ts'
import { allEntries } from '../../store/console/ledger.ts'
import { readDay } from '../../store/console/overview.ts'
import { refusedBy } from '../../store/database.ts'
import { readOwed } from '../../store/debts.ts'
import { readFailures, readHealth } from '../../store/failures.ts'
import { bookMovements, MOVED_BEFORE, NOT_ENOUGH_MONEY } from '../../store/ledger.ts'
import { readPause } from '../../store/pauses.ts'
import { countWaiting } from '../../store/payment-review.ts'
import { readMoney } from '../../store/persons.ts'
import { createPromo, endPromo, readPromos } from '../../store/promo.ts'
import { readHourlyUse } from '../../store/provider-account.ts'
import { reconcile, troubles } from '../../store/reconcile.ts'
import { readFarmed } from '../../store/referrals.ts'
import { readLastAudit, type StarAudit } from '../../store/star-transactions.ts'
import { type EffectHandler, effectKey } from '../engine/effect.ts'
import { together } from '../engine/together.ts'
import type { KieClient } from '../kie/client.ts'
import { runwayHours } from '../kie/provider-watch.ts'
import type { TelegramApi } from '../telegram/api.ts'
import { doneOrRefused, journalled } from './admin-journal.ts'
import { ASKED, declareEffect, MINUTE, SECOND, userSchema, userTurn } from './declare.ts'
import type { EffectDeps } from './deps.ts'

export interface AdminDeps extends EffectDeps {
  api: TelegramApi
  credits: KieClient['credits']
  staff: Staff
}

const DAY = 86_400_000
/** Telegram takes documents of up to 50 MB; about 120 bytes an entry. */
const CSV_LINES = 300_000

const promoSchema = z.object({
  userId: z.int(),
  promo: z.object({
    code: z.string(),
    kopecks: z.int(),
    free: z.int(),
    limit: z.int(),
    days: z.int().nullable(),
  }),
})
const SHOWN = 8
const promoEndSchema = z.object({ userId: z.int(), code: z.string() })
const pageSchema = z.object({ userId: z.int(), page: z.int() })
const adjustSchema = z.object({
  userId: z.int(),
  adjust: z.object({ userId: z.int(), kopecks: z.int(), reason: z.string() }),
})

/**
 * Lets only those through whose role has the right: a chat may be in the area for admins from a time
 * when its user was one.
 */
export const createAdminGate =
  (staff: Staff, right: Right = 'look') =>
  <P extends { userId: number }>(handle: EffectHandler<P>): EffectHandler<P> =>
  (job, signal) => {
    if (!mayDo(roleOf(staff, job.params.userId), right)) {
      throw new TerminalError('actor.unknown', { detail: 'Not an admin.' })
    }
    return handle(job, signal)
  }

/** What admins see and do. Each handler asks again whether its user is one. */
export function createAdminHandlers(deps: AdminDeps) {
  const { runtime, db, now, log, api, credits, staff } = deps

  const forAdmins = createAdminGate(staff)
  const forMoney = createAdminGate(staff, 'money')

  const tell = (job: { actor: string; seq: number; index: number }, event: ConversationEvent) =>
    runtime.send({ actor: job.actor, key: `admin:${effectKey(job as never)}`, event })

  return {
    'admin.overview': forAdmins<{ userId: number }>(async (job, signal) => {
      const [
        day,
        findings,
        pause,
        waiting,
        owedKopecks,
        stars,
        perHour,
        farmed,
        money,
        health,
        balance,
      ] = await Promise.all([
        readDay(db, now(), JOB_STATUSES),
        reconcile(db, JOB_STATUSES),
        readPause(db),
        countWaiting(db, REVIEWABLE),
        readOwed(db),
        readLastAudit(db),
        readHourlyUse(db),
        readFarmed(db),
        readMoney(db, now()),
        readHealth(db),
        credits(signal).catch((error) => {
          log.warn({ err: error }, 'the provider did not say what is left')
          return null
        }),
      ])
      await tell(job, {
        type: 'overview.read',
        ...day,
        credits: balance,
        paused: pause?.code ?? null,
        leftCredits: pause?.left_credits ?? null,
        runwayHours: balance === null ? null : whole(runwayHours(balance, perHour)),
        troubles: troubles(findings).map(([name, size]) => `${name}: ${size}`),
        ...waiting,
        owedKopecks,
        stars: stars === undefined ? null : starFacts(stars),
        farmed,
        money,
        health,
        role: roleOf(staff, job.params.userId) ?? 'support',
      })
    }),

    'admin.promos': forMoney<{ userId: number }>(async (job) => {
      await tell(job, { type: 'promos.read', promos: await promos() })
    }),

    'admin.promo_end': forMoney<z.infer<typeof promoEndSchema>>(async (job) => {
      const { userId, code } = job.params
      const act = { userId, name: 'promo.end', target: `promo:${code}`, why: code }
      await journalled(deps, act, () => endPromo(db, code, new Date(now())), doneOrRefused)
      await tell(job, { type: 'promos.read', promos: await promos() })
    }),

    'admin.failures': forAdmins<z.infer<typeof pageSchema>>(async (job) => {
      const { page } = job.params
      const { failed } = JOB_STATUSES
      const rows = await readFailures(db, { failed, offset: page * SHOWN, limit: SHOWN + 1 })
      await tell(job, {
        ...{ type: 'failures.read', page, more: rows.length > SHOWN },
        rows: rows.slice(0, SHOWN).map(({ at, ...row }) => ({ ...row, at: at.getTime() })),
      })
    }),

    'admin.promo': forMoney<z.infer<typeof promoSchema>>(async (job) => {
      const { userId, promo } = job.params
      const { days, ...rest } = promo
      const expiresAt = days === null ? null : new Date(job.at + days * DAY)
      const { code } = promo
      const why = JSON.stringify(promo)
      const made = await journalled(
        deps,
        { userId, name: 'promo.create', target: `promo:${code}`, why },
        () => createPromo(db, { ...rest, expiresAt, madeBy: userId }),
        doneOrRefused,
      )
      await tell(
        job,
        made ? { type: 'admin.done' } : { type: 'admin.refused', reason: 'promoExists' },
      )
    }),

    'admin.adjust': forMoney<z.infer<typeof adjustSchema>>(async (job) => {
      const { userId: madeBy, adjust } = job.params
      const { userId, kopecks, reason } = adjust
      const kind = kopecks > 0 ? 'credit' : 'debit'
      const ref = `adjust:${effectKey(job)}`
      const why = `${kopecks / 100} ₽: ${reason}`
      /** The constraint that refused it, if one did; null: the money is there, now or from before. */
      const book = async (): Promise<string | null> => {
        try {
          const move = { userId, kind, ref, kopecks: Math.abs(kopecks), madeBy, reason } as const
          await bookMovements(db, [move])
          log.info({ admin: madeBy, user: userId, kopecks }, 'a balance was adjusted')
          return null
        } catch (error) {
          const constraint = refusedBy(error)
          if (constraint === undefined) throw error
          return constraint === MOVED_BEFORE ? null : constraint
        }
      }
      const refused = await journalled(
        deps,
        { userId: madeBy, name: 'user.adjust', target: `user:${userId}`, why },
        book,
        (detail) => ({ ...doneOrRefused(detail === null), detail }),
      )
      if (refused !== null) {
        const poor = refused === NOT_ENOUGH_MONEY
        await tell(job, { type: 'admin.refused', reason: poor ? 'poor' : 'noUser' })
        return
      }
      const [machine, bot] = job.actor.split(':')
      await runtime.send({
        actor: `${machine}:${bot}:${userId}`,
        key: ref,
        event: { type: 'balance.adjusted', kopecks, reason } as ConversationEvent,
      })
      await tell(job, { type: 'admin.done' })
    }),

    'admin.csv': forMoney<{ userId: number }>(async (job, signal) => {
      const rows = stringify({ header: true, escape_formulas: true, bom: true, columns: COLUMNS })
      const table = Readable.from(csvLines()).compose(rows) as Readable
      await api.call(
        'sendDocument',
        { chat_id: job.params.userId, document: { source: table, filename: 'ledger.csv' } },
        { signal, timeoutMs: 300_000 },
      )
    }),
  }

  async function promos() {
    const found = await readPromos(db, SHOWN)
    return found.map(({ expiresAt, ...promo }) => ({
      ...promo,
      expiresAt: expiresAt?.getTime() ?? null,
    }))
  }

  async function* csvLines() {
    let lines = 0
    for await (const { created_at, amount_kopecks, bonus_kopecks, ...rest } of allEntries(db)) {
      lines += 1
      if (lines > CSV_LINES) return
      yield {
        ...rest,
        at: created_at.toISOString(),
        roubles: roubles(amount_kopecks),
        given_roubles: roubles(bonus_kopecks),
      }
    }
  }
}

const starFacts = (audit: StarAudit) => ({
  at: audit.finished_at.getTime(),
  seen: audit.seen,
  payments: audit.missed_payments,
  refunds: audit.missed_refunds,
  unexplained: audit.unexplained,
})

const COLUMNS = [
  'id',
  'at',
  'user_id',
  'kind',
  'ref',
  'source',
  'target',
  'roubles',
  'given_roubles',
  'made_by',
  'reason',
]

/** Infinity can't be stored: an account that nobody uses has no end. */
const whole = (hours: number): number | null => (Number.isFinite(hours) ? Math.floor(hours) : null)

const roubles = (kopecks: number): string => (kopecks / 100).toFixed(2)

const handlersOf = together(createAdminHandlers)

export const adminEffects = [
  declareEffect({
    name: 'admin.overview',
    params: userSchema,
    delivery: 'once',
    queue: 'admin',
    patience: ASKED,
    exhausted: null,
    handler: (deps: AdminDeps) => handlersOf(deps)['admin.overview'],
  }),
  declareEffect({
    name: 'admin.promos',
    params: userSchema,
    delivery: 'once',
    queue: 'admin',
    patience: ASKED,
    exhausted: null,
    handler: (deps: AdminDeps) => handlersOf(deps)['admin.promos'],
  }),
  declareEffect({
    name: 'admin.promo_end',
    params: promoEndSchema,
    delivery: 'once',
    queue: 'admin',
    patience: { attempts: 200, maxPauseMs: 5 * SECOND },
    exhausted: null,
    handler: (deps: AdminDeps) => handlersOf(deps)['admin.promo_end'],
  }),
  declareEffect({
    name: 'admin.failures',
    params: pageSchema,
    delivery: 'once',
    queue: 'admin',
    patience: ASKED,
    exhausted: null,
    handler: (deps: AdminDeps) => handlersOf(deps)['admin.failures'],
  }),
  declareEffect({
    name: 'admin.promo',
    params: promoSchema,
    delivery: 'once',
    queue: 'admin',
    patience: { attempts: 200, maxPauseMs: 5 * SECOND },
    exhausted: null,
    handler: (deps: AdminDeps) => handlersOf(deps)['admin.promo'],
  }),
  declareEffect({
    name: 'admin.adjust',
    params: adjustSchema,
    delivery: 'once',
    queue: 'admin',
    patience: { attempts: 200, maxPauseMs: 5 * SECOND },
    exhausted: null,
    handler: (deps: AdminDeps) => handlersOf(deps)['admin.adjust'],
  }),
  declareEffect({
    name: 'admin.csv',
    params: userSchema,
    delivery: 'once',
    queue: 'admin',
    patience: { attempts: 5, maxPauseMs: MINUTE },
    turn: userTurn,
    exhausted: null,
    handler: (deps: AdminDeps) => handlersOf(deps)['admin.csv'],
  }),
] as const
