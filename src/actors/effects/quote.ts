import { measuresOf } from '../../machines/answers.ts'
import { modelById, needsEarlierResult } from '../../machines/catalogue.ts'
import type { ConversationEvent, Refusal } from '../../machines/conversation/events.ts'
import { canBeHad } from '../../machines/conversation/offer.ts'
import type { Answers } from '../../machines/payload.ts'
import { quotePrice, type Rates } from '../../machines/pricing.ts'
import { nextRequired, staleAnswers } from '../../machines/questions.ts'
import { readAccount } from '../../store/ledger.ts'
import { type EffectDeps, type EffectHandler, effectKey } from './effect.ts'

export interface Order {
  userId: number
  modelId: string
  answers: Answers
}

/** What an order costs, or why it can't be had: the one answer for preview and start. */
export function priceOrder(
  { modelId, answers }: Order,
  rates: Rates,
): { priceKopecks: number; houseCredits: number } | { refusal: Refusal } {
  const model = modelById(modelId)
  if (model === undefined || !canBeHad(model, rates)) return { refusal: 'not-sold' }
  if (needsEarlierResult(model) && answers.task_id === undefined) return { refusal: 'not-sold' }
  const open = nextRequired(model, answers) !== undefined
  if (open || staleAnswers(model, answers).length > 0) return { refusal: 'incomplete' }
  const quote = quotePrice(model, answers, rates, measuresOf(answers))
  if ('unpriced' in quote) return { refusal: 'unpriced' }
  return { priceKopecks: quote.kopecks, houseCredits: quote.houseCredits }
}

/** Tells the conversation the price and the balance. */
export const createQuoteHandler =
  ({
    runtime,
    db,
    rates,
  }: EffectDeps & { rates: Rates }): EffectHandler<Order & { serial: number }> =>
  async (job) => {
    const priced = priceOrder(job.params, rates)
    const { serial } = job.params
    let event: ConversationEvent
    if ('refusal' in priced) {
      event = { type: 'quote.refused', reason: priced.refusal, serial }
    } else {
      const account = await readAccount(db, job.params.userId)
      event = {
        type: 'quote.ready',
        priceKopecks: priced.priceKopecks,
        credits: priced.houseCredits,
        availableKopecks: account.available_kopecks,
        serial,
      }
    }
    await runtime.send({ actor: job.actor, key: `quote:${effectKey(job)}`, event })
  }

/** Tells the conversation the balance. */
export const createBalanceHandler =
  ({ runtime, db }: EffectDeps): EffectHandler<{ userId: number }> =>
  async (job) => {
    const account = await readAccount(db, job.params.userId)
    const event: ConversationEvent = {
      type: 'balance.read',
      availableKopecks: account.available_kopecks,
      heldKopecks: account.held_kopecks,
    }
    await runtime.send({ actor: job.actor, key: `balance:${effectKey(job)}`, event })
  }
