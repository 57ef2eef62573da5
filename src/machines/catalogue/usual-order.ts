import { filesOf } from './answer-files.ts'
import type { Model } from './catalogue.ts'
import { oncePer } from './once-per.ts'
import { type Answers, sentDefaults } from './payload.ts'
import { pickTasks, TIERS } from './picks.ts'
import { fromPrice, type ListPrice, quotePrice, type Rates } from './pricing.ts'
import { assumedValue, priceFields } from './pricing-measure.ts'
import { questionsOf } from './questions.ts'
import type { Scalar } from './schema.ts'

const preset = new Map(
  pickTasks.flatMap((task) => TIERS.map((tier) => [task[tier].model, task[tier].answers])),
)

/**
 * The choices that most people order a model with: those of its pick, else what its documents name,
 * else the first of the values. Words and files are not among them.
 */
export const usualAnswers = oncePer((model: Model): Answers => {
  const answers: Record<string, unknown> = { ...preset.get(model.id) }
  // Each round answers one question; answers may bring up others.
  for (;;) {
    const open = questionsOf(model, answers).find(
      (q) => q.required && q.media === undefined && q.options?.length && !(q.field in answers),
    )
    if (open === undefined) return answers
    const assumed = assumedValue(model, open.field)
    const isOffered = open.options?.some(({ value }) => value === assumed)
    answers[open.field] = isOffered ? assumed : open.options?.[0]?.value
  }
})

/** The price of what one gets without changing anything; per unit where a file or text decides. */
export const usualPrice = (model: Model, rates: Rates): ListPrice => usualPrices(rates)(model)

const usualPrices = oncePer((rates: Rates) => oncePer((model: Model) => workedOut(model, rates)))

function workedOut(model: Model, rates: Rates): ListPrice {
  const from = fromPrice(model, rates)
  const quote = quotePrice(model, usualAnswers(model), rates)
  return 'unpriced' in quote || ('per' in from && from.per !== 'run' && quote.kopecks === 0)
    ? from
    : { kopecks: quote.kopecks, per: 'run', varies: isVaried(model) }
}

const isVaried = (model: Model): boolean => priceFields(model).length > 0

/** How much an order makes: seconds, or the size of a picture; undefined where nothing says so. */
export interface OrderSize {
  seconds?: number
  size?: string
}

const SECONDS = ['duration', 'n_frames', 'duration_seconds']
const SIZES = ['resolution', 'image_resolution']

export function orderSize(model: Model, answers: Answers): OrderSize {
  const values: Record<string, unknown> = { ...sentDefaults(model), ...answers }
  const of = (fields: readonly string[]): Scalar | undefined =>
    fields
      .filter((field) => model.input.properties[field] !== undefined)
      .map((field) => (values[field] ?? assumedValue(model, field)) as Scalar | undefined)
      .find((value) => value !== undefined)
  const { media_field: mediaField = '' } = model.price.quantity ?? {}
  const lengths = filesOf(answers[mediaField]).map(({ duration = 0 }) => duration)
  const given = Math.ceil(lengths.reduce((sum, length) => sum + length, 0))
  const made = model.output === 'image' ? undefined : Number(of(SECONDS))
  const seconds = given > 0 ? given : made
  const size = of(SIZES)
  return {
    ...(seconds !== undefined && Number.isFinite(seconds) && { seconds }),
    ...(typeof size === 'string' && { size }),
  }
}
