import type { Model } from './catalogue.ts'
import { isFree, leastMarkup, type ModelTerms, type Rates } from './pricing.ts'
import { usualPrice } from './usual-order.ts'

/** What an admin wants a model's usual order to cost: roubles, or more or less than usual. */
export type WantedPrice = { readonly kopecks: number } | { readonly percent: number }

/** The markup that makes it so; or why not, with the least the usual order can cost. */
export type OwnMarkup =
  | { readonly markup: number }
  | { readonly refusal: 'below-cost'; readonly leastKopecks: number }
  | { readonly refusal: 'free' }

/** So dear a rouble that not a part of a kopeck is lost in rounding. */
const FINE = 1_000_000

/** What one usual order costs us, in kopecks and parts of them; undefined where nobody knows. */
function usualCost(model: Model, { usdRubRate }: Rates): number | undefined {
  const price = usualPrice(model, { usdRubRate: FINE, markup: 1 })
  return 'unpriced' in price ? undefined : (price.kopecks * usdRubRate) / FINE
}

const roundUp = (markup: number): number => Math.ceil(markup * 10_000 - 1e-6) / 10_000

/** The markup of its own at which a model costs what is wanted; never below cost. Pure. */
export function ownMarkup(model: Model, wanted: WantedPrice, rates: Rates): OwnMarkup {
  const cost = usualCost(model, rates)
  if (model.free || cost === undefined || cost === 0) return { refusal: 'free' }
  const markup = roundUp(
    'percent' in wanted ? rates.markup * (1 + wanted.percent / 100) : wanted.kopecks / cost,
  )
  const least = leastMarkup(rates)
  if (markup >= least) return { markup }
  return { refusal: 'below-cost', leastKopecks: Math.ceil(cost * least) }
}

/** The same rates with other terms for one model. */
export const withTerms = (rates: Rates, { id }: Model, terms: ModelTerms): Rates => ({
  ...rates,
  terms: new Map([...(rates.terms ?? []), [id, terms]]),
})

/** Whether a model can be given away for a while: one that is free already can't. */
export const canBeFreed = (model: Model, rates: Rates): boolean =>
  !isFree(model, rates) && usualCost(model, rates) !== undefined
