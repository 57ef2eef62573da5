import { formatPrice, type ListPrice, type PricePer } from '../catalogue/pricing.ts'
import type { Language } from '../texts/translate.ts'
import { type Words, words } from './words.ts'

const units: Readonly<Record<PricePer, Words>> = {
  run: words('', ''),
  second: words('/сек', '/s'),
  minute: words('/мин', '/min'),
  '1000_chars': words(' за 1000 знаков', ' per 1000 characters'),
}

/** A price in a list or on a button: "от 12,34 ₽", "6,29 ₽/сек"; empty when there is none. */
export function priceLabel(price: ListPrice, language: Language): string {
  if ('unpriced' in price) return ''
  const amount = formatPrice(price.kopecks, language)
  if (price.kopecks === 0) return amount
  const full = `${amount}${units[price.per][language]}`
  if (!price.varies) return full
  return language === 'ru' ? `от ${full}` : `from ${full}`
}
