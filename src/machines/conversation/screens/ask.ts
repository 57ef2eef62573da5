import { answerLabel } from '../../labels/answers.ts'
import { modelTitle } from '../../labels/models.ts'
import { priceLabel } from '../../labels/prices.ts'
import { typeNames } from '../../media.ts'
import { optionPrices } from '../../pricing.ts'
import type { Question } from '../../questions.ts'
import { escapeHtml } from '../../texts/translate.ts'
import type { Draft } from '../context.ts'
import { currentQuestion, modelOf, neededQuestions } from '../draft.ts'
import {
  type Button,
  button,
  draftRow,
  lines,
  paged,
  quoted,
  rows,
  type Scene,
  type Screen,
} from './screen.ts'

const OPTIONS_PER_PAGE = 12
/** Telegram's limit of one message, and so of one answer. */
const MESSAGE_LENGTH = 4096
const QUOTED = 400

/** One question: its buttons, or what to send. */
export function askScreen(scene: Scene): Screen {
  const { t, language, context } = scene
  const draft = context.draft as Draft
  const question = currentQuestion(context) as Question
  const given = draft.answers[question.field]
  const options = optionButtons(scene, question)
  const { shown, arrows, note } = paged(scene, options, draft.page, OPTIONS_PER_PAGE)
  return {
    text: lines(
      `<b>${escapeHtml(modelTitle(modelOf(draft), language))}</b>`,
      draft.origin === 'order' && stepLine(scene, question),
      '',
      `<b>${escapeHtml(question.title(language))}</b>`,
      escapeHtml(question.hint(language)),
      draft.dropped.includes(question.field) && t('ask.again'),
      given !== undefined && t('ask.now', { value: answerText(scene, question, given, QUOTED) }),
      '',
      ...howLines(scene, question),
      ...note,
    ),
    keyboard: [
      ...rows(shown, perRow(shown)),
      ...arrows,
      ...(given !== undefined && question.required
        ? [[button(t('ask.keep'), { type: 'answer.kept' as const })]]
        : []),
      ...(given !== undefined && !question.required
        ? [[button(t('ask.clear'), { type: 'field.cleared' as const })]]
        : []),
      draftRow(scene),
    ],
  }
}

function stepLine({ t, context }: Scene, question: Question): string | false {
  const needed = neededQuestions(context.draft as Draft)
  const step = needed.findIndex((q) => q.field === question.field) + 1
  return step > 0 && needed.length > 1 && t('ask.step', { step, steps: needed.length })
}

/** How to answer, and within which bounds. */
function howLines({ t, context }: Scene, question: Question): (string | false)[] {
  const { kind, media, min, max, maxLength } = question
  if (media !== undefined) {
    const types = typeNames(media.accept)
    return [t('ask.photo'), t('ask.photoLimits', { types, size: media.maxSizeMb })]
  }
  if (kind === 'choice' || kind === 'toggle') return [t('ask.choose')]
  const range =
    min !== undefined && max !== undefined
      ? t('ask.range', { min, max })
      : min !== undefined && min > 0 && t('ask.atLeast', { min })
  const length =
    maxLength !== undefined && t('ask.length', { max: Math.min(maxLength, MESSAGE_LENGTH) })
  const wantsPicture = neededQuestions(context.draft as Draft).some(
    (q) => q.kind === 'media' && context.draft?.answers[q.field] === undefined,
  )
  return [
    t('ask.words'),
    kind === 'number' ? range : length,
    kind === 'text' && wantsPicture && t('ask.together'),
  ]
}

/** Short labels stand side by side. */
function perRow(buttons: readonly Button[]): number {
  const longest = Math.max(0, ...buttons.map((b) => b.label.length))
  if (longest > 18) return 1
  return longest > 10 ? 2 : 3
}

/** A button per value, each with its price where the value moves the price. */
function optionButtons({ language, context, view }: Scene, question: Question): Button[] {
  const draft = context.draft as Draft
  const chosen = draft.answers[question.field] ?? question.default
  const prices = optionPrices(modelOf(draft), question.field, draft.answers, view.rates)
  return (question.options ?? []).map(({ value, label }) => {
    const price = prices.find((p) => p.value === value)
    const cost = price === undefined ? '' : ` · ${priceLabel(price, language)}`
    const tick = value === chosen ? '✓ ' : ''
    return button(tick + label(language), { type: 'option.chosen', value }, cost)
  })
}

/** An answer as the user knows it, safe for HTML and not longer than the limit. */
export function answerText(
  { language, context }: Scene,
  question: Question,
  value: unknown,
  limit: number,
): string {
  if (question.kind === 'text' && typeof value === 'string') return quoted(value, limit)
  return quoted(
    answerLabel(modelOf(context.draft as Draft), question.field, value, language),
    limit,
  )
}
