import { createHash } from 'node:crypto'
import { everyModel } from '../machines/catalogue/catalogue.ts'
import type { Rates } from '../machines/catalogue/pricing.ts'
import type { View } from '../machines/conversation/screens/screen.ts'
import type { SalesTerms } from '../store/sales-terms.ts'

/** A hash of what the model files say: the same hash, the same models at the same prices in credits. */
export const modelFilesHash = (): string =>
  createHash('sha256').update(JSON.stringify(everyModel)).digest('hex').slice(0, 16)

/** Rates as JSON holds them. */
export const ratesToJson = ({ switchedOn = new Set(), terms = new Map(), ...rates }: Rates) => ({
  ...rates,
  switchedOn: [...switchedOn].sort(),
  terms: [...terms],
})

/** Rates that were stored by `ratesToJson`. */
export function ratesFromJson(json: unknown): Rates {
  const { switchedOn, terms, ...rates } = json as ReturnType<typeof ratesToJson>
  return { ...rates, switchedOn: new Set(switchedOn), terms: new Map(terms) }
}

/** Terms as a saved history keeps them. */
export type SavedTerms = Omit<SalesTerms, 'since'> & { readonly since: string }

/**
 * Puts into a view the rates that held at a moment, as far as they are known, and says whether the model
 * files were others then: undefined: as now, or nobody knows.
 */
export function termsOfThen(
  view: View,
  saved: readonly SavedTerms[],
): (at: string) => SavedTerms | undefined {
  const files = modelFilesHash()
  const now = view.rates
  return (at) => {
    const then = saved.findLast(({ since }) => Date.parse(since) <= Date.parse(at))
    view.rates = then === undefined ? now : ratesFromJson(then.rates)
    return then === undefined || then.files === files ? undefined : then
  }
}
