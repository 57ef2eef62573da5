import type { Model } from './catalogue.ts'
import { oncePer } from './once-per.ts'
import type { PriceRow } from './price-schema.ts'
import {
  type Basis,
  charsAt,
  isScalar,
  type Measures,
  outputSize,
  type PricedInput,
  type PricePart,
  type Quantity,
  toMilli,
} from './pricing-measure.ts'
import type { Scalar } from './schema.ts'

/** All that a price looks at. */
export interface Priced {
  readonly input: PricedInput
  readonly values: Readonly<Record<string, Scalar>>
  readonly measures: Measures
}

interface Amount {
  /** A fraction, so that nothing is lost before the last rounding. */
  readonly n: number
  readonly d: number
  readonly basis: Basis
}

/** What an order costs in thousandths of a credit, or why that can't be said. */
export type Sum =
  | { readonly milli: number; readonly basis: Basis }
  | 'no-price'
  | 'no-rule'
  | 'unmeasured'

/** The sum of all parts of a price, not below its minimum, and rounded up as the provider does. */
export function priceSum({ price }: Pick<Model, 'price'>, priced: Priced): Sum {
  if (price.parts.length === 0) return 'no-price'
  let milli = 0
  let basis: Basis = 'exact'
  for (const part of price.parts) {
    const cost = partCost(part, priced)
    if (typeof cost === 'string') return cost
    milli += cost.milli
    if (cost.basis === 'estimate') basis = 'estimate'
  }
  const step = toMilli(price.roundUpTo ?? 0)
  const stepped = step > 0 ? Math.ceil(milli / step) * step : milli
  return { milli: Math.max(stepped, toMilli(price.minimumCredits ?? 0)), basis }
}

/** What one part of the price adds. */
function partCost(part: PricePart, priced: Priced): Sum {
  const rate = rateOf(part, priced)
  if (typeof rate === 'string') return rate
  const amount = amountOf(part.quantity, priced)
  if (amount === 'unmeasured') return amount
  const milli = Math.ceil((rate.milli * amount.n) / amount.d) * timesOf(part.quantity, priced)
  const isExact = rate.basis === 'exact' && amount.basis === 'exact'
  return { milli, basis: isExact ? 'exact' : 'estimate' }
}

/** The credits of one unit by the rule that fits, in thousandths. */
export function rateOf({ credits }: PricePart, priced: Priced): Sum {
  if (!Array.isArray(credits)) return { milli: toMilli(credits), basis: 'exact' }
  const keys = keysOf(credits)
  const known = (key: string) => knownValue(key, priced)
  if (keys.some((key) => key.startsWith('@') && known(key) === undefined)) return 'unmeasured'
  const rule = credits.find(({ when }) =>
    Object.entries(when).every(([key, wanted]) => fits(known(key), wanted)),
  )
  if (rule === undefined) return 'no-rule'
  return {
    milli: toMilli(rule.credits),
    basis: keys.includes('@output_size') ? 'estimate' : 'exact',
  }
}

const keysOf = oncePer((rows: readonly PriceRow[]) => rows.flatMap(({ when }) => Object.keys(when)))

const GIVEN = '@given:'

function knownValue(key: string, { input, values, measures }: Priced): Scalar | undefined {
  if (key === '@source_resolution') return measures.sourceResolution
  if (key === '@output_size') return outputSize(measures, values)
  if (!key.startsWith(GIVEN)) return values[key]
  const field = key.slice(GIVEN.length)
  const value = input[field]
  const isAnswered = Array.isArray(value) ? value.length > 0 : isScalar(value) && value !== ''
  return (measures.media?.[field]?.length ?? 0) > 0 || isAnswered
}

function fits(value: Scalar | undefined, wanted: PriceRow['when'][string]): boolean {
  if (value === undefined) return false
  if (isScalar(wanted)) return value === wanted
  if (Array.isArray(wanted)) return wanted.includes(value)
  const number = Number(value)
  return number >= (wanted.from ?? -Infinity) && number <= (wanted.to ?? Infinity)
}

/** How many units, all terms added up. */
function amountOf(quantity: Quantity | undefined, priced: Priced): Amount | 'unmeasured' {
  if (quantity === undefined) return { n: 1, d: 1, basis: 'exact' }
  let sum = termAmount(quantity, priced)
  for (const term of quantity.add ?? []) {
    // What is not given adds nothing.
    const isGiven = term.media_field === undefined || filesOf(term, priced).length > 0
    const next = isGiven ? amountOf(term, priced) : NOTHING
    if (sum === 'unmeasured' || next === 'unmeasured') return 'unmeasured'
    sum = plus(sum, next)
  }
  return sum
}

const NOTHING: Amount = { n: 0, d: 1, basis: 'exact' }

const plus = (a: Amount, b: Amount): Amount => ({
  n: a.n * b.d + b.n * a.d,
  d: a.d * b.d,
  basis: a.basis === 'exact' ? b.basis : a.basis,
})

const filesOf = ({ media_field: field }: Quantity, { measures }: Priced) =>
  (field === undefined ? undefined : measures.media?.[field]) ?? []

/** One term; started seconds count in full, as providers bill them. */
function termAmount(q: Quantity, priced: Priced): Amount | 'unmeasured' {
  const number = (field: string | undefined) => Number(priced.values[field ?? ''] ?? 0)
  const exact = (n: number, d = 1): Amount => ({
    n: Math.max(0, n - (q.free ?? 0)),
    d,
    basis: 'exact',
  })
  const files = filesOf(q, priced)
  const seconds = (length: number) => Math.max(1, Math.ceil(Math.min(length, q.max ?? length)))
  switch (q.measure) {
    case undefined:
      return exact(q.field === undefined ? 1 : number(q.field))
    case 'files':
      return exact(files.length)
    case 'chars':
      return exact(charsAt(priced.input, q.field ?? '') ?? 0, 1000)
    case 'output_images': {
      const most = q.most ?? (q.max_field ? number(q.max_field) : 1)
      return { n: most, d: 1, basis: most > 1 ? 'estimate' : 'exact' }
    }
    case 'output_seconds': {
      const length = number('num_frames') / number('frames_per_second')
      return { n: seconds(length), d: 1, basis: 'estimate' }
    }
    case 'audio_seconds':
    case 'video_seconds':
    case 'audio_minutes': {
      const length = lengthOf(files.map(({ duration }) => duration))
      if (length === undefined || length <= 0) return 'unmeasured'
      return exact(seconds(length), q.measure === 'audio_minutes' ? 60 : 1)
    }
    case 'output_megapixels':
      return 'unmeasured'
  }
}

/** Seconds of all files together; undefined as soon as one is unknown. */
function lengthOf(durations: readonly (number | undefined)[]): number | undefined {
  if (durations.some((d) => d === undefined || !Number.isFinite(d))) return undefined
  return durations.reduce<number>((sum, d) => sum + (d ?? 0), 0)
}

/** How often a part is charged (pictures per run). */
export function timesOf(quantity: Quantity | undefined, { values }: Priced): number {
  const field = quantity?.times_field
  return field ? Number(values[field] ?? 1) : 1
}
