import { z } from 'zod'

/** What a status report of the provider says, by callback or by asking. */
export const taskReport = z.object({
  taskId: z.string().nullable(),
  phase: z.enum(['waiting', 'running', 'succeeded', 'failed']),
  /** The provider's own word for where the task is, e.g. `queuing`. */
  stage: z.string().nullable(),
  urls: z.array(z.string()),
  text: z.string().nullable(),
  failCode: z.string().nullable(),
  failMessage: z.string().nullable(),
  creditsConsumed: z.number().nullable(),
})
export type TaskReport = z.infer<typeof taskReport>

/** Everything that can happen to a job. Event names are persisted: never rename one. */
export type JobEvent =
  | { type: 'inputs.uploaded'; uploads: Record<string, string[]> }
  | { type: 'inputs.rejected'; code: string }
  | { type: 'create.claimed'; attempt: number }
  | { type: 'create.accepted'; taskId: string }
  | { type: 'create.rejected'; code: string; retryAfterMs: number | null }
  | { type: 'create.refused'; code: string }
  | { type: 'create.lost' }
  | { type: 'task.reported'; report: TaskReport }
  | { type: 'poll.missed' }
  | { type: 'result.delivered' }
  | { type: 'result.undeliverable'; code: string }
  /** The user no longer wants it. */
  | { type: 'user.cancel' }
  | OperatorEvent

/** What an operator asks for in the console: who, and why. */
export type OperatorEvent = {
  type: 'operator.redeliver' | 'operator.reconcile' | 'operator.refund'
  by: string
  why: string
}

export type StampedJobEvent = JobEvent & { at: number; rnd: string }
