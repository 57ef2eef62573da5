import { allModels, hasPrice, type Model } from '../machines/catalogue/catalogue.ts'
import { fromPrice, isOnOffer, type Rates } from '../machines/catalogue/pricing.ts'
import type { StarTerms } from '../machines/topup/amounts.ts'

/** What Telegram pays out for a Star: https://telegram.org/tos/bot-developers, section 6.2. */
const USD_PER_STAR = 0.013

/** The markup at which a rouble that came as Stars is worth what is sold for it. */
export const leastMarkup = (usdRubRate: number, starsPerRub: number): number =>
  Math.max(1, 1 / (starsPerRub * USD_PER_STAR * usdRubRate))

/**
 * Why nothing may be sold at these rates, one line each: a price below its cost, Stars that bring less
 * than the orders they pay for cost, or a price that is nothing.
 */
export function rateFaults(rates: Rates, { starsPerRub, giftPercent = 0 }: StarTerms): string[] {
  const { usdRubRate, markup } = rates
  const faults: string[] = []
  if (markup < 1) faults.push('PRICE_MARKUP is below 1: every order would be sold below its cost.')
  // A rouble of price is 1 ÷ markup of cost, and a rouble comes as Stars.
  const earned = starsPerRub * USD_PER_STAR * usdRubRate * markup
  if (earned < 1) {
    faults.push('STARS_PER_RUB is so low that Stars bring less than what they pay for costs.')
  } else if (earned < 1 + giftPercent / 100) {
    faults.push('TOPUP_GIFT_PERCENT is so high that Stars bring less than what they pay for costs.')
  }
  const worthless = allModels.filter((model) => isWorthless(rates, model))
  const [first] = worthless
  if (first !== undefined) {
    const names = worthless.length > 1 ? `${first.id} and ${worthless.length - 1} more` : first.id
    faults.push(`USD_RUB_RATE and PRICE_MARKUP leave no price for ${names}.`)
  }
  return faults
}

/** Whether a model that costs something would cost less than one kopeck could tell apart. */
function isWorthless(rates: Rates, model: Model): boolean {
  if (model.free || !isOnOffer(model, rates) || !hasPrice(model)) return false
  const price = fromPrice(model, rates)
  return 'kopecks' in price && price.kopecks <= 1
}
