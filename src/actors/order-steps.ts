import type { JobContext } from '../machines/job/context.ts'
import type { JobEvent } from '../machines/job/events.ts'
import { isJob } from '../machines/job/statuses.ts'

/** A step of a job as the journal keeps it, and as a commit reports it. */
export interface JobStep {
  readonly seq: number
  /** Unix ms. */
  readonly at: number
  readonly state: string
  /** Where the job was; null before its first step. */
  readonly before: string | null
  readonly event: { readonly type: string }
}

/** What everybody should be able to follow of an order: one word, and what belongs to it. */
export interface OrderStep {
  readonly step: 'confirmed' | 'created' | 'reported' | 'delivered' | 'failed' | 'refunded'
  readonly facts: Readonly<Record<string, string | number | boolean | null>>
}

type Order = Pick<
  JobContext,
  'modelId' | 'priceKopecks' | 'credits' | 'at' | 'taskId' | 'error' | 'creditsConsumed'
>

/**
 * What a step of a job means to somebody who follows the order; nothing for most steps. The log says it
 * when it happens, `npm run trace` says the same from the journal.
 */
export function orderSteps(order: Order, { at, state, before, event }: JobStep): OrderStep[] {
  const { modelId: model, priceKopecks, credits } = order
  const sinceMs = at - order.at
  const happened = event as JobEvent | { type: 'actor.begun' }
  const steps: OrderStep[] = []
  if (happened.type === 'actor.begun') {
    steps.push({ step: 'confirmed', facts: { model, priceKopecks, credits } })
  }
  if (happened.type === 'create.accepted') {
    steps.push({ step: 'created', facts: { model, taskId: happened.taskId, sinceMs } })
  }
  if (happened.type === 'task.reported' && /^(succeeded|failed)$/.test(happened.report.phase)) {
    const { phase, creditsConsumed, failCode } = happened.report
    const via = before === 'created.polling' || before === 'failed' ? 'poll' : 'callback'
    steps.push({
      step: 'reported',
      facts: { model, phase, via, creditsConsumed, ...(failCode && { failCode }), sinceMs },
    })
  }
  if (happened.type === 'result.delivered') {
    steps.push({ step: 'delivered', facts: { model, priceKopecks, sinceMs } })
  }
  const fails = isJob(state, 'failed') && (before === null || !isJob(before, 'failed'))
  if (fails) steps.push({ step: 'failed', facts: { model, error: order.error, sinceMs } })
  if (fails || (happened.type === 'operator.refund' && before === 'delivered')) {
    steps.push({ step: 'refunded', facts: { model, priceKopecks, free: priceKopecks === 0 } })
  }
  return steps
}
