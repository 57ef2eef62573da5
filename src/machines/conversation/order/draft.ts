import type { AnswerValue } from '../../catalogue/answers.ts'
import { type Model, modelById } from '../../catalogue/catalogue.ts'
import type { Answers } from '../../catalogue/payload.ts'
import { type Question, questionsOf, staleAnswers } from '../../catalogue/questions.ts'
import type { ConversationContext, Draft } from '../context.ts'

export const modelOf = (draft: Draft): Model => modelById(draft.modelId) as Model

export const newDraft = (modelId: string): Draft => ({
  modelId,
  answers: {},
  asking: null,
  origin: 'order',
  page: 0,
  dropped: [],
  album: null,
  gathering: null,
  inspections: [],
  remark: null,
  part: null,
})

const asked = new WeakMap<Answers, readonly Question[]>()

/** All questions next to the answers so far. Answers are never changed in place. */
export function questionsNow(draft: Draft): readonly Question[] {
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
  questionsNow(draft).filter((q) => !q.required)

export const questionOf = (draft: Draft, field: string | null): Question | undefined =>
  questionsNow(draft).find((q) => q.field === field)

/** The question on the screen, if one is being asked. */
export const currentQuestion = ({ draft }: ConversationContext): Question | undefined =>
  draft === null ? undefined : questionOf(draft, draft.asking)

/** Whether a question still waits for its answer, or for the rest of it. */
export const isOpen = (draft: Draft, q: Question): boolean =>
  q.required && (!(q.field in draft.answers) || draft.gathering === q.field)

/** Whether a question takes words of a person's own. */
export const takesWords = (q: Question): boolean => q.kind === 'text' && q.link !== true

/** What is gathered so far is all. */
export const doneGathering = (draft: Draft): Draft =>
  draft.gathering === draft.asking ? { ...draft, gathering: null } : draft

/** Drops answers that others have made impossible, then asks for what is missing, if anything. */
export function askNext(given: Draft): Draft {
  const draft = withoutStale(given)
  const open = questionsNow(draft).find((q) => isOpen(draft, q))
  if (open === undefined) return { ...draft, asking: null, page: 0, part: null }
  return { ...draft, asking: open.field, origin: 'order', page: 0, part: null }
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
