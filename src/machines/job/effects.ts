import { priceKopecks } from '../catalogue/pricing.ts'
import type { EffectParams } from '../engine/definition.ts'
import type { JobContext } from './context.ts'
import type { OperatorEvent } from './events.ts'

const job =
  (params: (context: JobContext) => Record<string, unknown> | null) =>
  ({ context }: { context: JobContext }) =>
    params(context)

const movement = (c: JobContext) => ({ userId: c.userId, ref: c.id, kopecks: c.priceKopecks })

/** What the provider took, at cost. */
const costKopecks = ({ credits, creditsConsumed, usdRubRate }: JobContext): number =>
  usdRubRate === undefined ? 0 : priceKopecks(creditsConsumed ?? credits, { usdRubRate, markup: 1 })

/** To the user's conversation. The effects keep their old names, `tell.*`: they stand in journal and queue. */
const notify = (c: JobContext, event: Record<string, unknown>) => ({
  to: c.conversation,
  event: { ...event, jobId: c.id, modelId: c.modelId },
})

/** What a job asks of the rest of the system; null: an effect is not wanted this time. */
export const jobEffects = {
  'ledger.hold': job((c) => (c.priceKopecks > 0 ? movement(c) : null)),
  'ledger.capture': job((c) => (c.priceKopecks > 0 && !c.released ? movement(c) : null)),
  'ledger.release': job((c) => (c.priceKopecks > 0 && !c.released ? movement(c) : null)),
  'ledger.cost': job((c) =>
    costKopecks(c) > 0 && !c.costBooked ? { ...movement(c), kopecks: costKopecks(c) } : null,
  ),
  'ledger.reserve': job((c) =>
    c.free === undefined
      ? null
      : {
          jobId: c.id,
          userId: c.userId,
          at: c.at,
          credits: c.credits,
          limits: c.free === 'unlimited' ? null : c.free,
        },
  ),
  'ledger.return': job((c) => (c.free === undefined || c.released ? null : { jobId: c.id })),
  'provider.pause': job((c) => ({ code: c.error, credits: c.credits })),
  // The ledger records who and why; 0 is the console, the reason begins with the operator.
  'ledger.sale_undone': ({ context, event }: { context: JobContext; event: OperatorEvent }) => ({
    ...movement(context),
    madeBy: 0,
    reason: `${event.by}: ${event.why}`,
  }),
  'kie.upload': job((c) =>
    c.mediaFields.length > 0
      ? { modelId: c.modelId, answers: c.answers, fields: c.mediaFields }
      : null,
  ),
  'kie.create': job((c) => ({
    modelId: c.modelId,
    answers: c.answers,
    uploads: c.uploads,
    attempt: c.attempt,
  })),
  'kie.poll': job((c) => ({ modelId: c.modelId, taskId: c.taskId, poll: c.polls })),
  'telegram.deliver': job((c) => ({
    chatId: c.chatId,
    language: c.language,
    modelId: c.modelId,
    taskId: c.taskId,
    priceKopecks: c.released ? 0 : c.priceKopecks,
    // Delivered free: the money went back before. The stored name stays.
    courtesy: c.released,
    result: c.result,
    ...(c.redeliveries > 0 ? { round: c.redeliveries } : {}),
  })),
  'tell.stage': job((c) => notify(c, { type: 'job.progressed', stage: c.stage })),
  'tell.delivered': job((c) =>
    notify(c, { type: 'job.delivered', priceKopecks: c.released ? 0 : c.priceKopecks }),
  ),
  // A free delivery that failed: they know already that the money is back.
  'tell.failed': job((c) =>
    c.released
      ? null
      : notify(c, { type: 'job.failed', error: c.error, refundKopecks: c.priceKopecks }),
  ),
  // The provider has been asked: it can't be stopped any more.
  'tell.cancel_refused': job((c) => notify(c, { type: 'cancel.refused' })),
  'tell.refunded': job((c) => notify(c, { type: 'job.refunded', refundKopecks: c.priceKopecks })),
  'operator.alert': job((c) => ({ topic: 'job', jobId: c.id, code: c.error ?? 'kie.unknown' })),
} satisfies Record<string, EffectParams>
