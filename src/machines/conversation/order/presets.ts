import type { AnswerValue } from '../../catalogue/answers.ts'
import type { Question } from '../../catalogue/questions.ts'
import type { Draft } from '../context.ts'
import { isOpen, modelOf, questionsNow, withAnswer } from './draft.ts'

/** What most people take: the documented default of the provider, or else the first value. */
function usualValue(draft: Draft, { field, options = [] }: Question): AnswerValue | undefined {
  const usual = modelOf(draft).input.properties[field]?.default
  const values = options.map((o) => o.value)
  return values.find((value) => value === usual) ?? values[0]
}

/**
 * The order with every open choice answered as most people would; the preview shows each of them, and
 * each can be changed there. Words and files stay open.
 */
export function withPresets(given: Draft): Draft {
  let draft = given
  const left = new Set<string>()
  // Each round answers a question or leaves it for good, so it ends; an answer may open another one.
  for (;;) {
    const next = questionsNow(draft).find(
      (q) => isOpen(draft, q) && !left.has(q.field) && (q.kind === 'choice' || q.kind === 'toggle'),
    )
    if (next === undefined) return draft
    const value = usualValue(draft, next)
    if (value === undefined) left.add(next.field)
    else draft = withAnswer(draft, next.field, value)
  }
}
