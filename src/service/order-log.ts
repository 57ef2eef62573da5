import type { Logger } from 'pino'
import type { Runtime } from '../actors/engine/runtime.ts'
import { orderSteps } from '../actors/order-steps.ts'
import type { JobContext } from '../machines/job/context.ts'
import type { Reports } from './engine-reports.ts'

/** One line at info for each step of an order that somebody may follow; `job` finds them all. */
export function logOrders(
  reports: Reports,
  { runtime, log, now }: { runtime: Runtime; log: Pick<Logger, 'info'>; now: () => number },
): void {
  reports.on('commit', (actor, steps, start) => {
    if (!actor.startsWith('job:')) return
    const context = runtime.peek(actor)?.snapshot.context as JobContext | undefined
    if (context === undefined) return
    let before: string | null = start
    for (const { seq, state, pending } of steps) {
      const { event, at = now() } = pending.envelope
      for (const { step, facts } of orderSteps(context, { seq, at, state, before, event })) {
        log.info({ job: context.id, user: context.userId, seq, ...facts }, `order ${step}`)
        reports.emit('order', step, context.id, facts)
      }
      before = state
    }
  })
}
