import { z } from 'zod'
import { RetryableError, TerminalError, TrtError } from '../../errors.ts'
import type { TopupEvent } from '../../machines/topup/events.ts'
import { isKeptRefund } from '../../store/star-transactions.ts'
import type { EffectHandler } from '../engine/effect.ts'
import { retryForever } from '../engine/retry-forever.ts'
import type { TelegramApi } from '../telegram/api.ts'
import { isRefundedBefore, TelegramRefusal } from '../telegram/errors.ts'
import { declareEffect, MINUTE } from './declare.ts'
import type { EffectDeps } from './deps.ts'

const schema = z.object({
  userId: z.int(),
  chargeId: z.string(),
  /** Which try of the admins this is; 1 for the first. */
  refund: z.int(),
})

/**
 * Gives Stars back. Repeated until Telegram answers, which is safe: a charge is refunded at most
 * once, and "already refunded" is what we want to hear. A refusal for another reason ends it, unless
 * Telegram's list of transactions shows that an earlier try, whose answer was lost, did it.
 * https://core.telegram.org/bots/api#refundstarpayment
 */
export const createRefundHandler =
  (
    deps: EffectDeps & {
      api: TelegramApi
      readStarLedger: (signal: AbortSignal) => Promise<unknown>
    },
  ): EffectHandler<z.infer<typeof schema>> =>
  async ({ actor, params: { userId, chargeId, refund } }, signal) => {
    const { runtime, api, db, crashAt, readStarLedger } = deps
    let event: TopupEvent
    try {
      await api.call('refundStarPayment', {
        user_id: userId,
        telegram_payment_charge_id: chargeId,
      })
      crashAt('stars.refunded')
      event = { type: 'refund.done', chargeId }
    } catch (error) {
      if (isRefundedBefore(error)) event = { type: 'refund.done', chargeId }
      else if (isAnswer(error)) {
        await readStarLedger(signal)
        event = (await isKeptRefund(db, chargeId))
          ? { type: 'refund.done', chargeId }
          : { type: 'refund.failed', chargeId, code: error.code }
      } else if (error instanceof RetryableError) throw error
      else if (error instanceof TrtError) {
        // No answer, or a token that is refused now: neither says no to this refund.
        throw new RetryableError('telegram.unavailable', { cause: error, retryAfterMs: 5_000 })
      } else throw error
    }
    const key = `refund:${refund}:${event.type}:${chargeId}`
    await retryForever(() => runtime.send({ actor, key, event }))
  }

/** Telegram has said no to this very refund, e.g. because the payer's account is gone. */
const isAnswer = (error: unknown): error is TerminalError =>
  error instanceof TelegramRefusal ||
  (error instanceof TerminalError && error.code === 'telegram.blocked')

export const refundStarsEffect = declareEffect({
  name: 'stars.refund',
  params: schema,
  delivery: 'once',
  queue: 'refunds',
  // Money of ours is with Telegram or the other way round: go on for days.
  patience: { attempts: 3_000, maxPauseMs: MINUTE },
  exhausted: null,
  handler: createRefundHandler,
})
