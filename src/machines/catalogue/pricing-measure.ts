import type { Model } from './catalogue.ts'
import type { Scalar } from './schema.ts'

/** What is known of one given file; all of it may be missing. */
export interface MediaMeasure {
  /** Seconds that it plays, measured from the media itself. */
  readonly duration?: number | undefined
  readonly width?: number | undefined
  readonly height?: number | undefined
}

/** Facts about an order that are measured, not asked. */
export interface Measures {
  /** Given files by input field. */
  readonly media?: Readonly<Record<string, readonly MediaMeasure[]>>
  /** Resolution of the earlier result that the order continues, e.g. '480p'. */
  readonly sourceResolution?: string
}

/** Whether the provider is known to count exactly like this. */
export type Basis = 'exact' | 'estimate'

/** Answers so far: scalars in the provider's own types; values of other kinds are ignored. */
export type PricedInput = Readonly<Record<string, unknown>>

/** Longest side in pixels up to which a picture counts as 2K or 4K; the limits are a judgement. */
const sizeClasses = [
  ['2K', 2048],
  ['4K', 4096],
] as const

/** Input fields that set the price; orders always send them so that charge and quote agree. */
export function priceFields({ price, input }: Model): readonly string[] {
  const { credits, quantity: q } = price
  const keys = Array.isArray(credits) ? credits.flatMap((rule) => Object.keys(rule.when)) : []
  if (keys.includes('@output_size')) keys.push('upscale_factor')
  const counted = [q?.measure === 'chars' ? undefined : q?.field, q?.timesField, q?.maxField]
  const all = [...keys, ...counted, ...(q?.formula?.split(' / ') ?? [])]
  return [...new Set(all)].filter((key) => key !== undefined && key in input.properties) as string[]
}

/** What counts when the user gave nothing: the documented default, else the assumed quantity. */
export function assumedValue({ input, price }: Model, field: string): Scalar | undefined {
  const schema = input.properties[field]
  if (schema?.default !== undefined) return schema.default
  const { quantity } = price
  if (quantity?.field !== field || quantity.default === undefined) return undefined
  return schema?.type === 'string' ? String(quantity.default) : quantity.default
}

/** Credits in thousandths, the unit of all sums here: prices such as 0.8 have no exact float. */
export const toMilli = (credits: number): number => Math.round(credits * 1000)

/** Whether it is a value that an enum or a rule can name. */
export const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** The values that the price looks at; `undefined` when a required one is still open. */
export function pricedValues(model: Model, input: PricedInput): Record<string, Scalar> | undefined {
  const { quantity } = model.price
  const text = quantity?.measure === 'chars' ? quantity.field : undefined
  const fields = text ? [...priceFields(model), text] : priceFields(model)
  const values: Record<string, Scalar> = {}
  for (const field of fields) {
    const required = model.input.required.includes(field)
    const given = input[field]
    const value = isScalar(given) ? given : required ? undefined : assumedValue(model, field)
    if (value !== undefined) values[field] = value
    else if (required || field === quantity?.field) return undefined
  }
  return values
}

/** The credits of one unit by the rule that fits, in thousandths. */
export function unitPrice(model: Model, values: Record<string, Scalar>, measures: Measures) {
  const { credits } = model.price
  if (credits === null) return 'no-price'
  if (!Array.isArray(credits)) return { milli: toMilli(credits), basis: 'exact' as const }
  const derived = {
    '@source_resolution': measures.sourceResolution,
    '@output_size': outputSize(measures, values),
  }
  const known: Record<string, Scalar | undefined> = { ...values, ...derived }
  const keys = credits.flatMap((rule) => Object.keys(rule.when))
  if (keys.some((key) => key.startsWith('@') && known[key] === undefined)) return 'unmeasured'
  const rule = credits.find(({ when }) => Object.entries(when).every(([k, v]) => known[k] === v))
  if (rule === undefined) return 'no-rule'
  const basis: Basis = keys.includes('@output_size') ? 'estimate' : 'exact'
  return { milli: toMilli(rule.credits), basis }
}

/** The input whose pictures' sides set the price, if there is one. */
export const sidesField = ({ price }: Model): string | undefined =>
  Array.isArray(price.credits) && price.credits.some((rule) => '@output_size' in rule.when)
    ? SOURCE_PICTURE
    : undefined

/** Where models that enlarge take their picture. */
const SOURCE_PICTURE = 'image_url'

function outputSize({ media }: Measures, values: Record<string, Scalar>): string | undefined {
  const source = media?.[SOURCE_PICTURE]?.[0]
  if (!source?.width || !source.height) return undefined
  const side = Math.max(source.width, source.height) * Number(values.upscale_factor ?? 1)
  return sizeClasses.find(([, limit]) => side <= limit)?.[0] ?? '8K'
}

/** How many units, as the fraction n / d; started seconds count in full, as providers bill them. */
export function quantityOf(
  { price }: Model,
  values: Record<string, Scalar>,
  { media }: Measures,
): { n: number; d: number; basis: Basis } | 'unmeasured' {
  const q = price.quantity
  if (q === undefined) return { n: 1, d: 1, basis: 'exact' }
  const number = (field: string) => Number(values[field])
  const seconds = (length: number) => Math.max(1, Math.ceil(Math.min(length, q.max ?? length)))
  const given = q.mediaField ? media?.[q.mediaField] : undefined
  const length = given?.reduce<number | undefined>(
    (sum, m) =>
      sum === undefined || m.duration === undefined || !Number.isFinite(m.duration)
        ? undefined
        : sum + m.duration,
    0,
  )
  switch (q.measure) {
    case undefined:
      return { n: q.field ? number(q.field) : 1, d: 1, basis: 'exact' }
    case 'output_images': {
      const most = q.maxField ? number(q.maxField) : 1
      return { n: most, d: 1, basis: most > 1 ? 'estimate' : 'exact' }
    }
    case 'output_seconds':
      return {
        n: seconds(number('num_frames') / number('frames_per_second')),
        d: 1,
        basis: 'estimate',
      }
    case 'audio_seconds':
    case 'video_seconds':
      return length ? { n: seconds(length), d: 1, basis: 'exact' } : 'unmeasured'
    case 'audio_minutes':
      return length ? { n: seconds(length), d: 60, basis: 'exact' } : 'unmeasured'
    case 'chars':
      return { n: [...String(values[q.field ?? ''])].length, d: 1000, basis: 'exact' }
    case 'output_megapixels':
      return 'unmeasured'
  }
}

/** How often the whole is charged (pictures per run). */
export function timesOf({ price }: Model, values: Record<string, Scalar>): number {
  const field = price.quantity?.timesField
  return field ? Number(values[field] ?? 1) : 1
}
