import type { Model } from '../../machines/catalogue/catalogue.ts'

type Seconds = Readonly<Record<string, number>>

/**
 * What KIE would charge, in credits: the price list's row for this input times its quantity, by the
 * length of the given files. Where that is unknown it is the price of one unit; what only the result
 * shows (its size) is the catalogue's estimate.
 */
export function priceOf(
  model: Model,
  input: Readonly<Record<string, unknown>>,
  seconds: Seconds = {},
): number {
  const { price } = model
  const full = withDefaults(model, input)
  const rate = Array.isArray(price.credits)
    ? price.credits.find(({ when }) => Object.entries(when).every(([k, v]) => full[k] === v))
        ?.credits
    : price.credits
  if (rate === undefined || rate === null) return price.estimateCredits ?? 0
  return rounded(rate * quantityOf(model, full, seconds))
}

const withDefaults = (model: Model, input: Readonly<Record<string, unknown>>) => ({
  ...Object.fromEntries(
    Object.entries(model.input.properties).flatMap(([key, field]) =>
      field.default === undefined ? [] : [[key, field.default]],
    ),
  ),
  ...input,
})

function quantityOf({ price }: Model, full: Record<string, unknown>, seconds: Seconds): number {
  const { unit, quantity } = price
  if (unit === 'generation' || !quantity) return 1
  const field = (name: string | undefined) =>
    name === undefined || full[name] === undefined ? undefined : Number(full[name])
  if (quantity.measure === 'chars') return String(full[quantity.field ?? '']).length / 1000
  if (quantity.formula) return (field('num_frames') ?? 80) / (field('frames_per_second') ?? 16)
  const length = seconds[quantity.mediaField ?? '']
  if (length !== undefined) {
    const started = Math.max(1, Math.ceil(Math.min(length, quantity.max ?? length)))
    return quantity.measure === 'audio_minutes' ? started / 60 : started
  }
  const counted = field(quantity.field) ?? field(quantity.maxField) ?? quantity.default ?? 1
  return counted * (field(quantity.timesField) ?? 1)
}

/** Credits have at most three decimals. */
export const rounded = (credits: number): number => Math.round(credits * 1000) / 1000
