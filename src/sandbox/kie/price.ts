import type { Model } from '../../machines/catalogue/catalogue.ts'

/** What is known of the given files of each field. */
export interface GivenFiles {
  /** How long they play in all, where that could be measured. */
  readonly seconds: Readonly<Record<string, number>>
  readonly counts: Readonly<Record<string, number>>
}

type Input = Readonly<Record<string, unknown>>
type Part = Model['price']['parts'][number]
type Term = NonNullable<Part['quantity']>

const NOTHING: GivenFiles = { seconds: {}, counts: {} }

/**
 * What KIE would charge, in credits: for each part of the price the row for this input times its
 * quantity, by the length and number of the given files. Where a length is unknown it is that of one
 * unit; what only the result shows (its size) is the catalogue's estimate. Reckoned here anew, not
 * by the bot's own price function: the two must agree.
 */
export function priceOf(model: Model, input: Input, files: GivenFiles = NOTHING): number {
  const { parts, estimateCredits, minimumCredits = 0, roundUpTo } = model.price
  const full = { ...defaultsOf(model), ...input }
  let sum = 0
  for (const part of parts) {
    const rate = rateOf(part, full, files)
    if (rate === undefined) return estimateCredits ?? 0
    sum += rate * quantityOf(part, full, files)
  }
  if (parts.length === 0) return estimateCredits ?? 0
  const stepped = roundUpTo === undefined ? sum : Math.ceil(rounded(sum / roundUpTo)) * roundUpTo
  return rounded(Math.max(minimumCredits, stepped))
}

const defaultsOf = (model: Model): Input =>
  Object.fromEntries(
    Object.entries(model.input.properties).flatMap(([key, field]) =>
      field.default === undefined ? [] : [[key, field.default]],
    ),
  )

function rateOf({ credits }: Part, full: Input, files: GivenFiles): number | undefined {
  if (!Array.isArray(credits)) return credits
  const known = (key: string) => {
    if (!key.startsWith('@given:')) return full[key]
    const field = key.slice('@given:'.length)
    return (files.counts[field] ?? [full[field] ?? []].flat().length) > 0
  }
  return credits.find(({ when }) =>
    Object.entries(when).every(([key, wanted]) => {
      const value = known(key)
      if (Array.isArray(wanted)) return wanted.some((one) => one === value)
      if (typeof wanted !== 'object') return wanted === value
      return Number(value) >= (wanted.from ?? 0) && Number(value) <= (wanted.to ?? Infinity)
    }),
  )?.credits
}

function quantityOf({ quantity, unit }: Part, full: Input, files: GivenFiles): number {
  if (quantity === undefined) return 1
  const [main = 0, ...more] = [quantity, ...(quantity.add ?? [])].map((term, i) =>
    i > 0 && isMissing(term, files) ? 0 : termOf(term, unit, full, files),
  )
  const times = Number(full[quantity.times_field ?? ''] ?? 1)
  return more.reduce((sum, n) => sum + n, main) * times
}

const isMissing = ({ media_field: field }: Term, { counts }: GivenFiles) =>
  field !== undefined && (counts[field] ?? 0) === 0

function termOf(term: Term, unit: Part['unit'], full: Input, files: GivenFiles): number {
  const charged = (n: number) => Math.max(0, n - (term.free ?? 0))
  const field = (name: string | undefined) =>
    name === undefined || full[name] === undefined ? undefined : Number(full[name])
  if (term.measure === 'files') return charged(files.counts[term.media_field ?? ''] ?? 0)
  if (term.measure === 'chars') return charsOf(full, term.field ?? '') / 1000
  if (term.formula) return (field('num_frames') ?? 80) / (field('frames_per_second') ?? 16)
  if (term.measure === 'output_images') return term.most ?? field(term.max_field) ?? 1
  const length = files.seconds[term.media_field ?? '']
  if (length !== undefined) {
    const started = Math.max(1, Math.ceil(Math.min(length, term.max ?? length)))
    return charged(unit === 'minute' ? started / 60 : started)
  }
  return charged(field(term.field) ?? term.default ?? 1)
}

function charsOf(full: Input, path: string): number {
  const [list = '', part] = path.split('[].')
  const texts =
    part === undefined ? [full[list]] : [full[list] ?? []].flat().map((v) => Object(v)[part])
  return texts.reduce<number>((sum, text) => sum + [...String(text ?? '')].length, 0)
}

/** Credits have at most three decimals. */
export const rounded = (credits: number): number => Math.round(credits * 1000) / 1000
