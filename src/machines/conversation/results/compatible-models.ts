import {
  allModels,
  type Category,
  categories,
  type Model,
  modelById,
} from '../../catalogue/catalogue.ts'
import { continuing, type FinishedTask } from '../../catalogue/continuations.ts'
import type { MediaKind } from '../../catalogue/media.ts'
import type { Rates } from '../../catalogue/pricing.ts'
import { type Question, questionsOf } from '../../catalogue/questions.ts'
import { canBeBegun, canBeHad } from '../order/offer.ts'

/** What kind of file a model's results are, if they are files that another model may take. */
export function outputKind(modelId: string): MediaKind | undefined {
  const output = modelById(modelId)?.output
  return output === 'image' || output === 'video' || output === 'audio' ? output : undefined
}

/** The field that a result of this kind goes into: the first file that the model asks for. */
export function mediaInput(model: Model, kind: MediaKind | undefined): Question | undefined {
  const first = questionsOf(model).find((q) => q.media !== undefined)
  return first?.media?.kind === kind ? first : undefined
}

const taking = new Map<MediaKind, readonly Model[]>()

/** Models whose first file may be one of this kind, on offer or not. */
function takersOf(kind: MediaKind | undefined): readonly Model[] {
  if (kind === undefined) return []
  const known = taking.get(kind) ?? allModels.filter((m) => mediaInput(m, kind) !== undefined)
  taking.set(kind, known)
  return known
}

/** Models that can be had and take such a file. */
export const mediaTakers = (kind: MediaKind | undefined, rates: Rates): readonly Model[] =>
  takersOf(kind).filter((m) => canBeBegun(m, rates))

/** What a result can be put into; `file` counts from 0. */
export interface Source extends FinishedTask {
  /** Whether Telegram has its files. */
  hasFiles: boolean
}

/** Models that can go on with a result: the menu's groups, those that continue the task first. */
export function compatibleModels(source: Source, file: number, rates: Rates): readonly Model[] {
  const takers = source.hasFiles ? mediaTakers(outputKind(source.modelId), rates) : []
  const going = allModels.filter(
    (m) => continuing(m, source, file) !== undefined && canBeHad(m, rates),
  )
  return [...new Set([...going, ...takers])].sort(
    (a, b) => categories.indexOf(a.category) - categories.indexOf(b.category),
  )
}

/** The groups of such models. */
export const groupsOf = (models: readonly Model[]): readonly Category[] => [
  ...new Set(models.map((m) => m.category)),
]
