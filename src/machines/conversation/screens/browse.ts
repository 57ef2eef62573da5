import {
  type Category,
  categories,
  isSold,
  type Model,
  menuModels,
  modelById,
  models,
} from '../../catalogue.ts'
import { categoryWords } from '../../labels/categories.ts'
import { modelSummary, modelTitle, successorTitle } from '../../labels/models.ts'
import { priceLabel } from '../../labels/prices.ts'
import { fromPrice } from '../../pricing.ts'
import { escapeHtml } from '../../texts/translate.ts'
import { canBeOrdered } from '../draft.ts'
import { backRow, button, lines, paged, rows, type Scene, type Screen } from './screen.ts'

const MODELS_PER_PAGE = 6

/** The list that holds the models of all categories that cost the user nothing. */
export const FREE = 'free'

export function menuScreen(scene: Scene): Screen {
  const { t, context } = scene
  const running = context.tracked.length
  return {
    text: t('menu.title'),
    keyboard: [
      [button(t('menu.free'), { type: 'category.opened', category: FREE })],
      ...rows(
        categories.map((category) =>
          button(titleOf(scene, category), { type: 'category.opened', category }),
        ),
        2,
      ),
      ...(running > 0
        ? [[button(t('menu.running', { count: running }), { type: 'jobs.opened' })]]
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

/** Those that can be ordered come first, then those to come, then those gone. */
const rank = (model: Model): number => (canBeOrdered(model) ? 0 : isSold(model) ? 1 : 2)

function listed(category: string | null): readonly Model[] {
  const found = category === FREE ? models.filter((m) => m.free) : menuModels(category as Category)
  return [...found].sort((a, b) => rank(a) - rank(b))
}

export function listScreen(scene: Scene): Screen {
  const { t, language, context } = scene
  const found = listed(context.category)
  const { shown, arrows, note } = paged(scene, found, context.page, MODELS_PER_PAGE)
  const head =
    context.category === FREE
      ? t('list.free')
      : `<b>${titleOf(scene, context.category as Category)}</b>\n` +
        categoryWords[context.category as Category].benefit[language]
  return {
    text: lines(head, '', found.length === 0 ? t('list.empty') : t('list.choose'), ...note),
    keyboard: [
      ...shown.map((model) => [
        button(`${modelTitle(model, language)} · ${mark(scene, model)}`, {
          type: 'model.opened' as const,
          modelId: model.id,
        }),
      ]),
      ...arrows,
      backRow(scene),
    ],
  }
}

/** What stands behind a model's name in a list: its price, or why it has none. */
function mark({ t, language, view }: Scene, model: Model): string {
  if (!isSold(model)) return t('list.gone')
  if (!canBeOrdered(model)) return t('list.soon')
  return priceLabel(fromPrice(model, view.rates), language) || t('list.soon')
}

export function cardScreen(scene: Scene): Screen {
  const { t, language, context } = scene
  const model = modelById(context.modelId ?? '')
  if (model === undefined) return menuScreen(scene)
  const ready = canBeOrdered(model)
  return {
    text: lines(
      `<b>${escapeHtml(modelTitle(model, language))}</b>`,
      escapeHtml(modelSummary(model, language)),
      '',
      isSold(model) ? priceLine(scene, model) : goneLine(scene, model),
      isSold(model) && !ready && t('card.soon'),
    ),
    keyboard: [
      ...(ready ? [[button(t('card.begin'), { type: 'draft.begun' })]] : []),
      backRow(scene),
    ],
  }
}

function priceLine({ t, language, view }: Scene, model: Model): string {
  const list = fromPrice(model, view.rates)
  const price = priceLabel(list, language)
  if ('unpriced' in list) return t('card.priceLater')
  return t(list.varies ? 'card.priceFrom' : 'card.price', { price })
}

function goneLine({ t }: Scene, model: Model): string {
  const successor = successorTitle(model)
  return successor === undefined ? t('card.gone') : t('card.goneFor', { successor })
}
