import type { Model } from '../../catalogue/catalogue.ts'
import { fromPrice, type ListPrice, type Rates } from '../../catalogue/pricing.ts'

const known = new WeakMap<Rates, Map<Model, ListPrice>>()

/** The list price of a model; it hangs on nothing but the rates, so it is worked out once. */
export function listPrice(model: Model, rates: Rates): ListPrice {
  let prices = known.get(rates)
  if (prices === undefined) {
    prices = new Map()
    known.set(rates, prices)
  }
  const price = prices.get(model) ?? fromPrice(model, rates)
  prices.set(model, price)
  return price
}
