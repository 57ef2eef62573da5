import { type Model, modelById } from '../../catalogue/catalogue.ts'
import { continuing } from '../../catalogue/continuations.ts'
import { categoryWords } from '../../labels/categories.ts'
import { modelName } from '../../labels/models.ts'
import { taskWords } from '../../labels/tasks.ts'
import { fileIndex } from '../changes/results.ts'
import { compatibleModels, groupsOf } from '../results/compatible-models.ts'
import type { ResultCard, Results } from '../results/results.ts'
import { usualLabel } from './prices.ts'
import { waitScreen } from './run.ts'
import { backRow, button, lines, paged, rows, type Scene, type Screen } from './screen.ts'

const MODELS_PER_PAGE = 8

/** What to make of a result: first which of its files, then what for, then with which model. */
export function usingScreen(scene: Scene): Screen | null {
  const { t, context } = scene
  const results = context.results as Results
  const { card, use } = results
  if (card === null) return waitScreen(scene)
  const file = fileIndex(results)
  if (file === null) return filesScreen(scene, card)
  const models = compatibleModels(
    { ...card, hasFiles: card.files.length > 0 },
    file,
    scene.view.rates,
  )
  if (models.length === 0) return { text: t('use.none'), keyboard: [backRow(scene)] }
  const groups = groupsOf(models)
  if (use.group === null && groups.length > 1) return groupsScreen(scene, groups)
  const group = use.group ?? groups[0]
  return modelsScreen(
    scene,
    card,
    models.filter((m) => m.category === group),
  )
}

function filesScreen(scene: Scene, card: ResultCard): Screen {
  const { t } = scene
  const numbers = card.files.map((_, index) =>
    button(String(index + 1), { type: 'file.picked', index }),
  )
  return { text: t('use.whichFile'), keyboard: [...rows(numbers, 5), backRow(scene)] }
}

function groupsScreen(scene: Scene, groups: readonly Model['category'][]): Screen {
  const { t, language } = scene
  return {
    text: t('use.whatFor'),
    keyboard: [
      ...groups.map((group) => [
        button(`${categoryWords[group].emoji} ${categoryWords[group].title[language]}`, {
          type: 'group.picked' as const,
          group,
        }),
      ]),
      backRow(scene),
    ],
  }
}

function modelsScreen(scene: Scene, card: ResultCard, models: readonly Model[]): Screen {
  const { t, language, context, view } = scene
  const { use } = context.results as Results
  const { shown, arrows, note } = paged(scene, models, use.page, MODELS_PER_PAGE)
  const price = (model: Model) => {
    const label = usualLabel(model, view.rates, language)
    return label === '' ? '' : ` · ${label}`
  }
  const own = shown.some((m) => continuing(m, card, use.file ?? 0) !== undefined)
  return {
    text: lines(t('use.which'), own && t('use.ownNote'), ...note),
    keyboard: [
      ...shown.map((model) => [
        button(
          `${modelName(model)} · ${taskWords(model).does[language]}`,
          { type: 'model.picked' as const, modelId: model.id },
          price(model),
        ),
      ]),
      ...arrows,
      backRow(scene),
    ],
  }
}

/** While the file is probed. */
export function takingScreen(scene: Scene): Screen {
  const { t, context } = scene
  const model = modelById(context.results?.looked?.modelId ?? '')
  return {
    text: lines(t('use.taking'), model && `<b>${modelName(model)}</b>`),
    keyboard: [backRow(scene)],
  }
}
