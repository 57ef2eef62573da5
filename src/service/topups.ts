import { setTimeout as sleep } from 'node:timers/promises'
import type { EffectDeps } from '../actors/effects/deps.ts'
import { createPaymentDesk, raiseAlarm } from '../actors/payments/payment-review.ts'
import { createStarReconciler } from '../actors/payments/reconcile-stars.ts'
import type { TelegramApi } from '../actors/telegram/api.ts'
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
