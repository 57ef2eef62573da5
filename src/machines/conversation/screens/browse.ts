import {
  allModels,
  type Category,
  categories,
  type Model,
  modelById,
  needsEarlierResult,
} from '../../catalogue/catalogue.ts'
import { isOnOffer, isPaused, type Rates } from '../../catalogue/pricing.ts'
import { questionsOf } from '../../catalogue/questions.ts'
import { usualPrice } from '../../catalogue/usual-order.ts'
import { categoryWords } from '../../labels/categories.ts'
import { modelName, modelSummary, modelTitle, successorTitle } from '../../labels/models.ts'
import { priceLabel } from '../../labels/prices.ts'
import { escapeHtml } from '../../texts/translate.ts'
import { hasNewsToTell } from '../changes/broadcast.ts'
import { canBeBegun, insteadOf } from '../order/offer.ts'
import { FREE, groupOf, hitsOf, isOpen, modelsOf, namesOf, olderOf } from './catalogue-list.ts'
import { freeLines } from './free.ts'
import { wishRows } from './offering.ts'
import { usualLabel, usualSize } from './prices.ts'
import {
  backRow,
  button,
  lines,
  paged,
  rows,
  type Scene,
  type Screen,
  SHOWN_LETTERS,
} from './screen.ts'
import { exampleRows, shareButton } from './share.ts'

const MODELS_PER_PAGE = 8

export function menuScreen(scene: Scene): Screen {
  const { t, context } = scene
  const running = context.tracked.length
  const isNew = hasNewsToTell(context)
  return {
    text: lines(
      t(context.hint === null ? 'menu.title' : 'menu.short'),
      isNew && '',
      isNew && t('news.teaser'),
      '',
      ...freeLines(scene, context.account?.free),
    ),
    keyboard: [
      ...(isNew ? [[button(t('news.open'), { type: 'news.opened' as const })]] : []),
      ...wishRows(scene),
      ...(running > 0
        ? [[button(t('menu.running', { count: running }), { type: 'jobs.opened' as const })]]
        : []),
      [button(t('menu.templates'), { type: 'templates.opened', task: null })],
      [
        button(t('menu.all'), { type: 'models.opened' }),
        button(t('menu.search'), { type: 'search.opened' }),
      ],
      [
        button(t('menu.free'), { type: 'category.opened', category: FREE }),
        button(t('menu.history'), { type: 'history.opened' }),
      ],
      [
        button(t('menu.balance'), { type: 'balance.opened' }),
        button(t('menu.help'), { type: 'help.opened' }),
        button(t('menu.language'), { type: 'language.opened' }),
      ],
    ],
  }
}

/** All models by groups; those without anything on sale are left out. */
export function groupsScreen(scene: Scene): Screen {
  const { t, view } = scene
  const open = categories.filter((category) => isOpen(category, view.rates))
  return {
    text: t('groups.title'),
    keyboard: [
      [
        button(t('menu.free'), { type: 'category.opened', category: FREE }),
        button(t('menu.search'), { type: 'search.opened' }),
      ],
      ...rows(
        open.map((category) =>
          button(titleOf(scene, category), { type: 'category.opened', category }),
        ),
        2,
      ),
      backRow(scene),
    ],
  }
}

const titleOf = ({ language }: Scene, category: Category): string =>
  `${categoryWords[category].emoji} ${categoryWords[category].title[language]}`

export function searchScreen(scene: Scene): Screen {
  return { text: scene.t('search.title'), keyboard: [backRow(scene)] }
}

/** No model was found by the words: an order of them, other words, or all models. */
export function nothingScreen(scene: Scene): Screen {
  const { t, context } = scene
  return {
    text: t('search.nothing', { words: context.place.search ?? '' }),
    keyboard: [
      ...wishRows(scene),
      [button(t('menu.all'), { type: 'models.opened' })],
      backRow(scene),
    ],
  }
}

/** The models of a group, or those that were searched for, some at a time. */
export function listScreen(scene: Scene): Screen {
  const { t, language, context, view } = scene
  const { rates } = view
  const { search, category } = context.place
  const list = category ?? FREE
  const group = groupOf(list)
  const found = search === null ? modelsOf(list, rates) : hitsOf(search, rates)
  const names = namesOf(list, language)
  const { shown, arrows, note } = paged(scene, found, context.place.page, MODELS_PER_PAGE)
  const head =
    search !== null
      ? t('search.found', { words: search, count: found.length })
      : group === undefined
        ? t('list.free')
        : `<b>${titleOf(scene, group)}</b>\n${categoryWords[group].benefit[language]}`
  const older = search === null && group === list ? modelsOf(olderOf(group), rates) : []
  return {
    text: lines(
      head,
      '',
      t(search !== null || isOpen(list, rates) ? 'list.choose' : 'list.comingSoon'),
      shown.some((m) => isSoon(m, rates)) && t('list.soonNote'),
      shown.some((m) => isOnOffer(m, rates) && isPaused(m, rates)) && t('list.pausedNote'),
      shown.some((m) => !isOnOffer(m, rates)) && t('list.goneNote'),
      ...note,
    ),
    keyboard: [
      ...shown.map((model) => {
        const tail = ` · ${mark(scene, model)}`
        const title = names.get(model) ?? modelTitle(model, language)
        const isLong = [...title, ...tail].length > SHOWN_LETTERS && isAlone(model, found)
        const label = isLong ? modelName(model) : title
        return [button(label, { type: 'model.opened', modelId: model.id }, tail)]
      }),
      ...arrows,
      ...(older.length > 0 && group !== undefined
        ? [
            [
              button(t('list.older', { count: older.length }), {
                type: 'category.opened' as const,
                category: olderOf(group),
              }),
            ],
          ]
        : []),
      backRow(scene),
    ],
  }
}

/** Whether a model is known by its name alone among others. */
const isAlone = (model: Model, all: readonly Model[]): boolean =>
  all.filter((other) => modelName(other) === modelName(model)).length === 1

/** On offer, but it can't be begun from a list, or nobody knows its price yet. */
const isSoon = (model: Model, rates: Rates): boolean =>
  isOnOffer(model, rates) && !isPaused(model, rates) && !canBeBegun(model, rates)

/** What stands behind a model's name in a list: its price, or why it has none. */
function mark({ t, language, view }: Scene, model: Model): string {
  if (!isOnOffer(model, view.rates)) {
    const successor = successorTitle(model)
    return successor === undefined ? t('list.gone') : `${t('list.gone')} → ${successor}`
  }
  if (isPaused(model, view.rates)) return t('list.paused')
  if (!canBeBegun(model, view.rates)) return t('list.soon')
  return usualLabel(model, view.rates, language) || t('list.soon')
}

export function cardScreen(scene: Scene): Screen {
  const { t, language, context, view } = scene
  const model = modelById(context.place.modelId ?? '')
  if (model === undefined) return { text: t('card.gone'), keyboard: [backRow(scene)] }
  const offered = isOnOffer(model, view.rates)
  const ready = canBeBegun(model, view.rates)
  const paused = offered && isPaused(model, view.rates)
  const others = offered && !paused ? [] : insteadOf(model, allModels, view.rates)
  return {
    text: lines(
      `<b>${escapeHtml(modelTitle(model, language))}</b>`,
      escapeHtml(modelSummary(model, language)),
      '',
      offered ? priceLine(scene, model) : goneLine(scene, model),
      ready && t('card.steps', { count: questionsOf(model).filter((q) => q.required).length }),
      isSoon(model, view.rates) && t(needsEarlierResult(model) ? 'card.fromResult' : 'card.soon'),
      paused && t('card.paused'),
      paused && others.length > 0 && t('card.similar'),
    ),
    keyboard: [
      ...(ready ? [[button(t('card.begin'), { type: 'draft.begun' as const })]] : []),
      ...exampleRows(scene, [model]),
      ...(ready ? [[shareButton(scene, model)]] : []),
      ...others.map((m) => [
        button(t('card.instead', { model: modelName(m) }), {
          type: 'model.opened' as const,
          modelId: m.id,
        }),
      ]),
      backRow(scene),
    ],
  }
}

function priceLine({ t, language, view }: Scene, model: Model): string {
  const list = usualPrice(model, view.rates)
  if ('unpriced' in list) return t('card.priceLater')
  const size = list.per === 'run' ? usualSize(model, language) : ''
  const shown = list.per === 'run' ? { ...list, varies: false } : list
  const label = priceLabel(shown, language, view.rates)
  const price = size === '' ? label : `${label} · ${size}`
  return t(list.varies ? 'card.priceFrom' : 'card.price', { price })
}

function goneLine({ t, view }: Scene, model: Model): string {
  const successor = successorTitle(model)
  if (successor !== undefined) return t('card.goneFor', { successor })
  const hasOthers = insteadOf(model, allModels, view.rates).length > 0
  return lines(t('card.gone'), hasOthers && t('card.similar'))
}
