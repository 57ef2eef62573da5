import { measuresOf } from '../../catalogue/answer-files.ts'
import { modelById } from '../../catalogue/catalogue.ts'
import type { Answers } from '../../catalogue/payload.ts'
import { formatPrice, quotePrice, type Rates } from '../../catalogue/pricing.ts'
import { type Language, translator } from '../../texts/translate.ts'
import { newDraft } from '../order/draft.ts'
import { canBeHad } from '../order/offer.ts'
import { wordingOf } from '../order/text-answers.ts'
import { mediaTakers, outputKind } from './compatible-models.ts'
import { followUpTask } from './follow-ups.ts'
import { type ResultTap, tapData } from './message-taps.ts'

/** An order whose result stands in the chat. */
export interface DeliveredOrder {
  readonly jobId: string
  readonly modelId: string
  readonly answers: Answers
  readonly saved: boolean
}

/** A button as Telegram takes it. */
export interface MessageButton {
  readonly text: string
  readonly callback_data: string
}

/** What this very order costs now; null: it can't be had, or has no price. */
export function priceNow(
  { modelId, answers }: Pick<DeliveredOrder, 'modelId' | 'answers'>,
  rates: Rates,
): number | null {
  const model = modelById(modelId)
  if (model === undefined || !canBeHad(model, rates)) return null
  const quote = quotePrice(model, answers, rates, measuresOf(answers))
  return 'unpriced' in quote ? null : quote.kopecks
}

/** The buttons of a message with a result, in rows; only what can be done with it. */
export function messageButtons(
  order: DeliveredOrder,
  rates: Rates,
  language: Language,
): MessageButton[][] {
  const { jobId, modelId, answers, saved } = order
  const t = translator(language)
  const model = modelById(modelId)
  const key = (text: string, tap: ResultTap): MessageButton => ({
    text,
    callback_data: tapData(tap),
  })
  const simple = (
    text: string,
    verb: Exclude<ResultTap['type'], 'result.again'>,
    isShown: boolean,
  ): MessageButton[] => (isShown ? [key(text, { type: verb, jobId })] : [])
  const isOffered = model !== undefined && canBeHad(model, rates)
  const priceKopecks = priceNow(order, rates)
  const price = priceKopecks === null ? '' : ` · ${formatPrice(priceKopecks, language, rates)}`
  const kind = outputKind(modelId)
  const hasWords = isOffered && wordingOf({ ...newDraft(modelId), answers }) !== undefined
  const rest = [
    ...simple(t('result.reword'), 'result.reword', hasWords),
    ...simple(t('result.vary'), 'result.vary', priceKopecks !== null),
    ...simple(t('result.enhance'), 'result.enhance', followUpTask('enhance', kind) !== undefined),
    ...simple(t('result.animate'), 'result.animate', followUpTask('animate', kind) !== undefined),
    ...simple(t('result.reuse'), 'result.reuse', mediaTakers(kind, rates).length > 0),
    ...simple(t('result.original'), 'result.original', kind === 'image' || kind === 'video'),
    ...simple(t('nav.share'), 'result.share', model !== undefined),
    ...simple(t('done.save'), 'result.favoured', !saved),
    ...simple(t('done.forget'), 'result.unfavoured', saved),
  ]
  const again = isOffered
    ? [[key(t('done.again') + price, { type: 'result.again', jobId, priceKopecks })]]
    : []
  return [
    ...again,
    ...rest.flatMap((b, i) => (i % 2 === 0 ? [[b, ...rest.slice(i + 1, i + 2)]] : [])),
  ]
}
