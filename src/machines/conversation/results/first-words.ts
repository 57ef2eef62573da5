import { modelById } from '../../catalogue/catalogue.ts'
import type { Answers } from '../../catalogue/payload.ts'
import { newDraft } from '../order/draft.ts'
import { wordingOf } from '../order/text-answers.ts'

/** As much as a person needs to recognise an order. */
const LENGTH = 60

/** The first words of what an order is about, on one line; null: it was ordered without words. */
export function firstWords(modelId: string, answers: Answers): string | null {
  if (modelById(modelId) === undefined) return null
  const field = wordingOf({ ...newDraft(modelId), answers })?.field
  const text = field === undefined ? undefined : answers[field]
  if (typeof text !== 'string') return null
  const line = text.replace(/\s+/g, ' ').trim()
  const letters = [...line]
  if (letters.length === 0) return null
  return letters.length <= LENGTH
    ? line
    : `${letters
        .slice(0, LENGTH - 1)
        .join('')
        .trimEnd()}…`
}
