import { measuresOf } from '../../catalogue/answer-files.ts'
import { modelById, needsEarlierResult } from '../../catalogue/catalogue.ts'
import type { Answers } from '../../catalogue/payload.ts'
import { isPaused, quotePrice, type Rates } from '../../catalogue/pricing.ts'
import { nextRequired, staleAnswers } from '../../catalogue/questions.ts'
import type { Refusal } from '../events.ts'
import { canBeHad } from './offer.ts'

/** Prices of an order; `fullKopecks`: when a free one can't be had for nothing just now. */
interface PricedAnswers {
  priceKopecks: number
  fullKopecks: number
  houseCredits: number
}

/** What an order costs, or why it can't be had: the one answer for picks, preview and start. */
export function priceOrder(
  { modelId, answers }: { modelId: string; answers: Answers },
  rates: Rates,
): PricedAnswers | { refusal: Refusal } {
  const model = modelById(modelId)
  if (model !== undefined && isPaused(model, rates)) return { refusal: 'model-paused' }
  if (model === undefined || !canBeHad(model, rates)) return { refusal: 'not-sold' }
  if (needsEarlierResult(model) && answers.task_id === undefined) return { refusal: 'not-sold' }
  const open = nextRequired(model, answers) !== undefined
  if (open || staleAnswers(model, answers).length > 0) return { refusal: 'incomplete' }
  const quote = quotePrice(model, answers, rates, measuresOf(answers))
  if ('unpriced' in quote) return { refusal: 'unpriced' }
  const { kopecks: priceKopecks, fullKopecks, houseCredits } = quote
  return { priceKopecks, fullKopecks, houseCredits }
}
