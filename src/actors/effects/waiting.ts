import { z } from 'zod'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import { isJob, JOB_STATUSES } from '../../machines/job/statuses.ts'
import { readUsualTimes, readWaitingJobs } from '../../store/waiting.ts'
import { type EffectAnswer, type EffectHandler, effectKey } from '../engine/effect.ts'
import { BEGUN, declareEffect, declareQuestion, SECOND } from './declare.ts'
import type { EffectDeps } from './deps.ts'

const waitSchema = z.object({
  userId: z.int(),
  jobs: z.array(z.object({ jobId: z.string(), modelId: z.string() })),
})

/** Tells the conversation how long its jobs may take, by those before them, and where they are. */
export const createWaitAnswer =
  ({ db }: EffectDeps): EffectAnswer<z.infer<typeof waitSchema>> =>
  async ({ params: { userId, jobs } }): Promise<ConversationEvent> => {
    const ids = jobs.map(({ jobId }) => jobId)
    const [usual, waiting] = await Promise.all([
      readUsualTimes(
        db,
        jobs.map(({ modelId }) => modelId),
      ),
      readWaitingJobs(db, userId, ids, JOB_STATUSES.queued),
    ])
    return {
      type: 'wait.read',
      jobs: jobs.flatMap(({ jobId, modelId }) => {
        const row = waiting.find(({ id }) => id === jobId)
        if (row === undefined) return []
        return [
          {
            jobId,
            usual: usual.get(modelId) ?? null,
            place: isJob(row.status, 'queued') ? row.ahead + 1 : null,
            canCancel: isJob(row.status, 'cancellable'),
          },
        ]
      }),
    }
  }

const cancelSchema = z.object({ jobId: z.string() })

/** Hands the wish to the job itself, which alone knows whether it is too late. */
export const createCancelHandler =
  ({ runtime }: EffectDeps): EffectHandler<z.infer<typeof cancelSchema>> =>
  async (job) => {
    const event = { type: 'user.cancel' }
    const actor = `job:${job.params.jobId}`
    await runtime.send({ actor, key: `cancel:${job.actor}:${effectKey(job)}`, event })
  }

export const waitingEffects = [
  declareQuestion({
    name: 'wait.request',
    params: waitSchema,
    delivery: 'once',
    queue: 'account',
    // The next tick asks again.
    patience: { attempts: 3, maxPauseMs: 5 * SECOND },
    exhausted: null,
    answer: createWaitAnswer,
  }),
  declareEffect({
    name: 'job.cancel',
    params: cancelSchema,
    delivery: 'once',
    queue: 'orders',
    patience: BEGUN,
    exhausted: null,
    handler: createCancelHandler,
  }),
] as const
