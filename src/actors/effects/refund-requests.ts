import { z } from 'zod'
import type { ConversationEvent, RefundAnswer } from '../../machines/conversation/events.ts'
import { readAccount } from '../../store/ledger.ts'
import { openRefundRequest, readRefundable } from '../../store/refund-requests.ts'
import { readPayment } from '../../store/topups.ts'
import { type EffectAnswer, type EffectHandler, effectKey } from '../engine/effect.ts'
import { raiseAlarm } from '../payments/payment-alarm.ts'
import { ASKED, BEGUN, declareEffect, declareQuestion, userSchema } from './declare.ts'
import type { EffectDeps } from './deps.ts'

/** As many as fit on a screen with room for words. */
const SHOWN = 5

const askSchema = z.object({ userId: z.int(), chargeId: z.string() })

/** Tells the conversation which payments its user could get back. */
export const createPaymentsAnswer =
  ({ db }: EffectDeps): EffectAnswer<{ userId: number }> =>
  async ({ params }): Promise<ConversationEvent> => {
    const rows = await readRefundable(db, params.userId, SHOWN)
    const payments = rows.map(({ charge_id, stars, kopecks, created_at }) => ({
      chargeId: charge_id,
      stars,
      kopecks,
      at: created_at.getTime(),
    }))
    return { type: 'payments.read', payments }
  }

/** Notes that a user wants a payment back, if the money is still there; the operator is told. */
export function createAskRefundHandler({
  runtime,
  db,
  now,
}: EffectDeps): EffectHandler<z.infer<typeof askSchema>> {
  return async (job) => {
    const { chargeId } = job.params
    const { answer, missingKopecks } = await ask(job.params)
    const event: ConversationEvent = { type: 'refund.answered', chargeId, answer, missingKopecks }
    await runtime.send({ actor: job.actor, key: `refund.ask:${effectKey(job)}`, event })
  }

  async function ask({ userId, chargeId }: { userId: number; chargeId: string }) {
    const say = (answer: RefundAnswer, missingKopecks = 0) => ({ answer, missingKopecks })
    const payment = await readPayment(db, chargeId)
    if (payment?.user_id !== userId || payment.state !== 'credited') return say('gone')
    const missing = payment.kopecks - (await readAccount(db, userId)).available_kopecks
    if (missing > 0) return say('spent', missing)
    if (!(await openRefundRequest(db, payment))) return say('before')
    await raiseAlarm(db, now(), { id: chargeId, code: 'refund.asked' })
    return say('asked')
  }
}

export const refundRequestEffects = [
  declareQuestion({
    name: 'payments.request',
    params: userSchema,
    delivery: 'once',
    queue: 'account',
    patience: ASKED,
    exhausted: null,
    answer: createPaymentsAnswer,
  }),
  declareEffect({
    name: 'refund.ask',
    params: askSchema,
    delivery: 'once',
    queue: 'account',
    patience: BEGUN,
    exhausted: null,
    handler: createAskRefundHandler,
  }),
] as const
