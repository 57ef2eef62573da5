import { TrtError } from '../../errors.ts'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import type { Language } from '../../machines/texts/translate.ts'
import { isAllowed, starsFor } from '../../machines/topup/amounts.ts'
import type { TopupInput } from '../../machines/topup/context.ts'
import { topupActor } from '../../machines/topup/definition.ts'
import type { TopupEvent } from '../../machines/topup/events.ts'
import type { EffectDeps, EffectHandler } from '../engine/effect.ts'

interface TopupParams {
  topupId: string
  way: 'stars' | 'manual'
  userId: number
  language: Language
  kopecks: number
}

/** Makes the top-up: row and actor in one transaction; the id makes a repeat harmless. */
export const createStartTopupHandler =
  (
    deps: EffectDeps & { botId: number; starsPerRub: number; manual: boolean },
  ): EffectHandler<TopupParams> =>
  async ({ actor, params }) => {
    const { runtime, now, crashAt, botId, starsPerRub, manual } = deps
    const { topupId, way, userId, language, kopecks } = params
    const about = { topupId, way, kopecks }
    if (!isAllowed(kopecks) || (way === 'manual' && !manual)) {
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

interface SubmitParams {
  topupId: string
  media: { kind: 'photo' | 'document'; fileId: string; uniqueId: string }
}

/** Hands a receipt to the top-up that waits for it. */
export const createSubmitReceiptHandler =
  ({ runtime }: EffectDeps): EffectHandler<SubmitParams> =>
  async ({ params: { topupId, media } }) => {
    const event: TopupEvent = { type: 'receipt.submitted', ...media }
    await runtime.send({
      actor: topupActor(topupId),
      key: `receipt.submitted:${media.uniqueId}`,
      event,
    })
  }
