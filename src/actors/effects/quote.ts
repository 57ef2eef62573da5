import { z } from 'zod'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import { priceOrder } from '../../machines/conversation/order/price.ts'
import type { View } from '../../machines/conversation/screens/screen.ts'
import { REVIEWABLE } from '../../machines/topup/statuses.ts'
import { readAccount, spendable } from '../../store/ledger.ts'
import { type OrderAsk, readOrderFacts } from '../../store/order-facts.ts'
import { stopOf } from '../../store/order-stops.ts'
import { readTopupsOf } from '../../store/topups.ts'
import type { EffectAnswer } from '../engine/effect.ts'
import { createGatherer } from '../engine/gather.ts'
import { ASKED, answersSchema, declareQuestion, SECOND, userSchema } from './declare.ts'
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
export function createQuoteAnswer({
  db,
  now,
  view,
  free,
}: QuoteDeps): EffectAnswer<z.infer<typeof quoteSchema>> {
  const asks = createGatherer((orders: readonly OrderAsk[]) =>
    readOrderFacts(db, orders, free.limits),
  )
  return async ({ params }) => ({ ...(await quote(params)), serial: params.serial })

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
export const createBalanceAnswer =
  ({ db, free }: EffectDeps & { free: FreeOffer }): EffectAnswer<{ userId: number }> =>
  async ({ params: { userId } }): Promise<ConversationEvent> => {
    const [account, waiting, freeFacts] = await Promise.all([
      readAccount(db, userId),
      readTopupsOf(db, userId, REVIEWABLE),
      free.read(userId),
    ])
    return {
      type: 'balance.read',
      availableKopecks: account.available_kopecks,
      bonusKopecks: account.bonus_kopecks,
      heldKopecks: account.held_kopecks,
      waiting: waiting.map(({ kopecks, created_at }) => ({ kopecks, at: created_at.getTime() })),
      free: freeFacts,
    }
  }

/** Tells the conversation what is free. */
export const createFreeAnswer =
  ({ free }: EffectDeps & { free: FreeOffer }): EffectAnswer<{ userId: number }> =>
  async ({ params }): Promise<ConversationEvent> => ({
    type: 'free.read',
    free: await free.read(params.userId),
  })

export const quoteEffects = [
  declareQuestion({
    name: 'quote.request',
    params: quoteSchema,
    delivery: 'once',
    queue: 'account',
    patience: ASKED,
    exhausted: () => ({ type: 'quote.refused', reason: 'unpriced' }),
    answer: createQuoteAnswer,
  }),
  declareQuestion({
    name: 'balance.request',
    params: userSchema,
    delivery: 'latest',
    queue: 'account',
    patience: ASKED,
    exhausted: null,
    answer: createBalanceAnswer,
  }),
  declareQuestion({
    name: 'free.request',
    params: userSchema,
    delivery: 'latest',
    queue: 'account',
    patience: { attempts: 3, maxPauseMs: 5 * SECOND },
    exhausted: null,
    answer: createFreeAnswer,
  }),
] as const
