import type { Language } from '../texts/translate.ts'
import { measuresOf } from './answer-files.ts'
import { isSold, type Model } from './catalogue.ts'
import { multiplyHalfUp } from './decimal.ts'
import { oncePer } from './once-per.ts'
import { priceSum, rateOf, timesOf } from './price-sum.ts'
import {
  assumedValue,
  type Basis,
  countedMedia,
  countedTexts,
  isScalar,
  type Measures,
  measuredMedia,
  type PricedInput,
  pricedValues,
  priceFields,
  toMilli,
} from './pricing-measure.ts'
import type { Scalar } from './schema.ts'

/** Why an order has no price: what has none cannot be confirmed. */
export type Unpriced = 'not-sold' | 'no-price' | 'incomplete' | 'no-rule' | 'unmeasured'

/**
 * The cost of one order. The user pays for `credits` (0 for a free model), the provider charges us
 * `houseCredits`; an `estimate` means that the provider may count differently.
 */
export type Quote =
  | { readonly credits: number; readonly houseCredits: number; readonly basis: Basis }
  | { readonly unpriced: Unpriced }

/** What admins decided about a model while the bot runs, over what its file says. */
export interface ModelTerms {
  /** Nobody can order it for now. */
  readonly isPaused?: boolean
  /** In place of the general markup. */
  readonly markup?: number
  /** Costs the user nothing for now. */
  readonly isFree?: boolean
  /** The template whose example shows what it makes. */
  readonly example?: string
}

/**
 * What turns credits into roubles, and what the operator sells although its facts advise not to.
 * Never changed in place: other terms are another object, so what was worked out can be kept by it.
 */
export interface Rates {
  readonly usdRubRate: number
  readonly markup: number
  /** Below it a price brings less than it costs; 1 unless said. */
  readonly leastMarkup?: number
  /** Ids of delisted and discontinued models that are on offer all the same. */
  readonly switchedOn?: ReadonlySet<string>
  /** By the ids of models. */
  readonly terms?: ReadonlyMap<string, ModelTerms>
}

/** The template that shows what a model makes; undefined: none has an example. */
export const exampleOf = (modelId: string, { terms }: Rates): string | undefined =>
  terms?.get(modelId)?.example

/** Whether nobody can order it for now, although it is on offer. */
export const isPaused = ({ id }: Model, { terms }: Rates): boolean =>
  terms?.get(id)?.isPaused === true

/** Whether it costs the user nothing: by its file, or for now. */
export const isFree = ({ id, free }: Model, { terms }: Rates): boolean =>
  free || terms?.get(id)?.isFree === true

/** The least markup at which a price brings what it costs. */
export const leastMarkup = ({ leastMarkup = 1 }: Rates): number => Math.max(1, leastMarkup)

/** The rates of one model: a markup of its own stands, but never below cost. */
function ratesOf({ id }: Model, rates: Rates): Rates {
  const own = rates.terms?.get(id)?.markup
  return own === undefined ? rates : { ...rates, markup: Math.max(own, leastMarkup(rates)) }
}

/** Whether a model is on offer here: sold by its facts, or switched on by the operator. */
export const isOnOffer = (model: Model, { switchedOn }: Rates): boolean =>
  isSold(model) || switchedOn?.has(model.id) === true

/** What a list price is for: one run, or one unit of something that is not known yet. */
export type PricePer = 'run' | 'second' | 'minute' | '1000_chars'

/** The dollar price of a credit by the provider's price texts (8 credits = $0.04, October 2026). */
const usdPerCredit = 0.005

/** The cost of an order in credits; an open required field or unknown length leaves it unpriced. */
export function quoteCredits(
  model: Model,
  input: PricedInput,
  measures: Measures = {},
  offered = isSold(model),
): Quote {
  if (!offered) return { unpriced: 'not-sold' }
  const values = pricedValues(model, input)
  if (values === undefined) return { unpriced: 'incomplete' }
  const priced = { input, values, measures: withLeastFiles(model, measures) }
  const sum = priceSum(model, priced)
  if (sum === 'no-price' || sum === 'no-rule') return { unpriced: sum }
  if (sum !== 'unmeasured') return quoteOf(model, sum.milli, sum.basis)
  const { estimateCredits, quantity } = model.price
  if (estimateCredits === undefined) return { unpriced: 'unmeasured' }
  return quoteOf(model, toMilli(estimateCredits) * timesOf(quantity, priced), 'estimate')
}

/**
 * Files that are charged by their number and must be given count from the start, as many as are
 * asked for at least: no order is cheaper.
 */
function withLeastFiles(model: Model, measures: Measures): Measures {
  const { required, properties } = model.input
  const absent = countedMedia(model).filter(
    (field) => required.includes(field) && !measures.media?.[field]?.length,
  )
  if (absent.length === 0) return measures
  const least = absent.map((field) => {
    const { minItems = 1 } = properties[field] ?? {}
    return [field, Array(Math.max(1, minItems)).fill({})]
  })
  return { ...measures, media: { ...measures.media, ...Object.fromEntries(least) } }
}

/**
 * Credits × $0.005 × rate × markup in integer kopecks, rounded half up, in exact decimals. What costs
 * anything costs at least a kopeck: a price of 0 means free.
 */
export function priceKopecks(credits: number, { usdRubRate, markup }: Rates): number {
  const kopecks = multiplyHalfUp(credits, usdPerCredit, usdRubRate, markup, 100)
  return credits > 0 ? Math.max(1, kopecks) : kopecks
}

/** What an order costs. */
export type PricedOrder = Extract<Quote, { credits: number }> & {
  readonly kopecks: number
  /** What it costs when it can't be had for nothing. */
  readonly fullKopecks: number
}

/** The one price of an order, used by preview, hold and capture alike. */
export function quotePrice(
  model: Model,
  input: PricedInput,
  rates: Rates,
  measures: Measures = {},
): PricedOrder | { unpriced: Unpriced } {
  const quote = quoteCredits(model, input, measures, isOnOffer(model, rates))
  if ('unpriced' in quote) return quote
  const fullKopecks = priceKopecks(quote.houseCredits, ratesOf(model, rates))
  if (isFree(model, rates)) return { ...quote, credits: 0, kopecks: 0, fullKopecks }
  return { ...quote, kopecks: fullKopecks, fullKopecks }
}

/** The price of one run, or of one unit where the length of a file or text decides. */
export type ListPrice =
  | { readonly kopecks: number; readonly per: PricePer; readonly varies: boolean }
  | { readonly unpriced: Unpriced }

/** The cheapest price at which a model can be had; `varies` says that other choices cost more. */
export const fromPrice = (model: Model, rates: Rates): ListPrice => leastPrices(rates)(model)

const leastPrices = oncePer((rates: Rates) =>
  oncePer((model: Model) => cheapest(model, combinations(model, priceFields(model), {}), rates)),
)

/** The price of one value of a field. */
export interface OptionPrice {
  readonly value: Scalar
  readonly kopecks: number
  readonly per: PricePer
  readonly varies: boolean
}

/**
 * The price of each value of a field next to the other answers, for its buttons; empty when the
 * field does not move the price. Values that have no price in this combination are left out.
 */
export function optionPrices(
  model: Model,
  field: string,
  input: PricedInput,
  rates: Rates,
): readonly OptionPrice[] {
  if (!priceFields(model).includes(field)) return []
  const open = priceFields(model).filter(
    (f) => f !== field && !isScalar(input[f]) && model.input.required.includes(f),
  )
  const prices = choicesOf(model, field).flatMap((value) => {
    const inputs = combinations(model, open, { ...input, [field]: value })
    const price = cheapest(model, inputs, rates, measuresKnown(model, input))
    return 'unpriced' in price ? [] : [{ value, ...price }]
  })
  return new Set(prices.map((p) => p.kopecks)).size > 1 ? prices : []
}

/** What is known of the files among the answers, once every file that is measured is there. */
function measuresKnown(model: Model, input: PricedInput): Measures | undefined {
  const known = measuresOf(input)
  const due = neededMedia(model).every((field) => (known.media?.[field]?.length ?? 0) > 0)
  return due && known.media !== undefined && Object.keys(known.media).length > 0 ? known : undefined
}

function cheapest(
  model: Model,
  inputs: readonly PricedInput[],
  rates: Rates,
  known?: Measures,
): ListPrice {
  const per =
    known !== undefined && model.price.quantity?.measure !== 'chars' ? 'run' : perOf(model)
  const offered = isOnOffer(model, rates)
  const measures = known ?? oneUnit(model)
  const quotes = inputs.flatMap((i) =>
    possibleQuotes(model, oneUnitOfText(model, i), offered, measures),
  )
  const credits = quotes.flatMap((q) => ('unpriced' in q ? [] : [q.credits]))
  const [first = { unpriced: 'no-price' as const }] = quotes
  if (credits.length === 0) return 'unpriced' in first ? first : { unpriced: 'no-price' }
  const least = Math.min(...credits)
  if (isFree(model, rates)) return { kopecks: 0, per, varies: false }
  const kopecks = priceKopecks(least, ratesOf(model, rates))
  return { kopecks, per, varies: credits.some((c) => c > least) }
}

/** The quote of an order; where only a file's size will tell which row it is, one for each row. */
function possibleQuotes(
  model: Model,
  input: PricedInput,
  offered: boolean,
  measures: Measures,
): Quote[] {
  const quote = quoteCredits(model, input, measures, offered)
  const [part] = model.price.parts
  if ('unpriced' in quote || !Array.isArray(part?.credits)) return [quote]
  const values = pricedValues(model, input)
  if (values === undefined) return [quote]
  const priced = { input, values, measures }
  if (rateOf(part, priced) !== 'unmeasured') return [quote]
  const times = timesOf(part.quantity, priced)
  return part.credits.map((row) => quoteOf(model, toMilli(row.credits) * times, 'estimate'))
}

function perOf({ price }: Model): PricePer {
  if (price.quantity?.measure === undefined || price.quantity.formula) return 'run'
  const { unit } = price
  return unit === 'second' || unit === 'minute' || unit === '1000_chars' ? unit : 'run'
}

/** One second or minute of every file that must be given. */
function oneUnit(model: Model): Measures {
  const duration = model.price.unit === 'minute' ? 60 : 1
  return { media: Object.fromEntries(neededMedia(model).map((field) => [field, [{ duration }]])) }
}

/** Inputs whose files are measured and must be given. */
const neededMedia = (model: Model): readonly string[] =>
  measuredMedia(model).filter(
    (field) => model.input.required.includes(field) || model.price.quantity?.media_field === field,
  )

/** A thousand characters where characters are counted. */
function oneUnitOfText(model: Model, input: PricedInput): PricedInput {
  const texts = countedTexts(model).map((path) => {
    const [list = '', part] = path.split('[].')
    const words = 'x'.repeat(1000)
    return [list, part === undefined ? words : [{ [part]: words }]]
  })
  return { ...input, ...Object.fromEntries(texts) }
}

/** Every combination of the everyday choices; advanced fields stay at what is assumed or below. */
function combinations(
  model: Model,
  fields: readonly string[],
  input: PricedInput,
): readonly PricedInput[] {
  return fields.reduce<readonly PricedInput[]>(
    (inputs, field) => {
      const choices = choicesOf(model, field)
      return inputs.flatMap((i) => choices.map((value) => ({ ...i, [field]: value })))
    },
    [input],
  )
}

function choicesOf(model: Model, field: string): readonly Scalar[] {
  const schema = model.input.properties[field]
  const assumed = assumedValue(model, field)
  if (schema === undefined) return []
  const least = schema.minimum ?? assumed
  if (schema['x-advanced'] && assumed !== undefined) {
    const isLess = schema.enum === undefined && Number(least) < Number(assumed)
    return isLess ? [least as Scalar, assumed] : [assumed]
  }
  if (schema.enum) return schema.enum
  if (schema.type === 'boolean') return [false, true]
  return least === undefined ? [] : [...new Set([least, schema.maximum ?? least])]
}

function quoteOf(model: Model, milli: number, basis: Basis): Quote {
  const houseCredits = milli / 1000
  if (model.free) return { credits: 0, houseCredits, basis: 'exact' }
  return { credits: houseCredits, houseCredits, basis }
}

/**
 * An amount of money: "1 234,50 ₽" in Russian, "1,234.50 ₽" in English; with rates also what that is
 * in dollars, for those who don't think in roubles.
 */
export function formatRub(
  kopecks: number,
  language: Language,
  rates?: Pick<Rates, 'usdRubRate'>,
): string {
  const roubles = inRoubles(kopecks, language)
  if (language === 'ru' || rates === undefined || kopecks === 0) return roubles
  const dollars = Math.abs(kopecks) / 100 / rates.usdRubRate
  const text = dollars.toFixed(dollars < 0.01 ? 3 : 2)
  return `${roubles}\u00a0≈\u00a0${kopecks < 0 ? '−' : ''}$${text}`
}

function inRoubles(kopecks: number, language: Language): string {
  const [thousands, point] = language === 'ru' ? ['\u00a0', ','] : [',', '.']
  const size = Math.abs(kopecks)
  const roubles = String(Math.floor(size / 100)).replace(/\B(?=(\d{3})+$)/g, thousands)
  const sign = kopecks < 0 ? '−' : ''
  return `${sign}${roubles}${point}${String(size % 100).padStart(2, '0')}\u00a0₽`
}

/** The price of an order as users read it; nothing to pay reads "free". */
export function formatPrice(
  kopecks: number,
  language: Language,
  rates?: Pick<Rates, 'usdRubRate'>,
): string {
  if (kopecks === 0) return language === 'ru' ? 'бесплатно' : 'free'
  return formatRub(kopecks, language, rates)
}
