import { checkAnswer } from '../../catalogue/answers.ts'
import type { MediaFile, MediaKind } from '../../catalogue/media.ts'
import { mediaKindOf } from '../../catalogue/media.ts'
import type { Answers } from '../../catalogue/payload.ts'
import type { Problem } from '../../catalogue/problem.ts'
import type { Question } from '../../catalogue/questions.ts'
import type { Draft } from '../context.ts'
import { askNext, newDraft, questionsNow, withAnswer } from '../order/draft.ts'

/** What an order is made of: words and files that were looked into. */
export interface Material {
  words: string | null
  files: readonly MediaFile[]
}

/** An order of a model with all that was given in its place. */
export interface Filled {
  draft: Draft
  /** Files for which there is no place. */
  spare: number
  /** Why words or a file were not taken, if so. */
  problem: Problem | undefined
}

/** The question that words answer best: what the order is about. */
export const wordsQuestion = (draft: Draft): Question | undefined => {
  const texts = questionsNow(draft).filter((q) => q.kind === 'text' && q.link !== true)
  return texts.find((q) => q.required) ?? texts.find((q) => q.field === 'prompt')
}

/** Puts words and files where a model takes them; answers given before stay. */
export function fill(modelId: string, given: Answers, { words, files }: Material): Filled {
  let filled: Filled = {
    draft: { ...newDraft(modelId), answers: given },
    spare: 0,
    problem: undefined,
  }
  for (const [kind, some] of Map.groupBy(files, (file) => mediaKindOf(file) ?? 'image')) {
    filled = withFiles(filled, kind, some)
  }
  const question = words === null ? undefined : wordsQuestion(filled.draft)
  if (words !== null && question !== undefined) {
    const checked = checkAnswer(question, words)
    filled = checked.ok
      ? { ...filled, draft: withAnswer(filled.draft, question.field, checked.value) }
      : { ...filled, problem: filled.problem ?? checked.problem }
  }
  return { ...filled, draft: askNext(filled.draft) }
}

/** Pictures go into the first place for pictures, and further ones only where they are needed. */
function withFiles(filled: Filled, kind: MediaKind, files: readonly MediaFile[]): Filled {
  let { draft, problem } = filled
  let rest = files
  const places = questionsNow(draft).filter((q) => q.media?.kind === kind)
  for (const [i, q] of places.entries()) {
    if (rest.length === 0 || (i > 0 && !q.required)) break
    const isList = q.kind === 'media-list'
    const count = isList ? (q.media?.maxItems ?? 1) : 1
    const some = rest.slice(0, count)
    const checked = checkAnswer(q, isList ? some : (some[0] as MediaFile))
    rest = rest.slice(count)
    if (checked.ok) draft = withAnswer(draft, q.field, checked.value)
    else problem ??= checked.problem
  }
  return { draft, problem, spare: filled.spare + rest.length }
}

/** Whether nothing is left to be asked before the order. */
export const isComplete = ({ draft, spare, problem }: Filled): boolean =>
  draft.asking === null && spare === 0 && problem === undefined
