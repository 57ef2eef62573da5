import { setTimeout as sleep } from 'node:timers/promises'
import type { EffectDeps } from '../actors/effects/deps.ts'
import { raiseAlarm } from '../actors/payments/payment-alarm.ts'
import { createPaymentRecorder } from '../actors/payments/payment-recorder.ts'
import { createStarReconciler } from '../actors/payments/reconcile-stars.ts'
import type { TelegramApi } from '../actors/telegram/api.ts'
import type { Config } from '../config/config.ts'
import { type Checkout, createCheckout } from '../http/telegram/checkout.ts'
import { createOnPayment, type InputDeps } from '../http/telegram/input-handlers.ts'
import type { PaymentInput } from '../http/telegram/translate.ts'
import type { Lifecycle } from './lifecycle.ts'

export interface Payments {
  /** Answers a checkout at once; false for any other update. */
  checkout: Checkout
  /** Records what an update says of Stars that came or went back. */
  onPayment(payment: PaymentInput): Promise<void>
}

const COMPARE_EVERY_MS = 600_000

/**
 * What Telegram reports of Stars: checkouts, payments, refunds. As leader, asks every ten minutes
 * whether it is time to compare the ledger with Telegram's list.
 */
export function createPayments({
  deps,
  config: { botId, starsPerRub },
  api,
  deadLetter,
  lifecycle,
}: {
  deps: EffectDeps
  config: Pick<Config, 'botId' | 'starsPerRub'>
  api: TelegramApi
  deadLetter: InputDeps['deadLetter']
  lifecycle: Lifecycle
}): Payments {
  const { db, now, log } = deps
  const { send } = deps.runtime
  const recorder = createPaymentRecorder({ send, db, botId, starsPerRub, now, log })
  const alarm = (about: { id: string; code: string }) => raiseAlarm(db, now(), about)
  const reconciler = createStarReconciler({ api, db, recorder, now, log })

  lifecycle.onDuty('lead', async (until) => {
    while (!until.aborted) {
      await reconciler.runIfDue(until).catch((error) => {
        if (!until.aborted) log.warn({ err: error }, 'Stars could not be compared')
      })
      await sleep(COMPARE_EVERY_MS, undefined, { signal: until }).catch(() => {})
    }
  })

  return {
    checkout: createCheckout({ api, db, send, now, log }),
    onPayment: createOnPayment({ recorder, deadLetter, alarm }),
  }
}
