import type { EventObject } from 'xstate'
import type { Samples } from '../charts/simulation.ts'
import type { TopupContext, TopupInput } from './context.ts'
import type { TopupEvent } from './events.ts'

const happen = (events: readonly TopupEvent[]): EventObject[] => [...events]

const input: TopupInput = {
  id: 't1',
  way: 'stars',
  botId: 1,
  userId: 7,
  language: 'ru',
  kopecks: 50_000,
  stars: 800,
  at: Date.UTC(2026, 0, 1, 12),
}
const chargeId = 'charge-1'
const paid = { type: 'payment.received', chargeId, userId: 7, stars: 800, missed: false } as const

/** Samples for a top-up, by each way in which money comes. */
export const topupSamples: Samples = {
  inputs: {
    'by Stars': input,
    'by bank transfer': { ...input, way: 'manual' },
    'paid for no invoice': { ...input, way: 'found' },
  },
  happenings: () =>
    happen([
      { type: 'checkout.approved' },
      { type: 'topup.superseded' },
      paid,
      { type: 'refund.requested', chargeId, adminId: 1 },
      { type: 'refund.reported', chargeId, userId: 7, stars: 800, bookedKopecks: 50_000 },
      { type: 'receipt.submitted', kind: 'photo', fileId: 'receipt', uniqueId: 'r' },
      { type: 'review.approved', adminId: 1 },
      { type: 'review.rejected', adminId: 1 },
    ]),
  answers: ({ type }) => {
    switch (type) {
      case 'telegram.invoice':
        return happen([
          { type: 'invoice.sent', messageId: 10 },
          { type: 'invoice.failed', code: 'telegram.blocked' },
        ])
      case 'stars.refund':
        return happen([
          { type: 'refund.done', chargeId },
          { type: 'refund.failed', chargeId, code: 'telegram.refused' },
        ])
      case 'receipt.check':
        return happen([{ type: 'receipt.checked', hash: null, sameAs: [] }])
      default:
        return []
    }
  },
  trait: ({ context }) => {
    const { way, payments, receipt } = context as TopupContext
    return [way, payments.map((p) => [p.state, p.refunds > 1]), receipt !== null]
  },
}
