import { modelById } from '../../catalogue/catalogue.ts'
import { type MediaFile, type MediaKind, mediaKindOf } from '../../catalogue/media.ts'
import type { Answers } from '../../catalogue/payload.ts'
import {
  type Pick,
  type PickTask,
  pickTasks,
  TIERS,
  type Tier,
  taskById,
} from '../../catalogue/picks.ts'
import { type ListPrice, quotePrice, type Rates } from '../../catalogue/pricing.ts'
import type { Problem } from '../../catalogue/problem.ts'
import { usualAnswers, usualPrice } from '../../catalogue/usual-order.ts'
import type { Language } from '../../texts/translate.ts'
import type { ConversationContext, Draft, Wish } from '../context.ts'
import type { FreeFacts } from '../events.ts'
import { newDraft } from '../order/draft.ts'
import { canBeBegun } from '../order/offer.ts'
import { priceOrder } from '../order/price.ts'
import { openGap } from '../templates/template.ts'
import { type Filled, fill, isComplete, wordsQuestion } from './fill.ts'
import { isDescribed, lyricsAnswers } from './improving.ts'
import { meantTasks, spokenText } from './understood.ts'

/** The model of a card, or the order that has just ended, in place of a task of the picks. */
export const BASE = 'base'

/** Which order of those that a wish may become: a task and which of its models. */
export interface Choice {
  task: string
  tier: Tier
}

/** An order that a wish may become. */
export interface Offer extends Choice {
  draft: Draft
  /** What it costs as it is; null: something is to be asked first. */
  kopecks: number | null
  /** For whoever still has to say something: the price of the usual order. */
  usual: ListPrice
  /** Words that nobody gave. */
  usualWords: string | null
}

/** What can be spent: money, and what is free just now; undefined: not known yet. */
export interface Purse {
  availableKopecks: number | undefined
  free: FreeFacts | null | undefined
}

export const purseOf = ({ account }: ConversationContext): Purse => ({
  availableKopecks: account?.balance?.availableKopecks,
  free: account?.free,
})

/** Most offers next to one another. */
export const MOST_OFFERS = 4

const kindsOf = ({ files }: Wish): ReadonlySet<MediaKind> =>
  new Set(files.flatMap((file) => mediaKindOf(file) ?? []))

/** What a task of the picks still needs of the person; undefined: nothing. */
export function lacking(wish: Wish, task: PickTask | undefined): MediaKind | 'words' | undefined {
  if (task === undefined) return undefined
  const kinds = kindsOf(wish)
  const file = task.files.find((kind) => !kinds.has(kind))
  return file ?? (task.words === 'needed' && wish.words === null ? 'words' : undefined)
}

/** The next thing that a wish still needs; undefined: nothing. */
export function stillNeeded(wish: Wish): MediaKind | 'words' | 'gap' | undefined {
  const { template, base } = wish
  if (template === undefined || base === null) return lacking(wish, taskById(wish.task))
  if (openGap(template) !== undefined) return 'gap'
  const kinds = kindsOf(wish)
  const file = template.files.find((kind) => !kinds.has(kind))
  if (file !== undefined) return file
  const question = wordsQuestion({ ...newDraft(base.modelId), answers: base.answers })
  return question?.required === true && wish.words === null ? 'words' : undefined
}

/** The files for a task: a photo that was put into words is none where words are enough. */
const filesFor = (wish: Wish, task: PickTask | undefined): readonly MediaFile[] =>
  task?.files.length === 0 && isDescribed(wish)
    ? wish.files.filter((file) => mediaKindOf(file) !== 'image')
    : wish.files

/** Whether all files of a wish are of use for a task. */
const takesFiles = (wish: Wish, task: PickTask): boolean =>
  filesFor(wish, task).every((file) => {
    const kind = mediaKindOf(file)
    return kind === undefined || task.files.includes(kind)
  })

/** The pick of a choice, with its answers; of a wish's own model its usual order. */
function pickOf(wish: Wish, { task, tier }: Choice): Pick | undefined {
  if (task !== BASE) return taskById(task)?.[tier]
  const model = modelById(wish.base?.modelId ?? '')
  if (wish.base === null || model === undefined) return undefined
  const answers = choicesOf(model.id, wish.base.answers)
  return { model: model.id, answers: answers as Pick['answers'] }
}

/** Words for a task: those that were given, or its usual ones; none where it takes none. */
function wordsFor(wish: Wish, task: PickTask | undefined, language: Language): string | null {
  if (task === undefined) return wish.words
  if (task.words === 'none') return null
  if (wish.words === null) return task.usual?.[language] ?? null
  return task.spoken ? spokenText(wish.words) : wish.words
}

/** The order of a choice with all that was given in its place. */
export function orderOf(wish: Wish, choice: Choice, language: Language): Filled | undefined {
  const pick = pickOf(wish, choice)
  if (pick === undefined || modelById(pick.model) === undefined) return undefined
  const task = taskById(choice.task)
  const words = wordsFor(wish, task, language)
  const answers = { ...pick.answers, ...lyricsAnswers(wish, choice.task) }
  return fill(pick.model, answers, { words, files: filesFor(wish, task) })
}

/** All that a wish may become, next to what can be spent. */
export interface Offers {
  shown: readonly Offer[]
  /** Why a file or words fit nowhere, if that is so. */
  problem: Problem | undefined
}

const known = new WeakMap<Wish, WeakMap<Rates, Map<string, Offers>>>()

/**
 * What is offered: the models of the chosen task, or the best for each task that fits. Wishes never
 * change in place, and a screen is drawn again whenever something happens: each is worked out once.
 */
export function offersOf(wish: Wish, language: Language, rates: Rates, purse: Purse): Offers {
  const byRates = known.get(wish) ?? new WeakMap<Rates, Map<string, Offers>>()
  known.set(wish, byRates)
  const byPurse = byRates.get(rates) ?? new Map<string, Offers>()
  byRates.set(rates, byPurse)
  const key = JSON.stringify([language, purse])
  const offers = byPurse.get(key) ?? workOut(wish, language, rates, purse)
  byPurse.set(key, offers)
  return offers
}

function workOut(wish: Wish, language: Language, rates: Rates, purse: Purse): Offers {
  const problems: Problem[] = []
  const offer = (choice: Choice): Offer | undefined => {
    const filled = orderOf(wish, choice, language)
    const model = filled && modelById(filled.draft.modelId)
    if (filled === undefined || model === undefined || !canBeBegun(model, rates)) return undefined
    if (filled.problem !== undefined) problems.push(filled.problem)
    if (filled.problem !== undefined || filled.spare > 0) return undefined
    const task = taskById(choice.task)
    const isWhole = isComplete(filled) && lacking(wish, task) === undefined
    const priced = isWhole ? priceOrder(filled.draft, rates) : undefined
    return {
      ...choice,
      draft: filled.draft,
      kopecks: priced && 'priceKopecks' in priced ? priced.priceKopecks : null,
      usual: stepPrice(filled.draft, rates),
      usualWords: wish.words === null && task?.words === 'optional' ? wordsIn(filled.draft) : null,
    }
  }
  const tiers = (task: string): Offer[] =>
    TIERS.flatMap((tier) => offer({ task, tier }) ?? []).filter(isFirst)
  const base = wish.base === null ? [] : [offer({ task: BASE, tier: 'fast' })]
  const chosen = taskById(wish.task)
  const found =
    chosen === undefined
      ? tasksFor(wish).map((task) => bestOf(tiers(task.id), purse))
      : tiers(chosen.id).filter((o) => !isFreeOver(o, purse))
  const shown = [...base, ...found]
    .filter((o) => o !== undefined)
    .filter(isFirst)
    .slice(0, MOST_OFFERS)
  return { shown, problem: shown.length === 0 ? problems[0] : undefined }
}

/** All choices of a model: those that were made, and for the rest the usual ones. */
export function choicesOf(modelId: string, answers: Answers): Answers {
  const model = modelById(modelId)
  return model === undefined ? answers : { ...usualAnswers(model), ...answers }
}

/** What an order costs as far as it is known: of many models words change nothing. */
export function stepPrice(draft: Draft, rates: Rates): ListPrice {
  const model = modelById(draft.modelId)
  if (model === undefined) return { unpriced: 'not-sold' }
  const quote = quotePrice(model, draft.answers, rates)
  return 'unpriced' in quote
    ? usualPrice(model, rates)
    : { kopecks: quote.kopecks, per: 'run', varies: false }
}

const wordsIn = (draft: Draft): string | null => {
  const field = wordsQuestion(draft)?.field
  return field === undefined ? null : String(draft.answers[field] ?? '') || null
}

/** Of several tiers with the same order the first one stands for all. */
const isFirst = (offer: Offer, i: number, all: readonly Offer[]): boolean =>
  all.findIndex((other) => isSameOrder(other, offer)) === i

const isSameOrder = (a: Offer, b: Offer): boolean =>
  a.draft.modelId === b.draft.modelId &&
  JSON.stringify(a.draft.answers) === JSON.stringify(b.draft.answers)

/** A free order that has to wait: its hour or day is over. */
const isFreeOver = ({ kopecks }: Offer, { free }: Purse): boolean =>
  kopecks === 0 && free != null && free.nextAt !== null

/** How much an order lacks; not positive: there is enough, or nobody knows. */
export const missingFor = (kopecks: number, { availableKopecks }: Purse): number =>
  availableKopecks === undefined ? 0 : kopecks - availableKopecks

/** The first that can be paid now: the fast one, the cheap one, the best one; else the fast one. */
function bestOf(offers: readonly Offer[], purse: Purse): Offer | undefined {
  const open = offers.filter((o) => !isFreeOver(o, purse))
  const order: readonly Tier[] = ['fast', 'cheap', 'best']
  const sorted = order.flatMap((tier) => open.find((o) => o.tier === tier) ?? [])
  return sorted.find((o) => o.kopecks !== null && missingFor(o.kopecks, purse) <= 0) ?? sorted[0]
}

/**
 * The tasks that a wish may be for: those its words ask for, then those that have all they need,
 * then those that need something more. Words alone are not offered what needs a file, unless asked.
 */
export function tasksFor(wish: Wish): readonly PickTask[] {
  // What a model says of a photo asks for nothing: a picture of it is drawn, or the photo is used.
  const meant = isDescribed(wish) ? [] : meantTasks(wish.words)
  const kinds = kindsOf(wish)
  const rank = (task: PickTask): number => {
    if (!takesFiles(wish, task)) return 0
    const isMeant = meant.includes(task.id)
    const isWhole = lacking(wish, task) === undefined
    const isDeaf = task.words === 'none' && wish.words !== null && kinds.size > 0
    if (isDescribed(wish) && task.files.length === 0) return task.group === 'image' ? 20 : 0
    if (isMeant) return (isWhole ? 200 : 100) - meant.indexOf(task.id)
    if (kinds.size === 0) return isWhole && task.files.length === 0 ? 10 : 0
    return isDeaf ? 1 : 10
  }
  return pickTasks
    .map((task) => ({ task, rank: rank(task) }))
    .filter((one) => one.rank > 0)
    .sort((a, b) => b.rank - a.rank)
    .map((one) => one.task)
}
