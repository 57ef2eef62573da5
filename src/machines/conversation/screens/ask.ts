import { typeNames } from '../../catalogue/media.ts'
import { type Idea, ideasFor } from '../../catalogue/picks.ts'
import { optionPrices } from '../../catalogue/pricing.ts'
import type { MediaRules, Option, Question } from '../../catalogue/questions.ts'
import { answerLabel } from '../../labels/answers.ts'
import { fieldWords } from '../../labels/fields.ts'
import { modelTitle } from '../../labels/models.ts'
import { priceLabel } from '../../labels/prices.ts'
import { escapeHtml } from '../../texts/translate.ts'
import type { Draft } from '../context.ts'
import { currentQuestion, modelOf, neededQuestions } from '../order/draft.ts'
import { openWords } from '../order/file-answers.ts'
import { wordingOf } from '../order/text-answers.ts'
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
const QUOTED = 400

/** One question: its buttons, or what to send. */
export function askScreen(scene: Scene): Screen {
  const { t, context } = scene
  const draft = context.draft as Draft
  const question = currentQuestion(context) as Question
  const given = draft.answers[question.field]
  const options = optionButtons(scene, question)
  const { shown, arrows, note } = paged(scene, options, draft.page, OPTIONS_PER_PAGE)
  const heard = paged(scene, question.options ?? [], draft.page, OPTIONS_PER_PAGE).shown
  return {
    text: lines(
      ...questionLines(scene, question),
      given !== undefined && t('ask.now', { value: answerText(scene, question, given, QUOTED) }),
      ...countLines(scene, question, given),
      '',
      ...howLines(scene, question),
      ...note,
      sampleLine(scene, question, heard),
    ),
    keyboard: [
      ...rows(shown, perRow(shown)),
      ...rows(
        ideasHere(scene, question).map(({ id, title }) =>
          button(title[scene.language], { type: 'idea.chosen', idea: id }),
        ),
        2,
      ),
      ...arrows,
      ...(given === undefined ? [] : answeredRows(scene, question)),
      draftRow(scene),
    ],
  }
}

/**
 * What is asked, where in the order, and what an answer before has made impossible. Under a remark
 * the question alone: all the rest stands a message above.
 */
export function questionLines(scene: Scene, question: Question): (string | false)[] {
  const { t, language, context } = scene
  const draft = context.draft as Draft
  if (context.hint !== null) {
    return [
      ...droppedLines(scene),
      `<b>${escapeHtml(question.title(language))}</b>`,
      draft.dropped.includes(question.field) && t('ask.again'),
    ]
  }
  return [
    `<b>${escapeHtml(modelTitle(modelOf(draft), language))}</b>`,
    draft.origin === 'order' && stepLine(scene, question),
    '',
    ...droppedLines(scene),
    `<b>${escapeHtml(question.title(language))}</b>`,
    escapeHtml(question.hint(language)),
    draft.dropped.includes(question.field) && t('ask.again'),
  ]
}

function stepLine({ t, context }: Scene, question: Question): string | false {
  const needed = neededQuestions(context.draft as Draft)
  const step = needed.findIndex((q) => q.field === question.field) + 1
  return step > 0 && needed.length > 1 && t('ask.step', { step, steps: needed.length })
}

/** Answers that the last one made impossible, save the one that is being asked for again. */
export function droppedLines({ t, language, context }: Scene): (string | false)[] {
  const draft = context.draft as Draft
  const gone = draft.dropped.filter((field) => field !== draft.asking)
  const names = gone.map((field) => fieldWords(modelOf(draft), field).name[language])
  return [gone.length > 0 && t('preview.dropped', { fields: names.join(', ') })]
}

/** How long a text is next to how long it may be; more may come of one that an app has cut. */
function countLines({ t, context }: Scene, question: Question, given: unknown): (string | false)[] {
  const { kind, maxLength, field } = question
  if (kind !== 'text' || typeof given !== 'string' || maxLength === undefined) return []
  const isPart = context.draft?.part?.field === field && context.draft.part.isTaken
  const length = [...given].length
  return [t('ask.count', { length, max: maxLength }), isPart && t('ask.part')]
}

/** For an answer that is there: leave it, or take it back. */
function answeredRows({ t, context }: Scene, { required, field }: Question): Button[][] {
  if (context.draft?.part?.field === field && context.draft.part.isTaken) {
    return [
      [button(t('ask.continue'), { type: 'answer.kept' })],
      [button(t('ask.empty'), { type: 'answer.emptied' })],
    ]
  }
  return required
    ? [[button(t('ask.keep'), { type: 'answer.kept' })]]
    : [[button(t('ask.clear'), { type: 'field.cleared' })]]
}

/** Names that play a sample when one taps them. */
function sampleLine(
  { t, language }: Scene,
  { sampleUrl }: Question,
  options: readonly Option[],
): string | false {
  if (sampleUrl === undefined) return false
  const links = options.map(({ value, label }) => {
    const [name = ''] = label(language).split(' — ')
    return `<a href="${escapeHtml(sampleUrl(value))}">${escapeHtml(name)}</a>`
  })
  return t('ask.samples', { samples: links.join(' · ') })
}

/** How to answer, and within which bounds. */
function howLines(scene: Scene, question: Question): (string | false)[] {
  const { t } = scene
  const { kind, min, max, maxLength } = question
  if (question.media !== undefined) return fileLines(scene, question.media)
  if (kind === 'choice' || kind === 'toggle') return [t('ask.choose')]
  const range =
    min !== undefined && max !== undefined
      ? t('ask.range', { min, max })
      : min !== undefined && min > 0 && t('ask.atLeast', { min })
  if (kind === 'number' && min !== undefined && max !== undefined && question.options?.length) {
    return [t('ask.named', { min, max })]
  }
  const length = maxLength !== undefined && t('ask.length', { max: maxLength })
  return [
    t(question.link ? 'ask.link' : 'ask.words'),
    kind === 'number' ? range : length,
    ideasHere(scene, question).length > 0 && t('offering.ready'),
  ]
}

/** Ready wishes where a model that works on files asks what is to be done to them. */
function ideasHere({ context }: Scene, question: Question): readonly Idea[] {
  const draft = context.draft as Draft
  const isFirst = question.required && draft.answers[question.field] === undefined
  return isFirst && wordingOf(draft)?.field === question.field ? ideasFor(modelOf(draft)) : []
}

const SEND = { image: 'ask.photo', video: 'ask.video', audio: 'ask.audio' } as const

/** What to send, of which types and how large; what is too large for the chat goes as a link. */
export function fileLines({ t, context }: Scene, rules: MediaRules): (string | false)[] {
  const limits = { types: typeNames(rules.accept), size: rules.maxSizeMb }
  const viaLink = rules.maxLinkMb > rules.maxSizeMb
  return [
    t(SEND[rules.kind]),
    t('ask.fileLimits', limits),
    viaLink ? t('ask.linkLarge', { size: rules.maxLinkMb }) : t('ask.linkToo'),
    openWords(context.draft as Draft) !== undefined && t('ask.together'),
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
