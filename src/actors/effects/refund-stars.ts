import { RetryableError, TrtError } from '../../errors.ts'
import type { TopupEvent } from '../../machines/topup/events.ts'
import { persistently } from '../persistently.ts'
import type { TelegramApi } from '../telegram/api.ts'
import { isRefundedBefore, TelegramRefusal } from '../telegram/errors.ts'
import type { EffectDeps, EffectHandler } from './effect.ts'

interface RefundParams {
  userId: number
  chargeId: string
  /** Which try of the admins this is; 1 for the first. */
  refund: number
}

/**
 * Gives Stars back. Repeated until Telegram answers, which is safe: a charge is refunded at most
 * once, and "already refunded" is what we want to hear. Only a refusal of this very refund ends it.
 * https://core.telegram.org/bots/api#refundstarpayment
 */
export const createRefundHandler =
  (deps: EffectDeps & { api: TelegramApi }): EffectHandler<RefundParams> =>
  async ({ actor, params: { userId, chargeId, refund } }) => {
    const { runtime, api, crashAt } = deps
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
      else if (error instanceof TelegramRefusal) {
        event = { type: 'refund.failed', chargeId, code: error.code }
      } else if (error instanceof RetryableError) throw error
      else if (error instanceof TrtError) {
        // No answer, or a token that is refused now: neither says no to this refund.
        throw new RetryableError('telegram.unavailable', { cause: error, retryAfterMs: 5_000 })
      } else throw error
    }
    const key = `refund:${refund}:${event.type}:${chargeId}`
    await persistently(() => runtime.send({ actor, key, event }))
  }
