import { modelTitle } from '../../labels/models.ts'
import { formatPrice, formatRub, type OptionPrice, optionPrices } from '../../pricing.ts'
import type { Question } from '../../questions.ts'
import { escapeHtml } from '../../texts/translate.ts'
import type { Draft } from '../context.ts'
import { currentQuestion, extraQuestions, modelOf, neededQuestions } from '../draft.ts'
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

const OPTIONS_PER_PAGE = 12
const EXTRAS_PER_PAGE = 8
const QUOTED_TEXT = 300

/** One question: its buttons, or what to send. */
export function askScreen(scene: Scene): Screen {
  const { t, language, context } = scene
  const draft = context.draft as Draft
  const question = currentQuestion(context)
  if (question === undefined) return previewScreen(scene)
  const needed = neededQuestions(draft)
  const step = needed.findIndex((q) => q.field === question.field)
  const given = draft.answers[question.field]
  const how =
    question.kind === 'media' ? t('ask.photo') : isChoice(question) ? null : t('ask.words')
  const { shown, arrows, note } = paged(
    scene,
    optionButtons(scene, question),
    draft.page,
    OPTIONS_PER_PAGE,
  )
  const wide = shown.some((b) => b.label.length > 18)
  return {
    text: lines(
      `<b>${escapeHtml(modelTitle(modelOf(draft), language))}</b>`,
      step >= 0 && !draft.editing && t('ask.step', { step: step + 1, steps: needed.length }),
      '',
      `<b>${escapeHtml(question.title(language))}</b>`,
      escapeHtml(question.hint(language)),
      given !== undefined && t('ask.now', { value: answerText(scene, question, given) }),
      how,
      ...note,
    ),
    keyboard: [
      ...rows(shown, wide ? 1 : 2),
      ...arrows,
      ...(draft.editing && !question.required && given !== undefined
        ? [[button(t('ask.clear'), { type: 'field.cleared' })]]
        : []),
      draftRow(scene),
    ],
  }
}

const isChoice = (q: Question): boolean => q.kind === 'choice' || q.kind === 'toggle'

/** A button per value, each with its price where the value moves the price. */
function optionButtons({ t, language, context, view }: Scene, question: Question): Button[] {
  if (!isChoice(question)) return []
  const draft = context.draft as Draft
  const prices = optionPrices(modelOf(draft), question.field, draft.answers, view.rates)
  const chosen = draft.answers[question.field] ?? question.default
  const options =
    question.kind === 'toggle'
      ? [
          { value: true, text: t('ask.yes') },
          { value: false, text: t('ask.no') },
        ]
      : (question.options ?? []).map((o) => ({ value: o.value, text: o.label(language) }))
  return options.map(({ value, text }) => {
    const price = prices.find((p: OptionPrice) => p.value === value)
    const cost = price === undefined ? '' : ` · ${formatPrice(price.kopecks, language)}`
    const tick = value === chosen ? '✓ ' : ''
    return button(`${tick}${text}${cost}`, { type: 'option.chosen', value })
  })
}

/** An answer as the user knows it. */
function answerText({ t, language }: Scene, question: Question, value: unknown): string {
  if (question.kind === 'media') return t('preview.photo')
  if (question.kind === 'toggle') return value === true ? t('ask.yes') : t('ask.no')
  const option = question.options?.find((o) => o.value === value)
  return option?.label(language) ?? excerpt(String(value), QUOTED_TEXT)
}

/** All answers, the price and the balance; the only screen that can start a job. */
export function previewScreen(scene: Scene): Screen {
  const { t, language, context } = scene
  const draft = context.draft as Draft
  const model = modelOf(draft)
  const { quote, refusal } = context
  const asked = [...neededQuestions(draft), ...extraQuestions(draft)]
  const answered = asked.filter((q) => q.field in draft.answers)
  const missing = quote === null ? 0 : quote.priceKopecks - quote.availableKopecks
  const affordable = quote !== null && missing <= 0
  return {
    text: lines(
      t('preview.title'),
      `<b>${escapeHtml(modelTitle(model, language))}</b>`,
      '',
      ...answered.map(
        (q) =>
          `• ${escapeHtml(q.name(language))}: ` +
          `<i>${escapeHtml(answerText(scene, q, draft.answers[q.field]))}</i>`,
      ),
      '',
      quote !== null && t('preview.price', { price: formatPrice(quote.priceKopecks, language) }),
      quote !== null &&
        t('preview.balance', { balance: formatRub(quote.availableKopecks, language) }),
      quote !== null &&
        affordable &&
        (quote.priceKopecks > 0 ? t('preview.promise') : t('preview.promiseFree')),
      quote !== null && !affordable && t('preview.poor', { missing: formatRub(missing, language) }),
      refusal !== null && t(`preview.refused.${refusal}`),
    ),
    keyboard: [
      ...(affordable
        ? [[button(t('preview.run'), { type: 'run.confirmed', serial: context.serial })]]
        : []),
      ...rows(
        neededQuestions(draft).map((q) =>
          button(t('preview.edit', { field: q.name(language) }), {
            type: 'field.opened',
            field: q.field,
          }),
        ),
        2,
      ),
      ...(extraQuestions(draft).length > 0
        ? [[button(t('preview.extras'), { type: 'extras.opened' })]]
        : []),
      draftRow(scene),
    ],
  }
}

/** The optional settings, each with its present value. */
export function extrasScreen(scene: Scene): Screen {
  const { t, language, context } = scene
  const draft = context.draft as Draft
  const { shown, arrows, note } = paged(scene, extraQuestions(draft), draft.page, EXTRAS_PER_PAGE)
  return {
    text: lines(t('extras.title'), ...note),
    keyboard: [
      ...shown.map((q) => {
        const given = draft.answers[q.field] ?? q.default
        const now = given === undefined ? '' : `: ${excerpt(answerText(scene, q, given), 20)}`
        return [
          button(`${q.name(language)}${now}`, { type: 'field.opened' as const, field: q.field }),
        ]
      }),
      ...arrows,
      draftRow(scene),
    ],
  }
}
