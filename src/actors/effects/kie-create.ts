import { z } from 'zod'
import { coerceError, RetryableError, TerminalError, TrtError } from '../../errors.ts'
import { type Model, modelById } from '../../machines/catalogue/catalogue.ts'
import { buildInput } from '../../machines/catalogue/payload.ts'
import type { JobEvent } from '../../machines/job/events.ts'
import { isJob } from '../../machines/job/statuses.ts'
import type { EffectHandler } from '../engine/effect.ts'
import { retryForever } from '../engine/retry-forever.ts'
import type { KieClient } from '../kie/client.ts'
import { familyOf } from '../kie/families.ts'
import type { Gate } from '../kie/limits.ts'
import { answersSchema, declareEffect, SECOND } from './declare.ts'
import type { EffectDeps } from './deps.ts'

const schema = z.object({
  modelId: z.string(),
  answers: answersSchema,
  uploads: z.record(z.string(), z.array(z.string())),
  attempt: z.int(),
})

type CreateParams = z.infer<typeof schema>

export interface CreateDeps extends EffectDeps {
  kie: KieClient
  /** Room for one more create call; waited for before the call is claimed. */
  gate: Gate
  /** Where the provider reports this job's end; undefined in polling mode. */
  callbackUrl: (jobId: string) => string | undefined
}

const claimOf = (attempt: number): JobEvent => ({ type: 'create.claimed', attempt })

/**
 * Sends the create call at most once per claim. The claim is a committed step of the job: whoever
 * finds it made before has lost the answer of a run that died, and must not send again.
 */
export function createKieCreateHandler(deps: CreateDeps): EffectHandler<CreateParams> {
  const { runtime, kie, gate, callbackUrl, crashAt, log } = deps

  return async ({ actor, params }, signal) => {
    const { attempt } = params
    const jobId = actor.slice('job:'.length)
    await gate(signal)
    crashAt('create.starting')
    const claim = await runtime.send({
      actor,
      key: `create.claimed:${attempt}`,
      event: claimOf(attempt),
    })
    if (claim.outcome === 'duplicate') {
      await tell(actor, attempt, { type: 'create.lost' })
      return
    }
    if (claim.outcome !== 'committed' || !isJob(claim.state, 'claimed')) return
    const event = await call(jobId, params)
    crashAt('create.answered')
    await tell(actor, attempt, event)
    crashAt('create.recorded')
  }

  async function call(jobId: string, params: CreateParams): Promise<JobEvent> {
    try {
      const model = modelById(params.modelId) as Model
      const input = buildInput(model, params.answers, params.uploads)
      const { createRequest } = familyOf(model)
      const { apiModel } = model
      const request = createRequest({ apiModel, input, callBackUrl: callbackUrl(jobId) })
      // Not aborted by a shutdown: an answer that is on its way is worth the few seconds.
      const { taskId } = await kie.createTask(request)
      return { type: 'create.accepted', taskId }
    } catch (thrown) {
      const error = coerceError(thrown)
      log.warn({ job: jobId, err: error }, 'create call failed')
      if (error instanceof RetryableError) {
        const retryAfterMs = error.retryAfterMs ?? null
        return { type: 'create.rejected', code: error.code, retryAfterMs }
      }
      if (error instanceof TerminalError) return { type: 'create.refused', code: error.code }
      if (error instanceof TrtError) return { type: 'create.lost' }
      // A bug before the call left us: the payload could not even be built.
      return { type: 'create.refused', code: 'kie.refused' }
    }
  }

  /** The answer exists only here: storing it is repeated until the database takes it. */
  async function tell(actor: string, attempt: number, event: JobEvent): Promise<void> {
    const key = `create.answer:${attempt}:${event.type}`
    await retryForever(() => runtime.send({ actor, key, event }))
  }
}

export const kieCreateEffect = declareEffect({
  name: 'kie.create',
  params: schema,
  queue: 'creates',
  patience: { priority: 0, attempts: 500, maxPauseMs: 30 * SECOND },
  exhausted: null,
  handler: createKieCreateHandler,
})
