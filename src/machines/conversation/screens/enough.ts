import { modelById } from '../../catalogue/catalogue.ts'
import { oncePer } from '../../catalogue/once-per.ts'
import { type Pick, TIERS, taskById } from '../../catalogue/picks.ts'
import { quotePrice, type Rates } from '../../catalogue/pricing.ts'
import { canBeBegun } from '../order/offer.ts'
import type { Scene } from './screen.ts'

/** What most people order: a picture, and a clip made of a photo. */
const MEASURES = [
  ['draw', 'pictures'],
  ['animate', 'clips'],
] as const

const priceOf = ({ model: id, answers }: Pick, rates: Rates): number => {
  const model = modelById(id)
  if (model === undefined || !canBeBegun(model, rates)) return 0
  const quote = quotePrice(model, answers, rates)
  return 'unpriced' in quote ? 0 : quote.kopecks
}

/** The usual price of each task, in kopecks: that of its first pick that costs anything. */
const usualPrices = oncePer(
  (rates: Rates) => new Map(MEASURES.map(([task]) => [task, usualPrice(task, rates)])),
)

const usualPrice = (task: string, rates: Rates): number =>
  TIERS.flatMap((tier) => taskById(task)?.[tier] ?? [])
    .map((pick) => priceOf(pick, rates))
    .find((kopecks) => kopecks > 0) ?? 0

/** What an amount is worth in orders: "≈ 15 pictures or 2 clips"; empty: not even one. */
export function enoughFor({ t, view }: Scene, kopecks: number): string {
  const counts = MEASURES.flatMap(([task, name]) => {
    const price = usualPrices(view.rates).get(task) ?? 0
    const count = price > 0 ? Math.floor(kopecks / price) : 0
    return count > 0 ? [t(`enough.${name}`, { count })] : []
  })
  return counts.length === 0 ? '' : `≈ ${counts.join(` ${t('enough.or')} `)}`
}
