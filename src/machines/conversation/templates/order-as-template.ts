import { filesOf } from '../../catalogue/answer-files.ts'
import { modelById } from '../../catalogue/catalogue.ts'
import { mediaKindOf } from '../../catalogue/media.ts'
import type { Answers } from '../../catalogue/payload.ts'
import { questionsOf } from '../../catalogue/questions.ts'
import { newDraft } from '../order/draft.ts'
import { wordsQuestion } from '../wish/fill.ts'
import type { TemplateCard } from './template.ts'

/** Fields that make every result alike. */
const ALIKE: ReadonlySet<string> = new Set(['seed', 'seeds'])

/**
 * An order without what is its owner's: choices and numbers stay, files and everything written go.
 * The words that it is about are apart.
 */
export function orderAsTemplate(
  modelId: string,
  answers: Answers,
): Pick<TemplateCard, 'answers' | 'words' | 'files'> {
  const model = modelById(modelId)
  if (model === undefined) return { answers: {}, words: null, files: [] }
  const about = wordsQuestion({ ...newDraft(modelId), answers })?.field ?? ''
  const given = questionsOf(model, answers).filter(({ field }) => answers[field] != null)
  const kept = given.filter(
    (q) => ['choice', 'toggle', 'number'].includes(q.kind) && !ALIKE.has(q.field),
  )
  const words = answers[about]
  const files = given
    .filter(({ media }) => media !== undefined)
    .flatMap(({ field }) => filesOf(answers[field]))
    .flatMap((item) => mediaKindOf(item) ?? [])
  return {
    answers: Object.fromEntries(kept.map(({ field }) => [field, answers[field]])),
    words: typeof words === 'string' && words.trim() !== '' ? words : null,
    files: [...new Set(files)],
  }
}
