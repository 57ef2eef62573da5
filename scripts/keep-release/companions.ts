import type { EventObject } from 'xstate'
import type { JobContext } from '../../src/machines/job/context.ts'
import type { TopupContext } from '../../src/machines/topup/context.ts'
import { loadActor } from '../../src/store/engine/actors.ts'
import { readJournal } from '../../src/store/engine/journal.ts'
import { ADMIN_ID, type Life } from './life.ts'

/** A name that never exists: whoever restores a kept database reaches nobody. */
export const FILES_HOST = 'files.invalid'

/** A report of the provider on a task. */
const report = (
  phase: 'running' | 'succeeded' | 'failed',
  taskId: string | null,
): EventObject & { report: unknown } => ({
  type: 'task.reported',
  report: {
    taskId,
    phase,
    stage: { running: 'generating', succeeded: 'success', failed: 'fail' }[phase],
    urls: phase === 'succeeded' ? [`https://${FILES_HOST}/1.png`] : [],
    text: null,
    failCode: phase === 'failed' ? '500' : null,
    failMessage: phase === 'failed' ? 'Internal error' : null,
    creditsConsumed: phase === 'succeeded' ? 10 : null,
  },
})

/** What happens to an order next on the way to this news. */
function nextOfJob(state: string, job: JobContext, news: string): EventObject | undefined {
  const phases = { 'job.progressed': 'running', 'job.delivered': 'succeeded' } as const
  const uploads = Object.fromEntries(
    job.mediaFields.map((field) => [field, [`https://${FILES_HOST}/in.png`]]),
  )
  const taskId = `task-${job.id}`
  const events: Record<string, EventObject & Record<string, unknown>> = {
    preparing: { type: 'inputs.uploaded', uploads },
    pending: { type: 'create.claimed', attempt: job.attempt },
    creating: { type: 'create.accepted', taskId },
    delivering: { type: 'result.delivered' },
  }
  if (state.startsWith('created')) {
    return report(phases[news as keyof typeof phases] ?? 'failed', taskId)
  }
  return events[state]
}

/** What happens to a top-up next on the way to this news. */
function nextOfTopup(state: string, topup: TopupContext, news: string): EventObject | undefined {
  const { id, userId, stars, payments } = topup
  const chargeId = payments[0]?.chargeId ?? `charge-${id}`
  const fails = news === 'topup.failed'
  const events: Record<string, EventObject & Record<string, unknown>> = {
    created: fails
      ? { type: 'invoice.failed', code: 'telegram.blocked' }
      : { type: 'invoice.sent', messageId: 10 },
    invoiced: { type: 'checkout.approved' },
    checkout: { type: 'payment.received', chargeId, userId, stars, missed: false },
    awaiting: { type: 'receipt.submitted', kind: 'photo', fileId: `f-${id}`, uniqueId: `u-${id}` },
    reviewing: { type: fails ? 'review.rejected' : 'review.approved', adminId: ADMIN_ID },
    ...(news === 'topup.refunded' && {
      credited: { type: 'refund.requested', chargeId, adminId: ADMIN_ID, reason: 'Paid twice' },
      refunding: { type: 'refund.done', chargeId },
    }),
  }
  return events[state]
}

/**
 * Lets the order or the top-up that news in a dialogue speak of go where it tells them itself.
 * Returns false when it is beyond that, or does not exist: then nobody told them.
 */
export async function bringNews(life: Life, to: string, news: EventObject): Promise<boolean> {
  const { jobId, topupId } = news as EventObject & { jobId?: string; topupId?: string }
  const actor = jobId === undefined ? `topup:${topupId}` : `job:${jobId}`
  const from = Number((await loadActor(life.db, to))?.version ?? 0) + 1
  const isTold = async () =>
    (await readJournal(life.db, to, from)).some(
      ({ event }) => (event as EventObject).type === news.type,
    )
  for (let step = 0; step < 9; step += 1) {
    const row = await loadActor(life.db, actor)
    if (row === undefined) return false
    const { context } = row.snapshot as { context: unknown }
    const event =
      jobId === undefined
        ? nextOfTopup(row.state, context as TopupContext, news.type)
        : nextOfJob(row.state, context as JobContext, news.type)
    if (event === undefined) return false
    await life.send(actor, event)
    await life.settle(actor)
    if (await isTold()) return true
  }
  return false
}

/** Brings a user an account with money on it, by a top-up in Stars. */
export async function payIn(
  life: Life,
  given: { userId: number; conversation: string; kopecks: number; name?: string },
): Promise<string> {
  const { userId, conversation, kopecks, name = 'first' } = given
  const id = life.hash(`${name} top-up of ${userId}`)
  const [, botId] = conversation.split(':').map(Number)
  const about = { id, way: 'stars', botId, userId, language: 'ru', kopecks }
  const input = { ...about, stars: Math.ceil((kopecks * 1.6) / 100), at: life.now() }
  await life.send(`topup:${id}`, { type: 'actor.begun' }, input)
  const isPaid = await bringNews(life, conversation, { type: 'topup.credited', topupId: id } as {
    type: string
  })
  if (!isPaid) throw new Error(`the top-up of ${userId} came to nothing`)
  return id
}
