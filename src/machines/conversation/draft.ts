import { type AnswerValue, checkAnswer } from '../answers.ts'
import { hasPrice, isSold, type Model, modelById, needsEarlierResult } from '../catalogue.ts'
import type { MediaFile } from '../media.ts'
import type { Answers } from '../payload.ts'
import { type Question, questionsOf, staleAnswers } from '../questions.ts'
import type { ConversationContext, Draft, Hint } from './context.ts'

/** What the wizard can ask for today; a model that needs another kind of input is shown as coming. */
const ASKABLE = new Set<Question['kind']>(['choice', 'toggle', 'text', 'number', 'media'])

const isAskable = (q: Question): boolean =>
  ASKABLE.has(q.kind) && (q.kind !== 'media' || q.media?.kind === 'image')

const orderable = new Map<Model, boolean>()

/** Its price is known and every needed input can be asked for; whether it is sold is apart. */
export function canBeAsked(model: Model): boolean {
  const known = orderable.get(model)
  if (known !== undefined) return known
  const can = hasPrice(model) && questionsOf(model).every((q) => !q.required || isAskable(q))
  orderable.set(model, can)
  return can
}

/** Sold by its facts, and can be begun from a menu. */
export const canBeOrdered = (model: Model): boolean =>
  isSold(model) && !needsEarlierResult(model) && canBeAsked(model)

export const modelOf = (draft: Draft): Model => modelById(draft.modelId) as Model

export const newDraft = (modelId: string): Draft => ({
  modelId,
  answers: {},
  asking: null,
  origin: 'order',
  page: 0,
  dropped: [],
  album: null,
  inspections: [],
})

const asked = new WeakMap<Answers, readonly Question[]>()

/** All questions next to the answers so far. Answers are never changed in place. */
function questionsNow(draft: Draft): readonly Question[] {
  const known = asked.get(draft.answers)
  if (known !== undefined) return known
  const questions = questionsOf(modelOf(draft), draft.answers)
  asked.set(draft.answers, questions)
  return questions
}

/** The questions that must be answered now, in order; conditions may add some as answers come. */
export const neededQuestions = (draft: Draft): readonly Question[] =>
  questionsNow(draft).filter((q) => q.required)

/** The questions that may be answered but need not, with those most people never change last. */
export const extraQuestions = (draft: Draft): readonly Question[] =>
  questionsNow(draft).filter((q) => !q.required && isAskable(q))

/** The question on the screen, if one is being asked. */
export const currentQuestion = ({ draft }: ConversationContext): Question | undefined =>
  draft?.asking == null ? undefined : questionsNow(draft).find((q) => q.field === draft.asking)

const isOpen = (draft: Draft, q: Question): boolean => q.required && !(q.field in draft.answers)

/** Drops answers that others have made impossible, then asks for what is missing, if anything. */
export function askNext(given: Draft): Draft {
  const draft = withoutStale(given)
  const open = questionsNow(draft).find((q) => isOpen(draft, q))
  if (open === undefined) return { ...draft, asking: null, page: 0 }
  return { ...draft, asking: open.field, origin: 'order', page: 0 }
}

function withoutStale(given: Draft): Draft {
  const dropped: string[] = []
  let draft = given
  // Each round drops at least one answer, so it ends; what is dropped may make others impossible.
  for (;;) {
    const stale = staleAnswers(modelOf(draft), draft.answers)
    if (stale.length === 0) return { ...draft, dropped }
    dropped.push(...stale)
    for (const field of stale) draft = withoutAnswer(draft, field)
  }
}

/** The needed field before the one being asked, or the last one when none is. */
export function previousField(draft: Draft): string | undefined {
  const fields = neededQuestions(draft).map((q) => q.field)
  return draft.asking === null ? fields.at(-1) : fields[fields.indexOf(draft.asking) - 1]
}

export const withAnswer = (draft: Draft, field: string, value: AnswerValue): Draft => ({
  ...draft,
  answers: { ...draft.answers, [field]: value },
})

export function withoutAnswer(draft: Draft, field: string): Draft {
  const { [field]: _gone, ...answers } = draft.answers
  return { ...draft, answers }
}

export type Checked = { ok: true; value: AnswerValue } | { ok: false; hint: Hint }

/** Whether what the user sent answers the question on the screen. */
export function checkInput(context: ConversationContext, raw: string | MediaFile): Checked {
  const question = currentQuestion(context)
  if (question === undefined) return { ok: false, hint: { code: 'text' } }
  const checked = checkAnswer(question, raw)
  if (checked.ok) return checked
  return { ok: false, hint: { problem: checked.problem } }
}

/** Which question a file or its caption answers: the one on the screen, else an open one. */
function questionFor(draft: Draft, kind: 'text' | 'media'): Question | undefined {
  const fits = (q: Question) => q.kind === kind && q.link !== true && isAskable(q)
  const questions = questionsNow(draft)
  const current = questions.find((q) => q.field === draft.asking)
  return current && fits(current) ? current : questions.find((q) => fits(q) && isOpen(draft, q))
}

export interface Attachment {
  media: MediaFile
  caption?: string
  groupId?: string
}

/** The draft with a file, and with its caption where words are wanted; undefined: not wanted. */
export function withMedia(
  draft: Draft,
  { media, caption, groupId }: Attachment,
): { draft: Draft; fields: string[] } | undefined {
  if (groupId !== undefined && groupId === draft.album) return undefined
  const question = questionFor(draft, 'media')
  const checked = question && checkAnswer(question, media)
  if (question === undefined || !checked?.ok) return undefined
  const taken = { ...withAnswer(draft, question.field, checked.value), album: groupId ?? null }
  const wording = caption === undefined ? undefined : questionFor(draft, 'text')
  const words = wording && checkAnswer(wording, caption as string)
  if (!wording || !words?.ok) return { draft: taken, fields: [question.field] }
  const fields = [question.field, wording.field]
  return { draft: withAnswer(taken, wording.field, words.value), fields }
}

/** Whether a picture has been taken already, so that one more is probably a sibling. */
export const hasPicture = (draft: Draft): boolean =>
  questionsNow(draft).some((q) => q.kind === 'media' && q.field in draft.answers)
