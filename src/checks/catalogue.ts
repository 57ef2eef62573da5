import {
  allModels,
  everyModel,
  hasPrice,
  isSold,
  type Model,
  needsEarlierResult,
} from '../machines/catalogue/catalogue.ts'
import { foundingModels } from '../machines/catalogue/founding.ts'
import { pickFaults, pickTasks } from '../machines/catalogue/picks.ts'
import {
  fromPrice,
  isFree,
  isOnOffer,
  type ListPrice,
  type Rates,
} from '../machines/catalogue/pricing.ts'
import { shippedTemplates, templateFaults } from '../machines/catalogue/templates.ts'
import { validateCatalogue } from '../machines/catalogue/validation.ts'
import { type Finding, fail, failures, ok } from './run-checks.ts'

/** The founding documents' number of models; others are counted apart. */
const MODELS = 72

/** The model files keep their own rules, and none of the founding list is missing. */
export function checkCatalogue(): Finding[] {
  const faults = [...validateCatalogue()]
  const founding = foundingModels.length
  if (founding !== MODELS) faults.push(`${founding} founding models instead of ${MODELS}`)
  const sold = allModels.filter(isSold).length
  return failures(
    faults,
    `${everyModel.length} models, ${sold} on offer`,
    'What the line names is sold only as far as it can be read.',
    'Mend the file that the line names; models/README.md says what it may hold.',
  )
}

/** What one tap orders is on sale, has a price, and every choice in it is valid. */
export const checkPicks = (rates: Rates): Finding[] =>
  failures(
    pickFaults(rates),
    `${pickTasks.length} tasks with their fast, best and cheap model`,
    'The order by one tap is missing where its model cannot be ordered like this.',
    'Name another model or other answers in models/picks.json.',
  )

/** What a template orders is on sale and has a price, and its words can be filled in. */
export const checkTemplates = (rates: Rates): Finding[] =>
  failures(
    templateFaults(rates),
    `${shippedTemplates.length} templates`,
    'Whoever takes the template cannot order it.',
    'Mend models/templates.json.',
  )

/** Every model on offer has a price: nothing for the free ones, something for all others. */
export function checkPrices(
  rates: Rates,
  priceOf: (model: Model, rates: Rates) => ListPrice = fromPrice,
): Finding[] {
  const offered = allModels.filter((model) => isOnOffer(model, rates) && hasPrice(model))
  const unpriced = allModels.filter((model) => isOnOffer(model, rates) && !hasPrice(model))
  const wrong = offered.flatMap((model) => {
    const price = priceOf(model, rates)
    // What continues an earlier result is measured by that result: no list can name its price.
    if ('unpriced' in price && needsEarlierResult(model)) return []
    if ('unpriced' in price) return [`${model.id} has no price: ${price.unpriced}`]
    const fits = isFree(model, rates) ? price.kopecks === 0 : price.kopecks > 0
    return fits ? [] : [`${model.id} costs ${price.kopecks} kopecks`]
  })
  return [
    ...unpriced.map((model) =>
      fail(
        `${model.id} is on offer without a price`,
        'It is shown and can not be ordered.',
        'Write its price into its file, or take it off the shelf.',
      ),
    ),
    ...failures(
      wrong,
      `${offered.length} models priced`,
      'It would be sold for nothing, or not at all.',
      'Correct price.credits in its file; see PRICE_MARKUP and USD_RUB_RATE too.',
    ),
  ]
}

/** What is on sale in numbers, for `--detailed`. */
export function countByCategory(): Finding[] {
  const counts = Map.groupBy(allModels.filter(isSold), ({ category }) => category)
  return [...counts].map(([category, members]) => ok(`${category}: ${members.length} on offer`))
}

/** The dearest of the cheapest orders, in credits: what the account must hold to sell everything. */
export const dearestOrder = (): number =>
  Math.max(
    0,
    ...allModels
      .filter(isSold)
      .flatMap(({ price: { credits } }) =>
        Array.isArray(credits) ? [Math.min(...credits.map((row) => row.credits))] : (credits ?? []),
      ),
  )
