import { z } from 'zod'
import { TrtError } from '../../errors.ts'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import { isAllowed, isPayable, packStars, type StarTerms } from '../../machines/topup/amounts.ts'
import type { TopupInput } from '../../machines/topup/context.ts'
import { topupActor } from '../../machines/topup/definition.ts'
import type { TopupEvent } from '../../machines/topup/events.ts'
import { OPEN, REVIEWABLE } from '../../machines/topup/statuses.ts'
import { readInvoice, readTopupsOf } from '../../store/topups.ts'
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

export interface StartTopupDeps extends EffectDeps, StarTerms {
  botId: number
  /** Whether bank transfers are taken. */
  manual: boolean
}

/** So many of a user's top-ups are open at the same time; the oldest makes room for a new one. */
const MOST_OPEN = 2
/** So many of a user's receipts wait for an admin at the same time. */
const MOST_IN_REVIEW = 2

/** Makes the top-up: row and actor in one transaction; the id makes a repeat harmless. */
export const createStartTopupHandler =
  (deps: StartTopupDeps): EffectHandler<z.infer<typeof startSchema>> =>
  async ({ actor, params }) => {
    const { runtime, now, crashAt, botId } = deps
    const { topupId, way, userId, language, kopecks } = params
    const about = { topupId, way, kopecks }
    const reason = await refusalOf(deps, params)
    if (reason !== null) {
      const event: ConversationEvent = { type: 'topup.failed', ...about, reason }
      await runtime.send({ actor, key: `topup.start:${topupId}`, event })
      return
    }
    await makeRoom(deps, userId, topupId)
    const stars = packStars(kopecks, deps)
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

type StartParams = z.infer<typeof startSchema>

/** Why no top-up can be made; null: it can, or was made before. */
async function refusalOf(
  { db, manual }: StartTopupDeps,
  { topupId, way, kopecks, userId, forOrder }: StartParams,
): Promise<'undelivered' | 'inReview' | null> {
  const fits = forOrder ? isPayable(kopecks) : isAllowed(kopecks)
  if (!fits || (way === 'manual' && !manual)) return 'undelivered'
  if (way === 'stars' || (await readInvoice(db, topupId)) !== undefined) return null
  const waiting = await readTopupsOf(db, userId, REVIEWABLE)
  return waiting.length >= MOST_IN_REVIEW ? 'inReview' : null
}

/** Closes the oldest of a user's open top-ups, so that one more is not too many. */
async function makeRoom(
  { db, runtime }: StartTopupDeps,
  userId: number,
  topupId: string,
): Promise<void> {
  const open = (await readTopupsOf(db, userId, OPEN)).filter(({ id }) => id !== topupId)
  for (const { id } of open.slice(0, Math.max(0, open.length - MOST_OPEN + 1))) {
    const event: TopupEvent = { type: 'topup.superseded' }
    await runtime.send({ actor: topupActor(id), key: `superseded:${topupId}`, event })
  }
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
