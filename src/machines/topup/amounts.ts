import { multiplyHalfUp } from '../catalogue/decimal.ts'

export const MIN_KOPECKS = 5_000
export const MAX_KOPECKS = 5_000_000
/** The amounts that stand on buttons. */
export const PRESETS_KOPECKS = [10_000, 50_000, 100_000, 500_000] as const

/** Whole Stars for an amount, rounded up: never less than it is worth. */
export const starsFor = (kopecks: number, starsPerRub: number): number =>
  Math.max(1, Math.ceil(multiplyHalfUp(kopecks, starsPerRub, 1_000) / 100_000))

/** From these amounts on a top-up brings so much of the gift that the largest brings. */
const GIFTS = [
  { from: 500_000, share: 1 },
  { from: 100_000, share: 0.5 },
] as const

/** How Stars are sold: how many for a rouble, and which percent the largest packs bring on top. */
export interface StarTerms {
  starsPerRub: number
  /** Absent: nothing. */
  giftPercent?: number
}

/** The percent of an amount that is a gift: one pays for the rest of it only. */
export const giftOf = (kopecks: number, { giftPercent = 0 }: StarTerms): number =>
  Math.floor(giftPercent * (GIFTS.find(({ from }) => kopecks >= from)?.share ?? 0))

/**
 * The Stars to pay for an amount, gift included: the whole amount is one payment, so that it goes
 * back as a whole or not at all.
 */
export const packStars = (kopecks: number, terms: StarTerms): number =>
  starsFor(Math.ceil((kopecks * 100) / (100 + giftOf(kopecks, terms))), terms.starsPerRub)

/** What Stars are worth that came for no invoice we know; rounded down, never nothing. */
export const kopecksFor = (stars: number, starsPerRub: number): number =>
  Math.max(1, Math.floor((stars * 100) / starsPerRub + 1e-9))

/** What a payment of an invoice is worth: its amount, or its part for another number of Stars. */
export const worthOf = (invoice: { kopecks: number; stars: number }, stars: number): number =>
  stars === invoice.stars
    ? invoice.kopecks
    : Math.max(1, Number((BigInt(invoice.kopecks) * BigInt(stars)) / BigInt(invoice.stars)))

/** An amount in roubles as a person writes it, in kopecks; undefined when it is none. */
export function amountOf(text: string): number | undefined {
  const plain = text.replace(/[\s\u00a0\u202f]|₽|руб(лей|ля|ль|\.)?|rub|р\.?$/gi, '')
  const [, whole, fraction = ''] = /^(\d{1,9})(?:[.,](\d{1,2}))?$/.exec(plain) ?? []
  if (whole === undefined) return undefined
  return Number(whole) * 100 + Number(fraction.padEnd(2, '0'))
}

/** Whether an account may be topped up by this much. */
export const isAllowed = (kopecks: number): boolean =>
  kopecks >= MIN_KOPECKS && kopecks <= MAX_KOPECKS

/** Whether one invoice may bring what an order lacks: that may be less than a top-up. */
export const isPayable = (kopecks: number): boolean => kopecks > 0 && kopecks <= MAX_KOPECKS
