import type { Model } from './catalogue.ts'
import { oncePer } from './once-per.ts'
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

/** One term of a sum that is charged: rate by the inputs, times how much. */
export type PricePart = Model['price']['parts'][number]
/** How much is charged. */
export type Quantity = NonNullable<PricePart['quantity']>

/** Longest side in pixels up to which a picture counts as 2K or 4K; the limits are a judgement. */
const sizeClasses = [
  ['2K', 2048],
  ['4K', 4096],
] as const

/** The terms of a quantity, the main one first. */
export const termsOf = (quantity: Quantity | undefined): readonly Quantity[] =>
  quantity === undefined ? [] : [quantity, ...(quantity.add ?? []).flatMap(termsOf)]

const rulesOf = ({ credits }: PricePart): readonly string[] =>
  Array.isArray(credits) ? credits.flatMap((rule) => Object.keys(rule.when)) : []

/** The terms of everything that is charged. */
const termsOfAll = ({ price }: Pick<Model, 'price'>): readonly Quantity[] =>
  price.parts.flatMap(({ quantity }) => termsOf(quantity))

/** Input fields that set the price; orders always send them so that charge and quote agree. */
export const priceFields = oncePer(({ price, input }: Model): readonly string[] => {
  const keys = price.parts.flatMap(rulesOf)
  if (keys.includes('@output_size')) keys.push('upscale_factor')
  const counted = termsOfAll({ price }).flatMap((q) => [
    q.measure === 'chars' ? undefined : q.field,
    q.times_field,
    q.max_field,
    ...(q.formula?.split(' / ') ?? []),
  ])
  const known = [...keys, ...counted].filter((key) => key !== undefined && key in input.properties)
  return [...new Set(known as string[])]
})

/** Inputs whose characters are counted; `dialogue[].text` names a part of a list. */
export const countedTexts = oncePer((model: Model): readonly string[] =>
  termsOfAll(model).flatMap((q) =>
    q.measure === 'chars' && q.field !== undefined ? [q.field] : [],
  ),
)

/** Inputs whose files are charged for by their number. */
export const countedMedia = oncePer((model: Model): readonly string[] =>
  termsOfAll(model).flatMap((q) =>
    q.measure === 'files' && q.media_field !== undefined ? [q.media_field] : [],
  ),
)

/** Inputs whose files' length or size is charged for. */
export const measuredMedia = oncePer((model: Model): readonly string[] => [
  ...new Set(
    termsOfAll(model).flatMap((q) =>
      q.media_field !== undefined && q.measure !== 'files' ? [q.media_field] : [],
    ),
  ),
])

/** What counts when the user gave nothing: the fixed or documented value, else an assumed one. */
export function assumedValue({ input, price }: Model, field: string): Scalar | undefined {
  const schema = input.properties[field]
  if (schema?.['x-fixed'] !== undefined) return schema['x-fixed']
  if (schema?.default !== undefined) return schema.default
  const assumed = termsOfAll({ price }).find(
    (q) => q.field === field && q.default !== undefined,
  )?.default
  if (assumed === undefined) return undefined
  return schema?.type === 'string' ? String(assumed) : assumed
}

/** Credits in thousandths, the unit of all sums here: prices such as 0.8 have no exact float. */
export const toMilli = (credits: number): number => Math.round(credits * 1000)

/** Whether it is a value that an enum or a rule can name. */
export const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** The values that the price looks at; `undefined` when a required one is still open. */
export function pricedValues(model: Model, input: PricedInput): Record<string, Scalar> | undefined {
  const values: Record<string, Scalar> = {}
  const counted = termsOfAll(model)
  for (const field of priceFields(model)) {
    const schema = model.input.properties[field]
    const required = model.input.required.includes(field) && schema?.['x-fixed'] === undefined
    const given = input[field]
    const value = isScalar(given) ? given : required ? undefined : assumedValue(model, field)
    if (value !== undefined) values[field] = value
    else if (required || counted.some((q) => q.field === field)) return undefined
  }
  const open = countedTexts(model).some((path) => charsAt(input, path) === undefined)
  return open ? undefined : values
}

/** How many characters an input holds, as people count them; undefined where nothing is given. */
export function charsAt(input: PricedInput, path: string): number | undefined {
  const [list = '', part] = path.split('[].')
  const value = input[list]
  if (part === undefined) return typeof value === 'string' ? [...value].length : undefined
  if (!Array.isArray(value)) return undefined
  return value.reduce((sum, item) => sum + [...String(item?.[part] ?? '')].length, 0)
}

/** The input whose pictures' sides set the price, if there is one. */
export const sidesField = oncePer(({ price }: Model): string | undefined =>
  price.parts.flatMap(rulesOf).includes('@output_size') ? SOURCE_PICTURE : undefined,
)

/** Where models that enlarge take their picture. */
const SOURCE_PICTURE = 'image_url'

/** The size class of an enlarged picture; undefined until its sides are known. */
export function outputSize(
  { media }: Measures,
  values: Readonly<Record<string, Scalar>>,
): string | undefined {
  const source = media?.[SOURCE_PICTURE]?.[0]
  if (!source?.width || !source.height) return undefined
  const side = Math.max(source.width, source.height) * Number(values.upscale_factor ?? 1)
  return sizeClasses.find(([, limit]) => side <= limit)?.[0] ?? '8K'
}
