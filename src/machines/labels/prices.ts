import { formatPrice, type ListPrice, type PricePer, type Rates } from '../catalogue/pricing.ts'
import type { Language } from '../texts/translate.ts'
import { type Words, words } from './words.ts'

const units: Readonly<Record<PricePer, Words>> = {
  run: words('', ''),
  second: words('/сек', '/s'),
  minute: words('/мин', '/min'),
  '1000_chars': words(' за 1000 знаков', ' per 1000 characters'),
}

/** A price in a list or on a button: "от 12,34 ₽", "6,29 ₽/сек"; empty when there is none. */
export function priceLabel(price: ListPrice, language: Language, rates?: Rates): string {
  if ('unpriced' in price) return ''
  if (price.kopecks === 0) return formatPrice(0, language)
  const unit = units[price.per][language]
  // A unit goes with one amount: two would read as two prices.
  const full = formatPrice(price.kopecks, language, unit === '' ? rates : undefined) + unit
  if (!price.varies) return full
  return language === 'ru' ? `от ${full}` : `from ${full}`
}
