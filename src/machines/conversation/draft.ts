import { type AnswerValue, checkAnswer } from '../answers.ts'
import { isSold, type Model, modelById } from '../catalogue.ts'
import type { MediaFile } from '../media.ts'
import { type Question, questionsOf } from '../questions.ts'
import type { ConversationContext, Draft, Hint } from './context.ts'

/** What the wizard can ask for today; a model that needs another kind of input is shown as coming. */
const ASKABLE = new Set<Question['kind']>(['choice', 'toggle', 'text', 'number', 'media'])

const isAskable = (q: Question): boolean =>
  ASKABLE.has(q.kind) && (q.kind !== 'media' || q.media?.kind === 'image')

/** Sold, and every needed input can be asked for. */
export const canBeOrdered = (model: Model): boolean =>
  isSold(model) &&
  model.family === 'market' &&
  questionsOf(model).every((q) => !q.required || isAskable(q))

export const modelOf = (draft: Draft): Model => modelById(draft.modelId) as Model

export const newDraft = (modelId: string): Draft => ({
  modelId,
  answers: {},
  asking: null,
  editing: false,
  page: 0,
})

/** The questions that must be answered now, in order; conditions may add some as answers come. */
export const neededQuestions = (draft: Draft): readonly Question[] =>
  questionsOf(modelOf(draft), draft.answers).filter((q) => q.required)

/** The questions that may be answered but need not, with those most people never change last. */
export const extraQuestions = (draft: Draft): readonly Question[] => {
  const needed = new Set(neededQuestions(draft).map((q) => q.field))
  return questionsOf(modelOf(draft), draft.answers).filter(
    (q) => !needed.has(q.field) && isAskable(q),
  )
}

/** The question on the screen, if one is being asked. */
export const currentQuestion = ({ draft }: ConversationContext): Question | undefined =>
  draft?.asking == null
    ? undefined
    : questionsOf(modelOf(draft), draft.answers).find((q) => q.field === draft.asking)

/** Asks for the field that was opened, else for the first needed one without an answer. */
export function askNext(draft: Draft): Draft {
  const open = neededQuestions(draft).find((q) => !(q.field in draft.answers))
  return { ...draft, asking: open?.field ?? null, editing: false, page: 0 }
}

export const withAnswer = (draft: Draft, field: string, value: AnswerValue): Draft => ({
  ...draft,
  answers: { ...draft.answers, [field]: value },
})

export function withoutAnswer(draft: Draft, field: string): Draft {
  const { [field]: _gone, ...answers } = draft.answers
  return { ...draft, answers }
}

/** Needed fields that have an answer, in the order in which they were asked. */
export const answeredFields = (draft: Draft): string[] =>
  neededQuestions(draft)
    .map((q) => q.field)
    .filter((field) => field in draft.answers && field !== draft.asking)

export type Checked = { ok: true; value: AnswerValue } | { ok: false; hint: Hint }

/** Whether what the user sent answers the question on the screen. */
export function checkInput(context: ConversationContext, raw: string | MediaFile): Checked {
  const question = currentQuestion(context)
  if (question === undefined) return { ok: false, hint: { code: 'text' } }
  const checked = checkAnswer(question, raw)
  if (checked.ok) return checked
  return { ok: false, hint: { problem: checked.problem } }
}
