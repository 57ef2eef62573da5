/** A promo code to be made: either money or free generations. */
export interface PromoDraft {
  code: string
  kopecks: number
  free: number
  limit: number
  days: number | null
}

/** A balance to be put right. */
export interface AdjustDraft {
  userId: number
  /** Positive: given; negative: taken. */
  kopecks: number
  reason: string
}

const CODE = /^[A-Z0-9_-]{3,32}$/
/** Largest single change by hand: limits what a typo can cost. */
const MOST_KOPECKS = 10_000_000
const MOST_FREE = 1_000
const MOST_USES = 100_000

/** A promo code as it is stored and compared: capital letters; undefined: it can't be one. */
export function promoCode(text: string): string | undefined {
  const code = text.trim().toUpperCase()
  return CODE.test(code) ? code : undefined
}

/** `SPRING 100р 50 30`: 100 roubles for 50 people within 30 days; `SPRING 5шт 50`: 5 generations. */
export function parsePromo(text: string): PromoDraft | undefined {
  const [name = '', bonus = '', uses = '', days, ...rest] = text.trim().split(/\s+/)
  const code = promoCode(name)
  const match = /^(\d{1,6})(р|руб|₽|rub|шт|free)$/i.exec(bonus)
  const limit = whole(uses, MOST_USES)
  const valid = days === undefined ? null : whole(days, 3_650)
  if (!code || !match || !limit || valid === undefined || rest.length > 0) return undefined
  const amount = Number(match[1])
  const isFree = /^(шт|free)$/i.test(match[2] as string)
  if (amount === 0 || amount > (isFree ? MOST_FREE : MOST_KOPECKS / 100)) return undefined
  const given = isFree ? { kopecks: 0, free: amount } : { kopecks: amount * 100, free: 0 }
  return { code, ...given, limit, days: valid }
}

/** `123456789 +50 late delivery`: who, how many roubles, why. */
export function parseAdjust(text: string): AdjustDraft | undefined {
  const match = /^(\d{1,15})\s+([+−-])(\d{1,6})(?:[.,](\d{1,2}))?\s+(\S[\s\S]{1,298})$/.exec(
    text.trim(),
  )
  if (match === null) return undefined
  const [, id, sign, roubles, cents = '', reason] = match
  const size = Number(roubles) * 100 + Number(cents.padEnd(2, '0'))
  const userId = Number(id)
  if (size === 0 || size > MOST_KOPECKS || userId === 0) return undefined
  const kopecks = sign === '+' ? size : -size
  return { userId, kopecks, reason: (reason as string).replace(/\s+/g, ' ').trim() }
}

function whole(text: string, most: number): number | undefined {
  const value = /^\d{1,7}$/.test(text) ? Number(text) : 0
  return value > 0 && value <= most ? value : undefined
}
