import { formatPrice } from '../../catalogue/pricing.ts'
import { priceNow } from '../results/message-buttons.ts'
import type { Results } from '../results/results.ts'
import { waitScreen } from './run.ts'
import { backRow, button, lines, type Scene, type Screen } from './screen.ts'

/** Fewer is "again"; more would reach the limit of orders a minute. */
const COUNTS = [2, 3, 4]

/** How many more of the same, each with its price. */
export function varyingScreen(scene: Scene): Screen | null {
  const { t, language, context, view } = scene
  const { card } = context.results as Results
  if (card === null) return waitScreen(scene)
  const kopecks = priceNow(card, view.rates)
  if (kopecks === null) return { text: t('vary.none'), keyboard: [backRow(scene)] }
  const price = (count: number) => formatPrice(kopecks * count, language)
  return {
    text: lines(
      t('vary.title'),
      '',
      kopecks > 0 ? t('vary.each', { price: price(1) }) : t('vary.eachFree'),
    ),
    keyboard: [
      COUNTS.map((count) =>
        button(kopecks > 0 ? t('vary.count', { count, price: price(count) }) : String(count), {
          type: 'variants.chosen',
          count,
          priceKopecks: kopecks,
        }),
      ),
      backRow(scene),
    ],
  }
}
