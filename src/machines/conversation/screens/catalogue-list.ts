import {
  allModels,
  type Category,
  categories,
  isOlder,
  type Model,
  needsEarlierResult,
} from '../../catalogue/catalogue.ts'
import { pickTasks, TIERS } from '../../catalogue/picks.ts'
import { isFree, isOnOffer, type Rates } from '../../catalogue/pricing.ts'
import { findModels } from '../../catalogue/search.ts'
import { usualPrice } from '../../catalogue/usual-order.ts'
import { modelName, modelTitle } from '../../labels/models.ts'
import { taskWords } from '../../labels/tasks.ts'
import { type Words, words } from '../../labels/words.ts'
import type { Language } from '../../texts/translate.ts'
import { canBeBegun } from '../order/offer.ts'

/** The list that holds the models of all groups that cost the user nothing. */
export const FREE = 'free'

/** Where a model stands among the picks: the more wanted, the further up. */
const picked = new Map(
  TIERS.flatMap((tier) => pickTasks.map((task) => task[tier].model))
    .reverse()
    .map((id, i) => [id, -i]),
)

const byWantedAndPrice =
  (rates: Rates) =>
  (a: Model, b: Model): number =>
    rank(a, rates) - rank(b, rates) ||
    (picked.get(a.id) ?? 1) - (picked.get(b.id) ?? 1) ||
    kopecksOf(a, rates) - kopecksOf(b, rates)

const kopecksOf = (model: Model, rates: Rates): number => {
  const price = usualPrice(model, rates)
  return 'unpriced' in price ? Number.MAX_SAFE_INTEGER : price.kopecks
}

/** Those that can be ordered come first, then those to come, then those gone. */
const rank = (model: Model, rates: Rates): number =>
  canBeBegun(model, rates) ? 0 : isOnOffer(model, rates) ? 1 : 2

/** Models of a group that something better has come for are in a list of their own. */
const OLDER = 'older.'

/** The list of a group's older models. */
export const olderOf = (category: Category): string => `${OLDER}${category}`

/** The group that a list belongs to; none for the free models. */
export const groupOf = (list: string): Category | undefined =>
  categories.find((category) => category === list.replace(OLDER, ''))

function isListed(model: Model, list: string, rates?: Rates): boolean {
  if (list === FREE) return rates === undefined ? model.free : isFree(model, rates)
  const isOfGroup = model.category === groupOf(list) && !needsEarlierResult(model)
  return isOfGroup && isOlder(model) === list.startsWith(OLDER)
}

/** Lists by what is on offer. */
const known = new WeakMap<Rates, ReadonlyMap<string, readonly Model[]>>()

function listsFor(rates: Rates): ReadonlyMap<string, readonly Model[]> {
  const lists = known.get(rates)
  if (lists !== undefined) return lists
  const made = new Map(
    [FREE, ...categories, ...categories.map(olderOf)].map((list) => [
      list,
      allModels
        .filter((m) => isListed(m, list, rates) && isOnOffer(m, rates))
        .sort(byWantedAndPrice(rates)),
    ]),
  )
  known.set(rates, made)
  return made
}

/** The models of a group that are not gone: most wanted first, then by price. */
export const modelsOf = (list: string | null, rates: Rates): readonly Model[] =>
  listsFor(rates).get(list ?? '') ?? []

/** The models that words were found in, those that can be ordered first. */
export const hitsOf = (search: string, rates: Rates): readonly Model[] =>
  findModels(search).toSorted((a, b) => rank(a, rates) - rank(b, rates))

/** Whether anything of a group can be ordered today. */
export const isOpen = (list: string, rates: Rates): boolean =>
  modelsOf(list, rates).some((m) => canBeBegun(m, rates))

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
  const named = names.get(key)
  if (named !== undefined) return named
  const found = allModels.filter((m) => isListed(m, list))
  const made = new Map(found.map((m) => [m, nameIn(list, found, m, language)]))
  names.set(key, made)
  return made
}

function nameIn(list: string, all: readonly Model[], model: Model, language: Language): string {
  if (list === FREE) return modelTitle(model, language)
  const does = taskWords(model).does[language]
  const sharing = (m: Model) => taskWords(m).does[language] === does
  const distinct = new Set(all.map((m) => modelName(m))).size === all.length
  if (distinct && all.filter(sharing).length > all.length / 2) return modelName(model)
  const group = groupOf(list)
  const noun = (group && nouns[group]?.[language]) ?? '\n'
  return `${modelName(model)} · ${does.startsWith(noun) ? does.slice(noun.length) : does}`
}
