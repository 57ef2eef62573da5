import { z } from 'zod'
import file from '../../../models/picks.json' with { type: 'json' }
import { type Category, categories, hasPrice, modelById, needsEarlierResult } from './catalogue.ts'
import type { MediaKind } from './media.ts'
import { isOnOffer, quotePrice, type Rates } from './pricing.ts'
import { questionsOf, staleAnswers } from './questions.ts'

const words = z.strictObject({ ru: z.string().min(1), en: z.string().min(1) })
const pick = z.strictObject({
  model: z.string(),
  /** Every required choice, so that one tap orders; all of them are shown before it. */
  answers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
})
const idea = z.strictObject({ id: z.string(), title: words, words })
const task = z.strictObject({
  emoji: z.string().min(1),
  title: words,
  group: z.enum(categories as [Category, ...Category[]]),
  /** Whether it needs words, can do with usual ones, or takes none. */
  words: z.enum(['needed', 'optional', 'none']),
  /** The kinds of files it is made of; of pictures there may be several. */
  files: z.array(z.enum(['image', 'video', 'audio'])),
  /** What words it is asked for with: the beginnings of one word, or of several in this order. */
  asked: z.array(z.string().min(1)),
  /** The question for its words. */
  ask: words.exactOptional(),
  /** Words to go with when there are none. */
  usual: words.exactOptional(),
  /** Ready wishes, one tap each. */
  ideas: z.array(idea).exactOptional(),
  /** Words such as "read aloud:" before the text are an order, not a part of the text. */
  spoken: z.boolean().exactOptional(),
  /** How lyrics are ordered: further answers, and the inputs for what the song is about and its title. */
  lyrics: z
    .strictObject({
      answers: z.record(z.string(), z.boolean()),
      style: z.string(),
      title: z.string(),
    })
    .exactOptional(),
  fast: pick,
  best: pick,
  cheap: pick,
})
const picksSchema = z.strictObject({
  /** The wishes of the menu, in its order. */
  wishes: z.array(z.string()).min(1).max(6),
  /** Tasks in the order in which they are offered. */
  tasks: z.record(z.string(), task),
})

export const TIERS = ['fast', 'best', 'cheap'] as const
export type Tier = (typeof TIERS)[number]
export type Pick = z.infer<typeof pick>
/** One thing to wish for, with the models for it. */
export type PickTask = z.infer<typeof task> & { readonly id: string }
export type Idea = z.infer<typeof idea>

/** What `models/picks.json` says; `pickFormFaults` and `pickFaults` check it. */
const picks = file as z.infer<typeof picksSchema>

/** All tasks in the order in which they are offered. */
export const pickTasks: readonly PickTask[] = Object.entries(picks.tasks).map(([id, t]) => ({
  id,
  ...t,
}))

const byId = new Map(pickTasks.map((t) => [t.id, t]))

export const taskById = (id: string | null): PickTask | undefined => byId.get(id ?? '')

/** The wishes that stand on the menu. */
export const menuWishes: readonly PickTask[] = picks.wishes.flatMap((id) => byId.get(id) ?? [])

/** Ready wishes for a model that works on given files: those of the tasks of its group that do. */
export const ideasFor = ({ category }: { category: Category }): readonly Idea[] =>
  pickTasks
    .filter(({ group, files }) => group === category && files.length > 0)
    .flatMap(({ ideas = [] }) => ideas)

/** Files that stand for those of an order when the price of a pick is checked. */
const SAMPLES: Readonly<Record<MediaKind, object>> = {
  image: { kind: 'image', size: 100_000, width: 1024, height: 1024 },
  video: { kind: 'video', size: 100_000, width: 1024, height: 1024, duration: 5 },
  audio: { kind: 'audio', size: 100_000, duration: 5 },
}

/** What is wrong with the form of the picks, one line each; the start is refused for it. */
export function pickFormFaults(given: unknown = file): readonly string[] {
  const { error } = picksSchema.safeParse(given)
  return (error?.issues ?? []).map((i) => `picks: ${i.path.join('.')}: ${i.message}`)
}

/** What is wrong with the picks, one line each: form, models not on sale, presets, prices. */
export function pickFaults(rates: Rates, given: unknown = file): readonly string[] {
  const parsed = picksSchema.safeParse(given)
  if (!parsed.success) return pickFormFaults(given)
  const { wishes, tasks } = parsed.data
  return [
    ...wishes.filter((id) => !(id in tasks)).map((id) => `picks: no task ${id} for the menu`),
    ...Object.entries(tasks).flatMap(([id, t]) => [
      ...(t.words === 'needed' && t.ask === undefined ? [`picks: ${id}: asks no question`] : []),
      ...(t.words === 'optional' && t.usual === undefined ? [`picks: ${id}: no usual words`] : []),
      ...TIERS.flatMap((tier) =>
        [t[tier], ...withLyrics(t, t[tier])].flatMap((order) =>
          pickOrderFaults(t, order, rates).map((fault) => `picks: ${id}.${tier}: ${fault}`),
        ),
      ),
    ]),
  ]
}

/** The order that a pick becomes with lyrics of its own, where it can. */
const withLyrics = ({ lyrics }: z.infer<typeof task>, { model, answers }: Pick): Pick[] =>
  lyrics === undefined
    ? []
    : [
        {
          model,
          answers: { ...answers, ...lyrics.answers, [lyrics.style]: 'x', [lyrics.title]: 'x' },
        },
      ]

/** Why an order of a model with these answers can't be made complete by what a task needs, if so. */
export function pickOrderFaults(
  t: { words: PickTask['words']; files: readonly MediaKind[] },
  { model: id, answers }: Pick,
  rates: Rates,
): string[] {
  const model = modelById(id)
  if (model === undefined) return [`there is no model ${id}`]
  if (!isOnOffer(model, rates)) return [`${id} is not on sale`]
  if (needsEarlierResult(model) || !hasPrice(model)) return [`${id} can not be ordered`]
  const unknown = Object.keys(answers).filter((f) => model.input.properties[f] === undefined)
  if (unknown.length > 0) return [`${id} has no input ${unknown.join(', ')}`]
  const questions = questionsOf(model, answers)
  const open = questions.filter((q) => q.required && !(q.field in answers))
  const text = open.filter((q) => q.kind === 'text')
  const kinds = open.flatMap((q) => q.media?.kind ?? [])
  const others = open.filter((q) => q.kind !== 'text' && q.media === undefined)
  const stale = staleAnswers(model, answers)
  const faults = [
    ...others.map((q) => `${q.field} of ${id} is not preset`),
    ...stale.map((field) => `${field} of ${id} can not be ${answers[field]}`),
    ...(text.length > 1 ? [`${id} needs several texts`] : []),
    ...(text.length === 1 && t.words === 'none' ? [`${id} needs words`] : []),
    ...kinds.filter((k) => !t.files.includes(k)).map((k) => `${id} needs a file: ${k}`),
    ...t.files
      .filter((kind) => !questions.some((q) => q.media?.kind === kind))
      .map((kind) => `${id} takes no file: ${kind}`),
  ]
  if (faults.length > 0) return faults
  const media = Object.fromEntries(
    questions
      .filter((q) => q.media !== undefined && (q.required || t.files.includes(q.media.kind)))
      .map((q) => [q.field, [SAMPLES[q.media?.kind ?? 'image']]]),
  )
  const filled = { ...Object.fromEntries(text.map((q) => [q.field, 'words'])), ...answers }
  const quote = quotePrice(model, filled, rates, { media })
  return 'unpriced' in quote ? [`${id} has no price with these answers: ${quote.unpriced}`] : []
}
