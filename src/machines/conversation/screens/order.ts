import { sentDefaults } from '../../catalogue/payload.ts'
import { formatPrice, formatRub, fromPrice } from '../../catalogue/pricing.ts'
import type { Question } from '../../catalogue/questions.ts'
import { orderSize } from '../../catalogue/usual-order.ts'
import { answerLabel } from '../../labels/answers.ts'
import { modelTitle } from '../../labels/models.ts'
import { escapeHtml } from '../../texts/translate.ts'
import { packStars } from '../../topup/amounts.ts'
import type { ConversationContext, Draft } from '../context.ts'
import type { QuoteFacts } from '../events.ts'
import { extraQuestions, modelOf, neededQuestions } from '../order/draft.ts'
import { answerText, droppedLines } from './ask.ts'
import { freeLines, remindRow } from './free.ts'
import {
  type Button,
  button,
  draftRow,
  excerpt,
  lines,
  paged,
  rows,
  type Scene,
  type Screen,
} from './screen.ts'
import { neededTopup, topupButtons } from './topup.ts'

const EXTRAS_PER_PAGE = 8
/** Room for all answers together, so that the whole screen fits into one message. */
const ANSWERS_LENGTH = 2_400
const LONGEST_ANSWER = 400

/** All answers, the price and the balance; the only screen that can start a job. */
export function previewScreen(scene: Scene): Screen {
  const { t, language, context } = scene
  const draft = context.draft as Draft
  const needed = neededQuestions(draft)
  const extras = extraQuestions(draft)
  const { quote, refusal } = context
  const ready = quote !== null && missing(context) <= 0 && !isOver(quote)
  return {
    text: lines(
      t('preview.title'),
      `<b>${escapeHtml(modelTitle(modelOf(draft), language))}</b>`,
      '',
      ...answerLines(scene, [...needed, ...extras]),
      '',
      ...droppedLines(scene),
      ...moneyLines(scene),
      refusal !== null && t(`preview.refused.${refusal}`),
    ),
    keyboard: [
      ...(ready
        ? [[button(t('preview.run'), { type: 'run.confirmed', serial: context.serial })]]
        : [
            ...lackRows(scene),
            [button(t('preview.recheck'), { type: 'quote.repeated' as const })],
          ]),
      ...remindRow(scene, quote?.free),
      ...rows(
        [...needed, ...extras.filter((q) => q.field in draft.answers)].map((q) =>
          button(t('preview.edit', { field: q.name(language) }), {
            type: 'field.opened',
            field: q.field,
          }),
        ),
        2,
      ),
      ...(extras.length > 0
        ? [[button(t('preview.extras'), { type: 'extras.opened' as const })]]
        : []),
      draftRow(scene),
    ],
  }
}

/** Nothing is free now, and there is no price to have it at once. */
const isOver = ({ priceKopecks, free }: QuoteFacts): boolean =>
  priceKopecks === 0 && free?.nextAt != null

/** The way to what is missing for the order. */
const lackRows = (scene: Scene): Button[][] => {
  const { t, context, view } = scene
  const lacking = missing(context)
  if (lacking <= 0 || view.topup === undefined) return []
  const stars = packStars(lacking, view.topup)
  return [
    [button(t('preview.pay', { stars }), { type: 'order.paid', serial: context.serial })],
    ...topupButtons(scene, neededTopup(lacking)).map((one) => [one]),
  ]
}

/** How much the user lacks; what is not positive is enough. */
const missing = ({ quote }: ConversationContext): number =>
  quote === null ? 0 : quote.priceKopecks - quote.availableKopecks

/** What is going to be sent: the answers, and the defaults that set the price. */
function answerLines(scene: Scene, questions: readonly Question[]): string[] {
  const draft = scene.context.draft as Draft
  const values: Record<string, unknown> = { ...sentDefaults(modelOf(draft)), ...draft.answers }
  const shown = questions.filter((q) => values[q.field] !== undefined)
  const limit = Math.min(LONGEST_ANSWER, Math.floor(ANSWERS_LENGTH / Math.max(1, shown.length)))
  return shown.map((q) => {
    const value = answerText(scene, q, values[q.field], limit)
    return `• ${escapeHtml(q.name(scene.language))}: <i>${value}</i>`
  })
}

function moneyLines(scene: Scene): (string | false)[] {
  const { t, language, context, view } = scene
  const { quote } = context
  if (quote === null) return []
  const lacking = missing(context)
  const play = scene.view.isPlay === true && t('preview.play')
  if (quote.priceKopecks === 0) {
    return [
      play,
      t('preview.price', { price: formatPrice(0, language) }),
      !isOver(quote) && t('preview.promiseFree'),
      ...freeLines(scene, quote.free),
    ]
  }
  return [
    ...(quote.free == null ? [] : [...freeLines(scene, quote.free), '']),
    play,
    priceLine(scene, quote.priceKopecks),
    t('preview.balance', { balance: formatRub(quote.availableKopecks, language, view.rates) }),
    lacking > 0
      ? t('preview.poor', { missing: formatRub(lacking, language, view.rates) })
      : t('preview.promise'),
  ]
}

/** What the order costs; what is sold by the second with its length. */
function priceLine({ t, language, context, view }: Scene, kopecks: number): string {
  const draft = context.draft as Draft
  const model = modelOf(draft)
  const price = formatPrice(kopecks, language, view.rates)
  const list = fromPrice(model, view.rates)
  const { seconds } = orderSize(model, draft.answers)
  if (seconds === undefined || !('per' in list) || list.per !== 'second') {
    return t('preview.price', { price })
  }
  const each = Math.round(kopecks / seconds)
  return each * seconds === kopecks
    ? t('preview.priceEach', { price, seconds, each: formatPrice(each, language) })
    : t('preview.priceLength', { price, seconds })
}

/** The optional settings, each with its present value. */
export function extrasScreen(scene: Scene): Screen {
  const { t, language, context } = scene
  const draft = context.draft as Draft
  const { shown, arrows, note } = paged(scene, extraQuestions(draft), draft.page, EXTRAS_PER_PAGE)
  return {
    text: lines(t('extras.title'), ...droppedLines(scene), ...note),
    keyboard: [
      ...shown.map((q) => {
        const given = draft.answers[q.field] ?? q.default
        const value = answerLabel(modelOf(draft), q.field, given, language)
        const now = given === undefined ? '' : `: ${excerpt(value, 30)}`
        return [button(q.name(language) + now, { type: 'field.opened' as const, field: q.field })]
      }),
      ...arrows,
      draftRow(scene),
    ],
  }
}
