import { z } from 'zod'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import { priceOrder } from '../../machines/conversation/order/price.ts'
import type { View } from '../../machines/conversation/screens/screen.ts'
import { REVIEWABLE } from '../../machines/topup/statuses.ts'
import { readAccount, spendable } from '../../store/ledger.ts'
import { type OrderAsk, readOrderFacts } from '../../store/order-facts.ts'
import { stopOf } from '../../store/order-stops.ts'
import { readTopupsOf } from '../../store/topups.ts'
import { type EffectHandler, effectKey } from '../engine/effect.ts'
import { createGatherer } from '../engine/gather.ts'
import { ASKED, answersSchema, declareEffect, SECOND, userSchema } from './declare.ts'
import type { EffectDeps } from './deps.ts'
import type { FreeOffer } from './free-offer.ts'

export const orderSchema = z.object({
  userId: z.int(),
  modelId: z.string(),
  answers: answersSchema,
})

export type Order = z.infer<typeof orderSchema>

const quoteSchema = orderSchema.extend({ serial: z.int() })

export interface QuoteDeps extends EffectDeps {
  /** Its rates change when admins price a model. */
  view: Pick<View, 'rates'>
  free: FreeOffer
}

/** Tells the conversation the price and the balance, or why nothing can be ordered now. */
export function createQuoteHandler({
  runtime,
  db,
  now,
  view,
  free,
}: QuoteDeps): EffectHandler<z.infer<typeof quoteSchema>> {
  const asks = createGatherer((orders: readonly OrderAsk[]) =>
    readOrderFacts(db, orders, free.limits),
  )
  return async (job) => {
    const event = { ...(await quote(job.params)), serial: job.params.serial }
    await runtime.send({ actor: job.actor, key: `quote:${effectKey(job)}`, event })
  }

  async function quote(order: Order): Promise<ConversationEvent> {
    const priced = priceOrder(order, view.rates)
    if ('refusal' in priced) return { type: 'quote.refused', reason: priced.refusal }
    const { houseCredits: credits } = priced
    const { userId, modelId } = order
    const facts = await asks.add({ userId, modelId, at: now() })
    const stop = await stopOf(db, facts, credits)
    if (stop !== null) return { type: 'quote.refused', reason: stop }
    const freeFacts = priced.priceKopecks > 0 ? null : free.factsOf(userId, facts, credits)
    const availableKopecks = spendable(facts)
    const priceKopecks = freeFacts?.nextAt == null ? priced.priceKopecks : priced.fullKopecks
    return { type: 'quote.ready', priceKopecks, credits, availableKopecks, free: freeFacts }
  }
}

/** Tells the conversation the balance, and what is free. */
export const createBalanceHandler =
  ({ runtime, db, free }: EffectDeps & { free: FreeOffer }): EffectHandler<{ userId: number }> =>
  async (job) => {
    const { userId } = job.params
    const [account, waiting, freeFacts] = await Promise.all([
      readAccount(db, userId),
      readTopupsOf(db, userId, REVIEWABLE),
      free.read(userId),
    ])
    const event: ConversationEvent = {
      type: 'balance.read',
      availableKopecks: account.available_kopecks,
      bonusKopecks: account.bonus_kopecks,
      heldKopecks: account.held_kopecks,
      waiting: waiting.map(({ kopecks, created_at }) => ({ kopecks, at: created_at.getTime() })),
      free: freeFacts,
    }
    await runtime.send({ actor: job.actor, key: `balance:${effectKey(job)}`, event })
  }

/** Tells the conversation what is free. */
export const createFreeHandler =
  ({ runtime, free }: EffectDeps & { free: FreeOffer }): EffectHandler<{ userId: number }> =>
  async (job) => {
    const event: ConversationEvent = {
      type: 'free.read',
      free: await free.read(job.params.userId),
    }
    await runtime.send({ actor: job.actor, key: `free:${effectKey(job)}`, event })
  }

export const quoteEffects = [
  declareEffect({
    name: 'quote.request',
    params: quoteSchema,
    delivery: 'once',
    queue: 'account',
    patience: ASKED,
    exhausted: () => ({ type: 'quote.refused', reason: 'unpriced' }),
    handler: createQuoteHandler,
  }),
  declareEffect({
    name: 'balance.request',
    params: userSchema,
    delivery: 'latest',
    queue: 'account',
    patience: ASKED,
    exhausted: null,
    handler: createBalanceHandler,
  }),
  declareEffect({
    name: 'free.request',
    params: userSchema,
    delivery: 'latest',
    queue: 'account',
    patience: { attempts: 3, maxPauseMs: 5 * SECOND },
    exhausted: null,
    handler: createFreeHandler,
  }),
] as const
