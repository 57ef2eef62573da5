import {
  type Category,
  categories,
  isSold,
  type Model,
  models,
  needsEarlierResult,
} from '../../catalogue.ts'
import { modelName, modelTitle } from '../../labels/models.ts'
import { taskWords } from '../../labels/tasks.ts'
import { type Language, type Words, words } from '../../labels/words.ts'
import { canBeOrdered } from '../draft.ts'

/** The list that holds the models of all groups that cost the user nothing. */
export const FREE = 'free'

/** Those that can be ordered come first, then those to come, then those gone. */
const rank = (model: Model): number => (canBeOrdered(model) ? 0 : isSold(model) ? 1 : 2)

const isListed = (model: Model, list: string): boolean =>
  list === FREE ? model.free : model.category === list && !needsEarlierResult(model)

const lists = new Map(
  [FREE, ...categories].map((list) => [
    list,
    models.filter((m) => isListed(m, list)).sort((a, b) => rank(a) - rank(b)),
  ]),
)

/** The models of a group in the order of its list, with those to come and those gone. */
export const modelsOf = (list: string | null): readonly Model[] => lists.get(list ?? '') ?? []

/** Whether anything of a group can be ordered today. */
export const isOpen = (list: string): boolean => modelsOf(list).some(canBeOrdered)

/** What a group makes goes without saying within it: "видео из фото" is "из фото" there. */
const nouns: Partial<Record<Category, Words>> = {
  image: words('картинка ', 'picture '),
  video: words('видео ', 'video '),
}

const names = new Map<string, ReadonlyMap<Model, string>>()

/**
 * Names of a group's models, as short as can be told apart: in a small space the price must not be
 * what is cut off. The task is left out where it is the usual one and the brand alone is clear.
 */
export function namesOf(list: string, language: Language): ReadonlyMap<Model, string> {
  const key = `${list}.${language}`
  const known = names.get(key)
  if (known !== undefined) return known
  const found = modelsOf(list)
  const made = new Map(found.map((m) => [m, nameIn(list, found, m, language)]))
  names.set(key, made)
  return made
}

function nameIn(list: string, all: readonly Model[], model: Model, language: Language): string {
  if (list === FREE) return modelTitle(model, language)
  const does = taskWords(model).does[language]
  const sharing = (m: Model) => taskWords(m).does[language] === does
  const distinct = new Set(all.map(modelName)).size === all.length
  if (distinct && all.filter(sharing).length > all.length / 2) return modelName(model)
  const noun = nouns[list as Category]?.[language] ?? '\n'
  return `${modelName(model)} · ${does.startsWith(noun) ? does.slice(noun.length) : does}`
}
