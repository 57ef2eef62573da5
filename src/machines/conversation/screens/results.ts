import { allModels, type Model, modelById } from '../../catalogue/catalogue.ts'
import { formatPrice } from '../../catalogue/pricing.ts'
import { questionsOf } from '../../catalogue/questions.ts'
import { isJob } from '../../job/statuses.ts'
import { answerLabel } from '../../labels/answers.ts'
import { modelName, nameById, titleById } from '../../labels/models.ts'
import { escapeHtml } from '../../texts/translate.ts'
import { canBeHad, insteadOf } from '../order/offer.ts'
import { compatibleModels } from '../results/compatible-models.ts'
import {
  FILTERS,
  LINES_PER_PAGE,
  type ResultCard,
  type ResultLine,
  type Results,
} from '../results/results.ts'
import { favouriteButton, hasOriginal, inPairs } from './result-buttons.ts'
import { reasonText, waitScreen } from './run.ts'
import {
  asideRows,
  backRow,
  button,
  lines,
  paged,
  quoted,
  type Scene,
  type Screen,
} from './screen.ts'
import { momentText } from './time.ts'

/** Room for all answers together, so that the whole screen fits into one message. */
const ANSWERS_LENGTH = 2_400
const LONGEST_ANSWER = 300
/** Of an order's words in the list, after they are made safe. */
const NAME_LENGTH = 120

/** What became of an order, in the four ways that matter to who ordered it. */
type End = 'working' | 'done' | 'gift' | 'failed'

const endOf = ({ status, courtesy = false }: Partial<ResultCard> & ResultLine): End => {
  if (isJob(status, 'failed')) return 'failed'
  if (!isJob(status, 'succeeded')) return 'working'
  return courtesy ? 'gift' : 'done'
}

/** The user's orders, or those that they keep, some at a time. */
export function resultsScreen(scene: Scene): Screen | null {
  const { t, context } = scene
  const { list, page, found, filter = 'all' } = context.results as Results
  if (found === null) return waitScreen(scene)
  const other =
    list === 'history'
      ? button(t('menu.favourites'), { type: 'favourites.opened' })
      : button(t('menu.history'), { type: 'history.opened' })
  const below = [[other], ...asideRows(scene)]
  const { total } = found
  const filters = FILTERS.map((kind) =>
    button(`${kind === filter ? '✓ ' : ''}${t(`results.filter.${kind}`)}`, {
      type: 'filter.chosen',
      filter: kind,
    }),
  )
  if (total === 0) {
    const empty = filter === 'all' ? (`results.${list}Empty` as const) : 'results.filterEmpty'
    return {
      text: lines(t(`results.${list}`), '', t(empty)),
      keyboard: filter === 'all' ? below : [filters, ...below],
    }
  }
  const pages = Array.from({ length: total }, (_, i) => i)
  const { arrows, note } = paged(scene, pages, page, LINES_PER_PAGE)
  const number = (i: number) => page * LINES_PER_PAGE + i + 1
  const nameIn = ({ words, modelId }: ResultLine) => words ?? nameById(modelId)
  return {
    text: lines(
      t(`results.${list}`),
      '',
      ...found.lines.map((line, i) =>
        t('results.line', {
          number: number(i),
          name: quoted(nameIn(line), NAME_LENGTH),
          model: nameById(line.modelId),
          when: momentText(line.at, scene.language),
          price: formatPrice(line.priceKopecks, scene.language),
          state: t(`results.state.${endOf(line)}`),
        }),
      ),
      '',
      t('results.choose'),
      ...note,
    ),
    keyboard: [
      ...found.lines.map((line, i) => [
        button(`${number(i)}. ${t(`results.icon.${endOf(line)}`)} ${nameIn(line)}`, {
          type: 'result.opened' as const,
          jobId: line.jobId,
        }),
      ]),
      ...arrows,
      filters,
      ...below,
    ],
  }
}

/** One order: what was asked for, what it cost, what came of it. */
export function resultScreen(scene: Scene): Screen | null {
  const { t, language, context } = scene
  const { card } = context.results as Results
  if (card === null) return waitScreen(scene)
  const model = modelById(card.modelId)
  const end = endOf(card)
  const price = formatPrice(card.priceKopecks, language)
  return {
    text: lines(
      `<b>${escapeHtml(titleById(card.modelId, language))}</b>`,
      `${t(`results.icon.${end}`)} ${t(`results.state.${end}`)}, ${momentText(card.at, language)}`,
      end === 'failed' && t('results.reason', { reason: reasonText(card.error ?? '', language) }),
      t(end === 'failed' && card.priceKopecks > 0 ? 'results.returned' : 'results.price', {
        price,
      }),
      '',
      ...(model === undefined ? [] : answerLines(scene, model, card)),
      end === 'done' && card.files.length === 0 && t('results.noFiles'),
    ),
    keyboard: [...resultRows(scene, model, card), backRow(scene)],
  }
}

function answerLines({ language }: Scene, model: Model, { answers }: ResultCard): string[] {
  const shown = questionsOf(model, answers).filter((q) => answers[q.field] !== undefined)
  const limit = Math.min(LONGEST_ANSWER, Math.floor(ANSWERS_LENGTH / Math.max(1, shown.length)))
  return shown.map((q) => {
    const given = answers[q.field]
    const text =
      q.kind === 'text' && typeof given === 'string'
        ? given
        : answerLabel(model, q.field, given, language)
    return `• ${escapeHtml(q.name(language))}: <i>${quoted(text, limit)}</i>`
  })
}

function resultRows(scene: Scene, model: Model | undefined, card: ResultCard): Screen['keyboard'] {
  const { t, context, view } = scene
  const isDone = isJob(card.status, 'succeeded')
  const again = model !== undefined && canBeHad(model, view.rates) && endOf(card) !== 'working'
  const isGone = model !== undefined && !canBeHad(model, view.rates)
  const source = { ...card, hasFiles: card.files.length > 0 }
  const useful = isDone && compatibleModels(source, 0, view.rates).length > 0
  const shown = [
    isDone && button(t('results.show'), { type: 'result.shown' }),
    isDone && hasOriginal(model) && button(t('done.original'), { type: 'original.pressed' }),
    again && button(t('done.again'), { type: 'repeat.pressed' }),
    again && button(t('done.change'), { type: 'change.pressed' }),
    useful && button(t('done.use'), { type: 'use.opened' }),
    isDone && favouriteButton(scene, context.results?.saved === true),
    isDone && model !== undefined && button(t('nav.share'), { type: 'share.opened' }),
  ]
  return [
    ...inPairs(shown),
    // A model that is gone or paused: what does the same in its place.
    ...(isGone ? insteadOf(model, allModels, view.rates) : []).map((other) => [
      button(t('card.instead', { model: modelName(other) }), {
        type: 'model.opened' as const,
        modelId: other.id,
      }),
    ]),
  ]
}
