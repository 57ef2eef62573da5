import type { Model } from '../../machines/catalogue.ts'

/**
 * What KIE would charge, in credits: the price list's row for this input times its quantity. The
 * fake doesn't measure media: there it is the catalogue's estimate, or the price of one unit.
 */
export function priceOf(model: Model, input: Readonly<Record<string, unknown>>): number {
  const { price } = model
  const full = withDefaults(model, input)
  const rate = Array.isArray(price.credits)
    ? price.credits.find(({ when }) => Object.entries(when).every(([k, v]) => full[k] === v))
        ?.credits
    : price.credits
  if (rate === undefined || rate === null) return price.estimateCredits ?? 0
  return rounded(rate * quantityOf(model, full))
}

const withDefaults = (model: Model, input: Readonly<Record<string, unknown>>) => ({
  ...Object.fromEntries(
    Object.entries(model.input.properties).flatMap(([key, field]) =>
      field.default === undefined ? [] : [[key, field.default]],
    ),
  ),
  ...input,
})

function quantityOf({ price }: Model, full: Record<string, unknown>): number {
  const { unit, quantity } = price
  if (unit === 'generation' || !quantity) return 1
  const field = (name: string | undefined) =>
    name === undefined || full[name] === undefined ? undefined : Number(full[name])
  if (quantity.measure === 'chars') return String(full[quantity.field ?? '']).length / 1000
  if (quantity.formula) return (field('num_frames') ?? 80) / (field('frames_per_second') ?? 16)
  const counted = field(quantity.field) ?? field(quantity.maxField) ?? quantity.default ?? 1
  return counted * (field(quantity.timesField) ?? 1)
}

/** Credits have at most three decimals. */
export const rounded = (credits: number): number => Math.round(credits * 1000) / 1000
