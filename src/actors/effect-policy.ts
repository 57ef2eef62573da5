/**
 * How each kind of effect is tried: `priority` (lower runs first), how often and how patiently it is
 * repeated after a failure that is safe to repeat.
 */
export interface EffectPolicy {
  priority: number
  attempts: number
  /** Longest pause between two tries; pauses double from 1 s. */
  maxPauseMs: number
}

const SECOND = 1_000
const MINUTE = 60 * SECOND

const POLICIES: Record<string, EffectPolicy> = {
  // A tap waits for its answer, and an answer is worthless after some seconds.
  'telegram.answer': { priority: -20, attempts: 2, maxPauseMs: SECOND },
  'quote.request': { priority: -15, attempts: 20, maxPauseMs: 5 * SECOND },
  'welcome.request': { priority: -12, attempts: 200, maxPauseMs: 30 * SECOND },
  'invite.request': { priority: -15, attempts: 20, maxPauseMs: 5 * SECOND },
  'entries.request': { priority: -15, attempts: 20, maxPauseMs: 5 * SECOND },
  'promo.redeem': { priority: -15, attempts: 200, maxPauseMs: 5 * SECOND },
  'admin.overview': { priority: -12, attempts: 20, maxPauseMs: 5 * SECOND },
  'admin.promo': { priority: -12, attempts: 200, maxPauseMs: 5 * SECOND },
  'admin.adjust': { priority: -12, attempts: 200, maxPauseMs: 5 * SECOND },
  'admin.cases': { priority: -12, attempts: 20, maxPauseMs: 5 * SECOND },
  'admin.case': { priority: -12, attempts: 20, maxPauseMs: 5 * SECOND },
  'admin.decide': { priority: -12, attempts: 200, maxPauseMs: 5 * SECOND },
  'admin.csv': { priority: 10, attempts: 5, maxPauseMs: MINUTE },
  'free.request': { priority: -12, attempts: 3, maxPauseMs: 5 * SECOND },
  'balance.request': { priority: -15, attempts: 20, maxPauseMs: 5 * SECOND },
  'history.request': { priority: -15, attempts: 20, maxPauseMs: 5 * SECOND },
  'result.request': { priority: -15, attempts: 20, maxPauseMs: 5 * SECOND },
  'favourite.set': { priority: -5, attempts: 200, maxPauseMs: 30 * SECOND },
  'job.start': { priority: -15, attempts: 200, maxPauseMs: 30 * SECOND },
  'topup.start': { priority: -15, attempts: 200, maxPauseMs: 30 * SECOND },
  'payments.request': { priority: -15, attempts: 20, maxPauseMs: 5 * SECOND },
  'refund.ask': { priority: -15, attempts: 200, maxPauseMs: 30 * SECOND },
  'topup.submit': { priority: -15, attempts: 1_000, maxPauseMs: 30 * SECOND },
  'tell.credited': { priority: -10, attempts: 1_000, maxPauseMs: MINUTE },
  'tell.refunded': { priority: -10, attempts: 1_000, maxPauseMs: MINUTE },
  'tell.review': { priority: -10, attempts: 1_000, maxPauseMs: MINUTE },
  'tell.refund_failed': { priority: -10, attempts: 1_000, maxPauseMs: MINUTE },
  'tell.reviewed_before': { priority: -10, attempts: 1_000, maxPauseMs: MINUTE },
  'tell.reviewed': { priority: -10, attempts: 1_000, maxPauseMs: MINUTE },
  // Money of ours is with Telegram or the other way round: go on for days.
  'stars.refund': { priority: 0, attempts: 3_000, maxPauseMs: MINUTE },
  'telegram.invoice': { priority: -5, attempts: 60, maxPauseMs: MINUTE },
  'receipt.check': { priority: 5, attempts: 10, maxPauseMs: MINUTE },
  'telegram.render': { priority: -10, attempts: 500, maxPauseMs: MINUTE },
  'tell.stage': { priority: -10, attempts: 1_000, maxPauseMs: MINUTE },
  'tell.delivered': { priority: -10, attempts: 1_000, maxPauseMs: MINUTE },
  'tell.failed': { priority: -10, attempts: 1_000, maxPauseMs: MINUTE },
  // A paid result: go on for days, through any outage.
  'telegram.deliver': { priority: 0, attempts: 3_000, maxPauseMs: MINUTE },
  'telegram.notice': { priority: 0, attempts: 500, maxPauseMs: MINUTE },
  // Asked for by a person who can ask again.
  'telegram.sendAgain': { priority: -5, attempts: 50, maxPauseMs: 30 * SECOND },
  'telegram.sendOriginal': { priority: -5, attempts: 50, maxPauseMs: 30 * SECOND },
  'kie.create': { priority: 0, attempts: 500, maxPauseMs: 30 * SECOND },
  // Many times, because a place among the large files may take long; the job ends it in time.
  'kie.upload': { priority: 0, attempts: 100, maxPauseMs: 30 * SECOND },
  // A person looks at the screen; what is not there soon is called so by the effect itself.
  'result.inspect': { priority: -10, attempts: 60, maxPauseMs: 5 * SECOND },
  'media.inspect': { priority: -10, attempts: 60, maxPauseMs: 5 * SECOND },
  'kie.poll': { priority: 5, attempts: 1, maxPauseMs: SECOND },
  'provider.pause': { priority: -5, attempts: 500, maxPauseMs: 5 * SECOND },
  'operator.alert': { priority: 10, attempts: 50, maxPauseMs: MINUTE },
  // Repeated where it fires, not by the queue.
  timer: { priority: 0, attempts: 1, maxPauseMs: MINUTE },
}

const FALLBACK: EffectPolicy = { priority: 0, attempts: 25, maxPauseMs: MINUTE }

export const policyOf = (type: string): EffectPolicy => POLICIES[type] ?? FALLBACK

export const priorityOf = (type: string): number => policyOf(type).priority

/** Pause before try `attempt + 1`: what the other side asked for, else 1 s doubling to the limit. */
export const pauseMs = (type: string, attempt: number, askedMs?: number): number =>
  askedMs ?? Math.min(policyOf(type).maxPauseMs, SECOND * 2 ** Math.min(attempt - 1, 16))
