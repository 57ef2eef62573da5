import { setTimeout as sleep } from 'node:timers/promises'
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
import { createPaymentDesk, raiseAlarm } from '../actors/payments/payment-review.ts'
import { createStarReconciler } from '../actors/payments/reconcile-stars.ts'
import { createStarLedger } from '../actors/payments/star-ledger.ts'
import type { TelegramApi } from '../actors/telegram/api.ts'
import type { FloodGate } from '../actors/telegram/flood.ts'
import type { Config } from '../config/config.ts'
import { createCheckout } from '../http/telegram/checkout.ts'
import { createOnPayment, type IntakeDeps } from '../http/telegram/intake.ts'

const LOOK_EVERY_MS = 600_000

export interface TopupWiring {
  deps: EffectDeps
  config: Config
  api: TelegramApi
  deadLetter: IntakeDeps['deadLetter']
}

/** Everything that brings Stars in and back, joined. */
export function wireTopups({ deps, config, api, deadLetter }: TopupWiring) {
  const { db, now, log } = deps
  const { send } = deps.runtime
  const { botId, starsPerRub } = config
  const desk = createPaymentDesk({ send, db, botId, starsPerRub, now, log })
  const alarm = (about: { id: string; code: string }) => raiseAlarm(db, now(), about)
  const checkout = createCheckout({ api, db, send, now, log })
  const stars = createStarReconciler({ api, db, desk, now, log })
  return {
    checkout,
    /** Answers checkouts before anything else is done with an update. */
    afterCheckouts:
      (accept: (update: unknown) => Promise<void>, onRefused: (update: unknown) => void) =>
      async (update: unknown): Promise<void> => {
        if (await checkout(update)) return
        await accept(update).catch((error) => {
          onRefused(update)
          throw error
        })
      },
    onPayment: createOnPayment({ desk, deadLetter, alarm }),
    /** For the one instance that leads: asks every ten minutes whether it is time. */
    async compareNightly(until: AbortSignal): Promise<void> {
      while (!until.aborted) {
        await stars.runIfDue(until).catch((error) => {
          if (!until.aborted) log.warn({ err: error }, 'Stars could not be compared')
        })
        await sleep(LOOK_EVERY_MS, undefined, { signal: until }).catch(() => {})
      }
    },
  }
}

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
