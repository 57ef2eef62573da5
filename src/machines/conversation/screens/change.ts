import { sentDefaults } from '../../catalogue/payload.ts'
import { answerLabel } from '../../labels/answers.ts'
import { modelTitle } from '../../labels/models.ts'
import { escapeHtml } from '../../texts/translate.ts'
import type { Draft } from '../context.ts'
import { extraQuestions, modelOf, neededQuestions } from '../order/draft.ts'
import { wordingOf } from '../order/text-answers.ts'
import { button, draftRow, excerpt, lines, paged, type Scene, type Screen } from './screen.ts'

const ANSWERS_PER_PAGE = 8

/** Every answer of an earlier order, given or not, as a button that changes it. */
export function changeScreen(scene: Scene): Screen {
  const { t, language, context } = scene
  const draft = context.draft as Draft
  const model = modelOf(draft)
  const values: Record<string, unknown> = { ...sentDefaults(model), ...draft.answers }
  const questions = [...neededQuestions(draft), ...extraQuestions(draft)]
  const { shown, arrows, note } = paged(scene, questions, draft.page, ANSWERS_PER_PAGE)
  return {
    text: lines(
      t('change.title'),
      `<b>${escapeHtml(modelTitle(model, language))}</b>`,
      wordingOf(draft) !== undefined && t('change.words'),
      ...note,
    ),
    keyboard: [
      ...shown.map((q) => {
        const given = values[q.field] ?? q.default
        const now = given === undefined ? '' : answerLabel(model, q.field, given, language)
        const label = t('preview.edit', { field: q.name(language) })
        const value = now === '' ? '' : `: ${excerpt(now, 30)}`
        return [button(label + value, { type: 'field.opened' as const, field: q.field })]
      }),
      ...arrows,
      draftRow(scene),
    ],
  }
}
