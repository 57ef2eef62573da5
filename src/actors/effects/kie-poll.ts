import { z } from 'zod'
import { type Model, modelById } from '../../machines/catalogue/catalogue.ts'
import type { JobEvent } from '../../machines/job/events.ts'
import type { EffectHandler } from '../engine/effect.ts'
import type { KieClient } from '../kie/client.ts'
import { familyOf } from '../kie/families.ts'
import { reportKey, toReport } from '../kie/report.ts'
import { NOT_FOUND_STAGE } from '../kie/status.ts'
import { declareEffect, SECOND } from './declare.ts'
import type { EffectDeps } from './deps.ts'

const schema = z.object({ modelId: z.string(), taskId: z.string(), poll: z.int() })

/** Asks the provider how a task is doing; no answer is not a failure of the task. */
export const createKiePollHandler =
  ({ runtime, kie, log }: EffectDeps & { kie: KieClient }): EffectHandler<z.infer<typeof schema>> =>
  async ({ actor, params }, signal) => {
    const { modelId, taskId, poll } = params
    const jobId = actor.slice('job:'.length)
    let event: JobEvent = { type: 'poll.missed' }
    let key = `poll.missed:${poll}`
    try {
      const { statusEndpoint, parseStatus: parse } = familyOf(modelById(modelId) as Model)
      const status = await kie.readTask(statusEndpoint, taskId, { parse, signal })
      if (status.stage !== NOT_FOUND_STAGE) {
        const report = toReport(status)
        event = { type: 'task.reported', report }
        key = reportKey(jobId, report, poll)
      }
    } catch (error) {
      log.warn({ job: jobId, err: error }, 'status question without an answer')
    }
    await runtime.send({ actor, key, event })
  }

export const kiePollEffect = declareEffect({
  name: 'kie.poll',
  params: schema,
  queue: 'polls',
  patience: { priority: 5, attempts: 1, maxPauseMs: SECOND },
  exhausted: null,
  handler: createKiePollHandler,
})
