import type { ConversationContext, TrackedJob } from '../context.ts'
import type { StampedConversationEvent } from '../events.ts'

type Args = { context: ConversationContext; event: StampedConversationEvent }
type Change = Partial<ConversationContext>

/** Telegram's advice for a message that is edited again and again. */
export const SHORTEST_PAUSE_MS = 5_000

/** The status message was changed a moment ago: what is new is shown with the next tick. */
export const isTooSoon = ({ context: { leftAt }, event }: Args): boolean =>
  event.at - leftAt < SHORTEST_PAUSE_MS

/** What is known of the jobs at work: how long such ones take, and where they are in the queue. */
export function keepWaits({ context, event }: Args): Change {
  if (event.type !== 'wait.read') return {}
  const { jobs } = event
  const tracked = context.tracked.map((job): TrackedJob => {
    const read = jobs.find(({ jobId }) => jobId === job.id)
    if (read === undefined) return job
    const { jobId: _known, ...wait } = read
    return { ...job, wait }
  })
  return { tracked }
}

/** The job that is to be cancelled: the one on the button, or by command the newest at work. */
export function cancelledJob({ context, event }: Args): string | null {
  if (event.type === 'job.cancelled') return event.jobId
  return context.tracked.at(-1)?.id ?? null
}

export const hasSeveralJobs = ({ context: { tracked } }: Args): boolean => tracked.length > 1
