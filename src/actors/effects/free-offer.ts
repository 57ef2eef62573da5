import { allModels, isSold } from '../../machines/catalogue/catalogue.ts'
import type { FreeFacts } from '../../machines/conversation/events.ts'
import type { FreeLimits } from '../../machines/job/context.ts'
import { type FreeLeft, readFree } from '../../store/free.ts'
import type { EffectDeps } from './deps.ts'

/** Says what is free to whom just now. */
export interface FreeOffer {
  /** For an order that costs the house so many credits, else for any; null: without limits. */
  read(userId: number, credits?: number): Promise<FreeFacts | null>
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
  return {
    async read(userId, credits = LEAST_FREE_CREDITS) {
      if (adminIds.includes(userId)) return null
      return freeFacts(await readFree(db, userId, now(), limits), limits, credits)
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
