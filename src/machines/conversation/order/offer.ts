import { hasPrice, type Model, needsEarlierResult, successorOf } from '../../catalogue/catalogue.ts'
import { isOnOffer, isPaused, type Rates } from '../../catalogue/pricing.ts'

/** Whether this model can be ordered: it is on offer, has a price and is not paused. */
export const canBeHad = (model: Model, rates: Rates): boolean =>
  isOnOffer(model, rates) && hasPrice(model) && !isPaused(model, rates)

/** Whether an order can be begun from the model's card, not only from an earlier result. */
export const canBeBegun = (model: Model, rates: Rates): boolean =>
  canBeHad(model, rates) && !needsEarlierResult(model)

/** Similar models that are shown for one that is gone. */
const SIMILAR = 2

/**
 * What to take in place of a model that is gone or paused: its successor, or else others for the
 * same task, in the order of the catalogue.
 */
export function insteadOf(model: Model, all: readonly Model[], rates: Rates): readonly Model[] {
  const successor = successorOf(model)
  if (successor !== undefined && !isPaused(successor, rates)) return [successor]
  return all.filter((m) => m.task === model.task && canBeBegun(m, rates)).slice(0, SIMILAR)
}
