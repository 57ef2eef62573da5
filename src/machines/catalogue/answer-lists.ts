import { type AnswerValue, type Checked, type Shot, secondsOf } from './answers.ts'
import type { MediaFile } from './media.ts'
import { lengthProblem } from './media-length.ts'
import type { Problem } from './problem.ts'
import type { Question } from './questions.ts'

/** One entry of an answer that is gathered bit by bit. */
export type Item = MediaFile | string | Shot

/** Whether the answer is gathered from several messages, until the user says that it is all. */
export const isGathered = ({ kind }: Question): boolean =>
  kind === 'media-list' || kind === 'list' || kind === 'shots'

/** What has been gathered so far. */
export const itemsOf = (value: unknown): readonly Item[] => (Array.isArray(value) ? value : [])

/** How many entries a gathered answer may have. */
export const itemLimits = ({ media, minItems = 0, maxItems = 99 }: Question) =>
  media
    ? { min: media.minItems, max: media.maxItems }
    : { min: Math.max(1, minItems), max: maxItems }

/** What was gathered, with some more at its end; refused as a whole where that is too much. */
export function withItems(question: Question, before: unknown, more: AnswerValue): Checked {
  const items = [...itemsOf(before), ...itemsOf(more)]
  const { max } = itemLimits(question)
  if (items.length > max) return no(question.media ? 'media.many' : 'list.many', { max })
  const { kind, maxTotal = Infinity } = question
  const total = kind === 'shots' ? secondsOf(items as Shot[]) : 0
  if (total > maxTotal) return no('shots.total', { max: maxTotal, total })
  const span = question.media && lengthProblem(question.media, items as readonly MediaFile[])
  if (span) return { ok: false, problem: span }
  return { ok: true, value: items as AnswerValue }
}

const no = (code: Problem['code'], params: Problem['params']): Checked => ({
  ok: false,
  problem: { code, params },
})
