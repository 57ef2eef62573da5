import { createReceiptHandler } from '../actors/effects/check-receipt.ts'
import { createAskRefundHandler, createPaymentsHandler } from '../actors/effects/refund-requests.ts'
import { createRefundHandler } from '../actors/effects/refund-stars.ts'
import { createInvoiceHandler } from '../actors/effects/send-invoice.ts'
import {
  createStartTopupHandler,
  createSubmitReceiptHandler,
} from '../actors/effects/start-topup.ts'
import { createTellCreditedHandler, createTellHandler } from '../actors/effects/tell.ts'
import type { EffectDeps, EffectHandler } from '../actors/engine/effect.ts'
import { createStarLedger } from '../actors/payments/star-ledger.ts'
import type { TelegramApi } from '../actors/telegram/api.ts'
import type { FloodGate } from '../actors/telegram/flood.ts'
import type { Config } from '../config/config.ts'

type Handlers = Record<string, EffectHandler<never>>

/** The effects of a top-up, by the queue in which they run. */
export function topupEffects(
  deps: EffectDeps & { api: TelegramApi; flood: FloodGate },
  { botId, starsPerRub, manualTopupDetails }: Config,
): { instant: Handlers; chat: Handlers; slow: Handlers } {
  const tell = createTellHandler(deps)
  const manual = manualTopupDetails !== undefined
  return {
    instant: {
      'topup.start': createStartTopupHandler({ ...deps, botId, starsPerRub, manual }),
      'topup.submit': createSubmitReceiptHandler(deps),
      'payments.request': createPaymentsHandler(deps),
      'refund.ask': createAskRefundHandler(deps),
      'tell.credited': createTellCreditedHandler(deps),
      'tell.refunded': tell,
      'tell.review': tell,
      'tell.refund_failed': tell,
      'tell.reviewed': tell,
      'tell.reviewed_before': tell,
    },
    chat: { 'telegram.invoice': createInvoiceHandler(deps) },
    slow: {
      'stars.refund': createRefundHandler({ ...deps, readStarLedger: createStarLedger(deps) }),
      'receipt.check': createReceiptHandler(deps),
    },
  }
}

/** What a top-up hears when an effect will not be tried again. */
export const TOPUP_EXHAUSTED: Record<
  string,
  (params: Record<string, unknown>) => Record<string, unknown>
> = {
  'topup.start': ({ topupId, way, kopecks }) => ({
    type: 'topup.failed',
    ...{ topupId, way, kopecks },
    reason: 'undelivered',
  }),
  'telegram.invoice': () => ({ type: 'invoice.failed', code: 'telegram.unavailable' }),
}
