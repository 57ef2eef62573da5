import { z } from 'zod'
import { TrtError } from '../../errors.ts'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import { isAllowed, isPayable, starsFor } from '../../machines/topup/amounts.ts'
import type { TopupInput } from '../../machines/topup/context.ts'
import { topupActor } from '../../machines/topup/definition.ts'
import type { TopupEvent } from '../../machines/topup/events.ts'
import type { EffectHandler } from '../engine/effect.ts'
import { BEGUN, declareEffect, languageSchema, SECOND } from './declare.ts'
import type { EffectDeps } from './deps.ts'

const startSchema = z.object({
  topupId: z.string(),
  way: z.enum(['stars', 'manual']),
  userId: z.int(),
  language: languageSchema,
  kopecks: z.int(),
  /** What an order lacks may be less than a top-up. */
  forOrder: z.boolean().default(false),
})

export interface StartTopupDeps extends EffectDeps {
  botId: number
  starsPerRub: number
  /** Whether bank transfers are taken. */
  manual: boolean
}

/** Makes the top-up: row and actor in one transaction; the id makes a repeat harmless. */
export const createStartTopupHandler =
  (deps: StartTopupDeps): EffectHandler<z.infer<typeof startSchema>> =>
  async ({ actor, params }) => {
    const { runtime, now, crashAt, botId, starsPerRub, manual } = deps
    const { topupId, way, userId, language, kopecks, forOrder } = params
    const about = { topupId, way, kopecks }
    const fits = forOrder ? isPayable(kopecks) : isAllowed(kopecks)
    if (!fits || (way === 'manual' && !manual)) {
      const event: ConversationEvent = { type: 'topup.failed', ...about, reason: 'undelivered' }
      await runtime.send({ actor, key: `topup.start:${topupId}`, event })
      return
    }
    const stars = starsFor(kopecks, starsPerRub)
    const input: TopupInput = {
      id: topupId,
      way,
      botId,
      userId,
      language,
      kopecks,
      stars,
      at: now(),
    }
    const begun = { type: 'actor.begun' }
    const receipt = await runtime.send({
      actor: topupActor(topupId),
      key: 'begun',
      event: begun,
      input,
    })
    if (receipt.outcome !== 'committed' && receipt.outcome !== 'duplicate') {
      throw new TrtError('actor.poisoned', { detail: receipt.outcome })
    }
    crashAt('topup.started')
    const event: ConversationEvent = { type: 'topup.opened', ...about, stars }
    await runtime.send({ actor, key: `topup.start:${topupId}`, event })
  }

const submitSchema = z.object({
  topupId: z.string(),
  media: z.object({
    kind: z.enum(['photo', 'document']),
    fileId: z.string(),
    uniqueId: z.string(),
  }),
})

/** Hands a receipt to the top-up that waits for it. */
export const createSubmitReceiptHandler =
  ({ runtime }: EffectDeps): EffectHandler<z.infer<typeof submitSchema>> =>
  async ({ params: { topupId, media } }) => {
    const event: TopupEvent = { type: 'receipt.submitted', ...media }
    await runtime.send({
      actor: topupActor(topupId),
      key: `receipt.submitted:${media.uniqueId}`,
      event,
    })
  }

export const startTopupEffects = [
  declareEffect({
    name: 'topup.start',
    params: startSchema,
    delivery: 'once',
    queue: 'orders',
    patience: BEGUN,
    exhausted: ({ topupId, way, kopecks }) => ({
      type: 'topup.failed',
      ...{ topupId, way, kopecks },
      reason: 'undelivered',
    }),
    handler: createStartTopupHandler,
  }),
  declareEffect({
    name: 'topup.submit',
    params: submitSchema,
    delivery: 'once',
    queue: 'orders',
    patience: { attempts: 1_000, maxPauseMs: 30 * SECOND },
    exhausted: null,
    handler: createSubmitReceiptHandler,
  }),
] as const
