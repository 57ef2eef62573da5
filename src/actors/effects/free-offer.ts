import { allModels, isSold } from '../../machines/catalogue/catalogue.ts'
import type { FreeFacts } from '../../machines/conversation/events.ts'
import type { FreeLimits } from '../../machines/job/context.ts'
import { type FreeAsk, type FreeLeft, readFree } from '../../store/free.ts'
import { createGatherer } from '../engine/gather.ts'
import type { EffectDeps } from './deps.ts'

/** Says what is free to whom just now. */
export interface FreeOffer {
  readonly limits: FreeLimits
  /** For any order; null: without limits. */
  read(userId: number): Promise<FreeFacts | null>
  /** The same of what was read, for an order that costs the house so many credits. */
  factsOf(userId: number, left: FreeLeft, credits: number): FreeFacts | null
}

/** What the cheapest free order costs the house: with less in the budget, nothing is free. */
const LEAST_FREE_CREDITS = Math.min(
  ...allModels
    .filter((model) => model.free && isSold(model))
    .flatMap(({ price: { credits } }) =>
      Array.isArray(credits) ? credits.map((rule) => rule.credits) : (credits ?? []),
    ),
)

export function createFreeOffer({
  db,
  now,
  limits,
  adminIds,
}: Pick<EffectDeps, 'db' | 'now'> & {
  limits: FreeLimits
  adminIds: readonly number[]
}): FreeOffer {
  const asks = createGatherer((users: readonly FreeAsk[]) => readFree(db, users, limits))
  const isUnlimited = (userId: number) => adminIds.includes(userId)
  return {
    limits,
    factsOf: (userId, left, credits) =>
      isUnlimited(userId) ? null : freeFacts(left, limits, credits),
    async read(userId) {
      if (isUnlimited(userId)) return null
      return freeFacts(await asks.add({ userId, at: now() }), limits, LEAST_FREE_CREDITS)
    },
  }
}

/** The same rules as those of the reservation, to be told before it. */
export function freeFacts(left: FreeLeft, { daily }: FreeLimits, credits: number): FreeFacts {
  const { today, thisHour, bonus, budgetCredits, hourEndsAt, dayEndsAt } = left
  const facts = { today, limit: daily, bonus }
  if (budgetCredits < credits) return { ...facts, nextAt: dayEndsAt, reason: 'budget' }
  if (bonus > 0 || (today > 0 && thisHour > 0)) return { ...facts, nextAt: null }
  return today > 0
    ? { ...facts, nextAt: hourEndsAt, reason: 'hour' }
    : { ...facts, nextAt: dayEndsAt, reason: 'day' }
}
