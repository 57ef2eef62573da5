import { isGathered, itemLimits, itemsOf } from '../../catalogue/answer-lists.ts'
import { type Shot, secondsOf } from '../../catalogue/answers.ts'
import type { Question } from '../../catalogue/questions.ts'
import { modelTitle } from '../../labels/models.ts'
import { escapeHtml } from '../../texts/translate.ts'
import type { Draft } from '../context.ts'
import { currentQuestion, modelOf } from '../order/draft.ts'
import { fileLines, questionLines } from './ask.ts'
import { button, draftRow, lines, quoted, type Scene, type Screen } from './screen.ts'

/** Room for one item of the list that is shown. */
const ITEM_LENGTH = 120

/** Files, items or scenes as far as they have come. */
export function gatherScreen(scene: Scene): Screen {
  const { t, context } = scene
  const question = currentQuestion(context) as Question
  const items = itemsOf(context.draft?.answers[question.field])
  const { min, max } = itemLimits(question)
  const { length: count } = items
  return {
    text: lines(
      ...questionLines(scene, question),
      '',
      ...itemLines(scene, question),
      count > 0 && t('gather.got', { count, max }),
      count >= max
        ? t('gather.full')
        : t(
            count >= min
              ? 'gather.more'
              : max === 1
                ? 'gather.one'
                : min === max
                  ? 'gather.exactly'
                  : 'gather.first',
            { min, max },
          ),
      '',
      ...(count >= max
        ? []
        : question.media
          ? fileLines(scene, question.media)
          : wordLines(scene, question)),
    ),
    keyboard: [
      ...(count > 0 && count >= min
        ? [[button(t('ask.continue'), { type: 'answer.kept' as const })]]
        : []),
      ...(count > 0
        ? [
            [
              button(t('gather.undo'), { type: 'item.removed' as const }),
              button(t('ask.empty'), { type: 'answer.emptied' as const }),
            ],
          ]
        : []),
      draftRow(scene),
    ],
  }
}

function wordLines({ t }: Scene, { kind, maxTotal }: Question): (string | false)[] {
  if (kind !== 'shots') return [t('gather.items')]
  return [t('gather.shots'), maxTotal !== undefined && t('gather.total', { max: maxTotal })]
}

/** What was written, line by line; files have no words. */
function itemLines(scene: Scene, question: Question): string[] {
  const items = itemsOf(scene.context.draft?.answers[question.field])
  if (question.kind === 'shots') {
    const shots = items as readonly Shot[]
    const rows = shots.map(({ Scene: words, duration }) => `${duration} — ${words}`)
    return [...numbered(rows), ...(shots.length > 1 ? [seconds(scene, shots)] : [])]
  }
  return question.kind === 'list' ? numbered(items.map(String)) : []
}

const numbered = (rows: readonly string[]): string[] =>
  rows.map((row, i) => `${i + 1}. <i>${quoted(row, ITEM_LENGTH)}</i>`)

const seconds = ({ t }: Scene, shots: readonly Shot[]): string =>
  t('gather.sum', { total: secondsOf(shots) })

/** A file is being probed. */
export function inspectScreen(scene: Scene): Screen {
  const { t, language, context } = scene
  const draft = context.draft as Draft
  const left = draft.inspections.length
  const question = currentQuestion(context)
  const items = question && isGathered(question) ? itemsOf(draft.answers[question.field]) : []
  return {
    text: lines(
      `<b>${escapeHtml(modelTitle(modelOf(draft), language))}</b>`,
      '',
      t('ask.inspecting'),
      left > 1 && t('ask.inLine', { count: left }),
      items.length > 0 && t('ask.taken', { count: items.length }),
    ),
    keyboard: [draftRow(scene)],
  }
}
