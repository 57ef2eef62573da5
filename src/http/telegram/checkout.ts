import type { Logger } from 'pino'
import type { Envelope, Receipt } from '../../actors/engine/envelope.ts'
import type { TelegramApi } from '../../actors/telegram/api.ts'
import { isQueryTooOld } from '../../actors/telegram/errors.ts'
import { coerceError, RetryableError, UnknownOutcomeError } from '../../errors.ts'
import { languageOf, translator } from '../../machines/texts/translate.ts'
import { type CheckoutRefusal, refusalOf } from '../../machines/topup/checkout.ts'
import { topupActor } from '../../machines/topup/definition.ts'
import type { Db } from '../../store/db.ts'
import { readCheckout } from '../../store/topups.ts'
import { type PreCheckoutQuery, preCheckoutSchema } from './update-schema.ts'

export interface CheckoutDeps {
  api: Pick<TelegramApi, 'call'>
  db: Db
  send: (envelope: Envelope) => Promise<Receipt>
  now: () => number
  log: Pick<Logger, 'warn'>
  /** How long the database may take; the rest of the ten seconds is for the answer. */
  readMs?: number
}

interface Verdict {
  refusal: CheckoutRefusal | 'unavailable' | undefined
  /** As chosen here; without the database as Telegram says. */
  language: 'ru' | 'en'
}

/** Telegram waits ten seconds: https://core.telegram.org/bots/api#answerprecheckoutquery. */
const BUDGET_MS = 8_000
/** A call that gets no answer leaves room for another one: a second answer changes nothing. */
const TRY_MS = 2_500

/**
 * Answers a checkout at once, in the request that brings it: behind a queue the ten seconds would be
 * gone. When the database is away or slow, the answer is a polite no, which costs nobody anything.
 * Resolves to false for any other update; never rejects. An agreement is no money: only the payment is.
 */
export function createCheckout(deps: CheckoutDeps) {
  const { api, db, send, now, log, readMs = 4_000 } = deps

  return async (update: unknown): Promise<boolean> => {
    const raw = (update as { pre_checkout_query?: unknown } | null)?.pre_checkout_query
    if (raw === undefined) return false
    const { success, data: query } = preCheckoutSchema.safeParse(raw)
    // Without an id nobody waits for an answer.
    if (!success) return true
    const startedAt = now()
    const verdict = await verdictOf(query)
    const answered = await answer(query, verdict, startedAt + BUDGET_MS)
    if (verdict.refusal === undefined && answered) await note(query)
    return true
  }

  async function verdictOf(query: PreCheckoutQuery): Promise<Verdict> {
    const { id: userId, language_code: code } = query.from
    const reading = readCheckout(db, { invoiceId: query.invoice_payload, payerId: userId })
    const timeout = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => timeout.reject(new RetryableError('database.unavailable')),
      readMs,
    )
    try {
      const { invoice: row, language = languageOf(code) } = await Promise.race([
        reading,
        timeout.promise,
      ])
      const invoice = row && {
        userId: row.user_id,
        stars: row.stars,
        status: row.way === 'stars' ? row.status : 'closed',
        createdAt: row.created_at.getTime(),
      }
      const asked = { userId, stars: query.total_amount, currency: query.currency }
      return { refusal: refusalOf(invoice, asked, now()), language }
    } catch (thrown) {
      log.warn({ reason: coerceError(thrown).message }, 'a checkout could not be looked up')
      return { refusal: 'unavailable', language: languageOf(code) }
    } finally {
      clearTimeout(timer)
      reading.catch(() => {})
    }
  }

  async function answer(
    { id }: PreCheckoutQuery,
    { refusal, language }: Verdict,
    deadline: number,
  ): Promise<boolean> {
    const t = translator(language)
    const words =
      refusal === undefined
        ? ({ ok: true } as const)
        : ({ ok: false, error_message: t(`checkout.${refusal}`) } as const)
    for (;;) {
      const timeoutMs = Math.max(500, Math.min(TRY_MS, deadline - now()))
      try {
        await api.call(
          'answerPreCheckoutQuery',
          { pre_checkout_query_id: id, ...words },
          { timeoutMs },
        )
        return true
      } catch (thrown) {
        const error = coerceError(thrown)
        if (!isQueryTooOld(error))
          log.warn({ reason: error.message }, 'a checkout was not answered')
        const repeatable = error instanceof RetryableError || error instanceof UnknownOutcomeError
        if (!repeatable) return false
        const pauseMs = (error instanceof RetryableError && error.retryAfterMs) || 300
        if (now() + pauseMs >= deadline) return false
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
    }
  }

  /** For the history only; whether it is stored changes nothing. */
  async function note({ id, invoice_payload: topupId }: PreCheckoutQuery): Promise<void> {
    const event = { type: 'checkout.approved' }
    await send({ actor: topupActor(topupId), key: `checkout:${id}`, event }).catch(() => {})
  }
}

export type Checkout = ReturnType<typeof createCheckout>
