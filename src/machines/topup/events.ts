/** A receipt that a person sent for a bank transfer. */
export interface Receipt {
  kind: 'photo' | 'document'
  fileId: string
  uniqueId: string
  /** SHA-256 of its bytes in hex, once it was fetched. */
  hash: string | null
  /** Requests that came with the same receipt. */
  sameAs: string[]
}

/** Everything that can happen to a top-up. Event names are persisted: never rename one. */
export type TopupEvent =
  | { type: 'invoice.sent'; messageId: number | null }
  | { type: 'invoice.failed'; code: string }
  | { type: 'checkout.approved' }
  /** Its user asked for another top-up: only the newest of them stay open. */
  | { type: 'topup.superseded' }
  | { type: 'payment.received'; chargeId: string; userId: number; stars: number; missed: boolean }
  /** `reason` is for the user; refunds of before have none. */
  | { type: 'refund.requested'; chargeId: string; adminId: number; reason?: string }
  | { type: 'refund.done'; chargeId: string }
  | { type: 'refund.failed'; chargeId: string; code: string }
  /** Telegram reports a refund; `bookedKopecks` is what is left of the money to take back. */
  | {
      type: 'refund.reported'
      chargeId: string
      userId: number
      stars: number
      bookedKopecks: number
    }
  | { type: 'receipt.submitted'; kind: 'photo' | 'document'; fileId: string; uniqueId: string }
  | { type: 'receipt.checked'; hash: string | null; sameAs: string[] }
  | { type: 'review.approved'; adminId: number }
  | { type: 'review.rejected'; adminId: number }

export type StampedTopupEvent = TopupEvent & { at: number; rnd: string }

/** What admins decide about a bank transfer. */
export type ReviewDecision = 'approved' | 'rejected'
