import { isGathered, itemLimits } from '../../../src/machines/catalogue/answer-lists.ts'
import type { Model } from '../../../src/machines/catalogue/catalogue.ts'
import type { Question } from '../../../src/machines/catalogue/questions.ts'
import type { Language } from '../../../src/machines/texts/translate.ts'
import examples from '../../fixtures/kie-examples.json' with { type: 'json' }
import { type Person, plain, untold } from './walk.ts'

const exampleOf = (model: Model): Readonly<Record<string, unknown>> =>
  (examples as Record<string, Record<string, unknown>>)[model.id] ?? {}

/** Words that no screen says by itself. */
export const WORDS = 'Ёжик в тумане'

/** A value that a question takes: the least or first of what it allows, or the most or last. */
function endOf(question: Question, end: 'first' | 'last'): unknown {
  const { kind, options = [], min = 0, max = min + 1, maxLength = Infinity } = question
  if (kind === 'choice' || kind === 'toggle') return options.at(end === 'first' ? 0 : -1)?.value
  if (kind === 'number') return end === 'first' ? min : max
  if (kind === 'shots') return [{ Scene: WORDS, duration: 2.5 }]
  if (question.link) return 'https://sora.chatgpt.com/p/s_0123456789abcdef'
  if (!isGathered(question)) return WORDS.slice(0, maxLength)
  const limits = itemLimits(question)
  return end === 'first' ? limits.min : limits.max
}

/** Wants what the provider's own example has, and nothing else where that is allowed. */
export const follower = (model: Model, language: Language): Person => ({
  language,
  send: (kind) => plain[kind],
  wants(question) {
    const value = exampleOf(model)[question.field]
    if (value === undefined) return question.required ? endOf(question, 'first') : undefined
    return question.media && Array.isArray(value) ? value.length : value
  },
})

/** Sets everything that can be set, to one end of what is allowed. */
export const extremist = (end: 'first' | 'last', language: Language): Person => ({
  language,
  send: (kind) => (end === 'first' ? plain : untold)[kind],
  wants: (question) => endOf(question, end),
})

/** Goes to one end and to the other by turns, for fields that only a mixture asks for. */
export const waverer = (model: Model, language: Language): Person => {
  const order = Object.entries(model.input.properties)
    .toSorted(([, a], [, b]) => a['x-order'] - b['x-order'])
    .map(([field]) => field)
  return {
    language,
    send: (kind) => plain[kind],
    wants: (q) => endOf(q, order.indexOf(q.field) % 2 === 0 ? 'first' : 'last'),
  }
}
