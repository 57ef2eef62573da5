import { type Category, categories, isSold, type Model, modelById } from '../../catalogue.ts'
import { categoryWords } from '../../labels/categories.ts'
import { modelSummary, modelTitle, successorTitle } from '../../labels/models.ts'
import { priceLabel } from '../../labels/prices.ts'
import { questionsOf } from '../../questions.ts'
import { escapeHtml } from '../../texts/translate.ts'
import { canBeOrdered } from '../draft.ts'
import { FREE, isOpen, modelsOf, namesOf } from './catalogue-list.ts'
import { listPrice } from './prices.ts'
import { backRow, button, lines, paged, rows, type Scene, type Screen } from './screen.ts'
import { shareButton } from './share.ts'

const MODELS_PER_PAGE = 8

export function menuScreen(scene: Scene): Screen {
  const { t, context } = scene
  const running = context.tracked.length
  return {
    text: t('menu.title'),
    keyboard: [
      [button(t('menu.free'), { type: 'category.opened', category: FREE })],
      ...rows(
        categories.map((category) =>
          button(titleOf(scene, category) + (isOpen(category) ? '' : ` ${t('list.soon')}`), {
            type: 'category.opened',
            category,
          }),
        ),
        2,
      ),
      ...(running > 0
        ? [[button(t('menu.running', { count: running }), { type: 'jobs.opened' as const })]]
        : []),
      [
        button(t('menu.balance'), { type: 'balance.opened' }),
        button(t('menu.help'), { type: 'help.opened' }),
        button(t('menu.language'), { type: 'language.opened' }),
      ],
    ],
  }
}

const titleOf = ({ language }: Scene, category: Category): string =>
  `${categoryWords[category].emoji} ${categoryWords[category].title[language]}`

export function listScreen(scene: Scene): Screen {
  const { t, language, context } = scene
  const list = context.place.category ?? FREE
  const found = modelsOf(list)
  const names = namesOf(list, language)
  const { shown, arrows, note } = paged(scene, found, context.place.page, MODELS_PER_PAGE)
  const head =
    list === FREE
      ? t('list.free')
      : `<b>${titleOf(scene, list as Category)}</b>\n${categoryWords[list as Category].benefit[language]}`
  return {
    text: lines(
      head,
      '',
      t(isOpen(list) ? 'list.choose' : 'list.comingSoon'),
      shown.some((m) => isSold(m) && !canBeOrdered(m)) && t('list.soonNote'),
      shown.some((m) => !isSold(m)) && t('list.goneNote'),
      ...note,
    ),
    keyboard: [
      ...shown.map((model) => [
        button(
          names.get(model) as string,
          { type: 'model.opened', modelId: model.id },
          ` · ${mark(scene, model)}`,
        ),
      ]),
      ...arrows,
      backRow(scene),
    ],
  }
}

/** What stands behind a model's name in a list: its price, or why it has none. */
function mark({ t, language, view }: Scene, model: Model): string {
  if (!isSold(model)) {
    const successor = successorTitle(model)
    return successor === undefined ? t('list.gone') : `${t('list.gone')} → ${successor}`
  }
  if (!canBeOrdered(model)) return t('list.soon')
  return priceLabel(listPrice(model, view.rates), language) || t('list.soon')
}

export function cardScreen(scene: Scene): Screen {
  const { t, language, context } = scene
  const model = modelById(context.place.modelId ?? '')
  if (model === undefined) return { text: t('card.gone'), keyboard: [backRow(scene)] }
  const ready = canBeOrdered(model)
  return {
    text: lines(
      `<b>${escapeHtml(modelTitle(model, language))}</b>`,
      escapeHtml(modelSummary(model, language)),
      '',
      isSold(model) ? priceLine(scene, model) : goneLine(scene, model),
      ready && t('card.steps', { count: questionsOf(model).filter((q) => q.required).length }),
      isSold(model) && !ready && t('card.soon'),
    ),
    keyboard: [
      ...(ready
        ? [[button(t('card.begin'), { type: 'draft.begun' as const })], [shareButton(scene, model)]]
        : []),
      backRow(scene),
    ],
  }
}

function priceLine({ t, language, view }: Scene, model: Model): string {
  const list = listPrice(model, view.rates)
  const price = priceLabel(list, language)
  if ('unpriced' in list) return t('card.priceLater')
  return t(list.varies ? 'card.priceFrom' : 'card.price', { price })
}

function goneLine({ t }: Scene, model: Model): string {
  const successor = successorTitle(model)
  return successor === undefined ? t('card.gone') : t('card.goneFor', { successor })
}
