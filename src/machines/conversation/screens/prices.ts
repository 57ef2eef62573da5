import type { Model } from '../../catalogue/catalogue.ts'
import type { Rates } from '../../catalogue/pricing.ts'
import { orderSize, usualAnswers, usualPrice } from '../../catalogue/usual-order.ts'
import { priceLabel } from '../../labels/prices.ts'
import { type Language, translator } from '../../texts/translate.ts'

/** How much one gets by default: "5 s · 1080p"; empty where nothing says so. */
export function usualSize(model: Model, language: Language): string {
  const { seconds, size } = orderSize(model, usualAnswers(model))
  const length = seconds && translator(language)('offering.seconds', { seconds })
  return [length, size].filter((part) => part).join(' · ')
}

/** Price and size of what one gets by default: "5 s · 1080p · 82.11 ₽"; empty without a price. */
export function usualLabel(model: Model, rates: Rates, language: Language): string {
  const price = usualPrice(model, rates)
  if ('unpriced' in price) return ''
  const isOrder = price.per === 'run'
  const label = priceLabel(isOrder ? { ...price, varies: false } : price, language, rates)
  const size = isOrder ? usualSize(model, language) : ''
  return size === '' ? label : `${size} · ${label}`
}
