import { z } from 'zod'
import { TrtError } from '../../errors.ts'
import { filesOf } from '../../machines/catalogue/answer-files.ts'
import { type Model, modelById } from '../../machines/catalogue/catalogue.ts'
import { questionsOf } from '../../machines/catalogue/questions.ts'
import type { ConversationEvent, Refusal } from '../../machines/conversation/events.ts'
import { priceOrder } from '../../machines/conversation/order/price.ts'
import type { View } from '../../machines/conversation/screens/screen.ts'
import type { FreeLimits, JobInput } from '../../machines/job/context.ts'
import { FREE_BUDGET_SPENT, FREE_DAY_OVER, FREE_HOUR_OVER } from '../../store/free.ts'
import { readJob, readOrderPace } from '../../store/jobs.ts'
import { NOT_ENOUGH_MONEY } from '../../store/ledger.ts'
import { readOrderStop } from '../../store/order-stops.ts'
import type { EffectHandler } from '../engine/effect.ts'
import { BEGUN, declareEffect, languageSchema } from './declare.ts'
import type { EffectDeps } from './deps.ts'
import { type Order, orderSchema } from './quote.ts'

const schema = orderSchema.extend({
  jobId: z.string(),
  chatId: z.int(),
  language: languageSchema,
  /** What the user saw and confirmed, for each job. */
  priceKopecks: z.int(),
  /** How many jobs of this order start; absent in orders that were queued by older versions. */
  copies: z.int().min(1).max(10).optional(),
})

type StartParams = z.infer<typeof schema>

export interface StartJobDeps extends EffectDeps {
  /** Its rates change when admins price a model. */
  view: Pick<View, 'rates'>
  limits: JobLimits
  /** Whether the provider reports the end of a task by itself. */
  callbacks: boolean
}

export interface JobLimits {
  perMinute: number
  perHour: number
  /** Users without these limits. */
  adminIds: readonly number[]
  free: FreeLimits
}

/** What the database refuses a start with, as the user hears it. */
const REFUSALS: Record<string, Refusal> = {
  [NOT_ENOUGH_MONEY]: 'money',
  [FREE_DAY_OVER]: 'free',
  [FREE_HOUR_OVER]: 'free',
  [FREE_BUDGET_SPENT]: 'free',
}

/** Ids of the jobs of one order: the first has the order's own. */
const copyId = (jobId: string, copy: number): string =>
  copy === 0 ? jobId : `${jobId}-${copy + 1}`

/**
 * The one checkout: turns a confirmed order into a job. Row, hold and actor are one transaction; a
 * refusal of any kind leaves nothing behind, and the job's id makes a repeat harmless.
 */
export function createStartJobHandler(deps: StartJobDeps): EffectHandler<StartParams> {
  const { runtime, db, now, crashAt, view, limits, callbacks } = deps

  return async ({ actor, params }) => {
    const { jobId, copies = 1 } = params
    for (let copy = 0; copy < copies; copy += 1) {
      await startOne(actor, { ...params, jobId: copyId(jobId, copy) })
    }
  }

  async function startOne(actor: string, params: StartParams): Promise<void> {
    crashAt('job.starting')
    const { jobId, modelId } = params
    const refusal = (await readJob(db, jobId)) ? null : await start(actor, params)
    crashAt('job.started')
    const event: ConversationEvent =
      refusal === null
        ? { type: 'job.started', jobId, modelId }
        : { type: 'job.refused', jobId, reason: refusal }
    await runtime.send({ actor, key: `job.start:${jobId}`, event })
  }

  async function start(conversation: string, params: StartParams): Promise<Refusal | null> {
    const { rates } = view
    const priced = priceOrder(params, rates)
    if ('refusal' in priced) return priced.refusal
    const { priceKopecks } = params
    // A free model may be paid for: who confirmed that price has nothing left for free.
    const prices = [priced.priceKopecks, ...(priced.priceKopecks === 0 ? [priced.fullKopecks] : [])]
    if (!prices.includes(priceKopecks)) return 'price-changed'
    const { modelId } = params
    const stop = await readOrderStop(db, { modelId, credits: priced.houseCredits })
    if (stop !== null) return stop
    if (!isAdmin(params) && (await isBusy(params.userId))) return 'busy'
    const model = modelById(params.modelId) as Model
    const input: JobInput = {
      id: params.jobId,
      userId: params.userId,
      chatId: params.chatId,
      conversation,
      language: params.language,
      modelId: model.id,
      output: model.output,
      answers: params.answers,
      mediaFields: questionsOf(model, params.answers)
        .filter((q) => q.media && filesOf(params.answers[q.field]).length > 0)
        .map((q) => q.field),
      priceKopecks,
      credits: priced.houseCredits,
      ...(priceKopecks > 0 ? {} : { free: isAdmin(params) ? 'unlimited' : limits.free }),
      usdRubRate: rates.usdRubRate,
      callbacks,
      at: now(),
    }
    const receipt = await runtime.send({
      actor: `job:${input.id}`,
      key: 'begun',
      event: { type: 'actor.begun' },
      input,
    })
    if (receipt.outcome === 'committed' || receipt.outcome === 'duplicate') return null
    if (receipt.outcome !== 'refused') throw new TrtError('actor.poisoned')
    const refusal = REFUSALS[receipt.constraint]
    if (refusal !== undefined) return refusal
    throw new TrtError('database.refused', { detail: receipt.constraint })
  }

  function isAdmin({ userId }: Order): boolean {
    return limits.adminIds.includes(userId)
  }

  async function isBusy(userId: number): Promise<boolean> {
    const { lastMinute, lastHour, perHour } = await readOrderPace(db, userId, now())
    return lastMinute >= limits.perMinute || lastHour >= (perHour ?? limits.perHour)
  }
}

export const startJobEffect = declareEffect({
  name: 'job.start',
  params: schema,
  delivery: 'once',
  queue: 'orders',
  patience: BEGUN,
  exhausted: ({ jobId }) => ({ type: 'job.refused', jobId, reason: 'paused' }),
  handler: createStartJobHandler,
})
