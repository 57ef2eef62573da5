import { z } from 'zod'
import file from '../../../models/templates.json' with { type: 'json' }
import { gapsOf, hasSoundGaps } from './gaps.ts'
import type { MediaKind } from './media.ts'
import { pickOrderFaults, pickTasks, taskById } from './picks.ts'
import type { Rates } from './pricing.ts'

const words = z.strictObject({ ru: z.string().min(1), en: z.string().min(1) })
const template = z.strictObject({
  /** Stands in links: never changed, never used again for another template. */
  id: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    .max(24),
  /** The task of the picks under which it stands; its files are those that the template needs. */
  task: z.string(),
  title: words,
  /** What the order is about; a question in braces is a gap that each person fills in. */
  words: words.exactOptional(),
  model: z.string(),
  /** Every required choice. */
  answers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
})
const templatesSchema = z.array(template)

/** An order prepared but for words and files, with a title. */
export type ShippedTemplate = z.infer<typeof template>

/** What `models/templates.json` says; `templateFormFaults` and `templateFaults` check it. */
export const shippedTemplates: readonly ShippedTemplate[] = file as ShippedTemplate[]

/** The kinds of files that somebody must send for it. */
export const filesForTask = (task: string): readonly MediaKind[] => taskById(task)?.files ?? []

/** Longest answer that a person gives for one gap. */
export const GAP_LENGTH = 300
/** A title stands on a button. */
export const TITLE_LENGTH = 40
/** More questions than this nobody answers. */
export const MOST_GAPS = 4

/** What is wrong with the form of the templates, one line each; the start is refused for it. */
export function templateFormFaults(given: unknown = file): readonly string[] {
  const { error } = templatesSchema.safeParse(given)
  return (error?.issues ?? []).map((i) => `templates: ${i.path.join('.')}: ${i.message}`)
}

/** What is wrong with the templates, one line each: form, words, models not on sale, presets, prices. */
export function templateFaults(rates: Rates, given: unknown = file): readonly string[] {
  const parsed = templatesSchema.safeParse(given)
  if (!parsed.success) return templateFormFaults(given)
  const ids = parsed.data.map(({ id }) => id)
  return parsed.data.flatMap((one, i) =>
    [
      ...(ids.indexOf(one.id) < i ? ['another template has this id'] : []),
      ...wordFaults(one),
      ...orderFaults(one, rates),
    ].map((fault) => `templates: ${one.id}: ${fault}`),
  )
}

function wordFaults({ title, words: texts }: ShippedTemplate): string[] {
  const all = Object.values(texts ?? {})
  const counts = new Set(all.map((text) => gapsOf(text).length))
  return [
    ...(Object.values(title).some((text) => [...text].length > TITLE_LENGTH)
      ? [`the title has more than ${TITLE_LENGTH} letters`]
      : []),
    ...(all.every(hasSoundGaps) ? [] : ['a brace in the words belongs to no gap']),
    ...(counts.size > 1 ? ['the two languages have different gaps'] : []),
    ...([...counts].some((count) => count > MOST_GAPS) ? [`more than ${MOST_GAPS} gaps`] : []),
  ]
}

function orderFaults(one: ShippedTemplate, rates: Rates): string[] {
  const task = taskById(one.task)
  if (task === undefined) {
    return [`there is no task ${one.task}; tasks: ${pickTasks.map(({ id }) => id).join(', ')}`]
  }
  const pick = { model: one.model, answers: one.answers }
  const needs = { words: one.words === undefined ? 'none' : 'needed', files: task.files } as const
  return pickOrderFaults(needs, pick, rates)
}
