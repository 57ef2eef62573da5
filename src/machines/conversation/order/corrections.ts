import { checkAnswer } from '../../catalogue/answers.ts'
import type { Draft } from '../context.ts'
import { questionOf, withAnswer } from './draft.ts'

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

/** Letters in order that two texts share at their ends: a slip changes little in between. */
function sharedEnds(a: string, b: string): number {
  const most = Math.min(a.length, b.length)
  let front = 0
  while (front < most && a[front] === b[front]) front += 1
  let back = 0
  while (back < most - front && a.at(-1 - back) === b.at(-1 - back)) back += 1
  return front + back
}

/** Whether one text is the other with a slip put right: half of the words, or of the letters, stayed. */
export function isLike(before: string, after: string): boolean {
  const [was, is] = [wordsOf(before), wordsOf(after)]
  const stayed = was.filter((word) => is.includes(word)).length
  if (stayed > 0 && stayed * 2 >= Math.min(was.length, is.length)) return true
  const longer = Math.max(before.length, after.length)
  return longer > 0 && sharedEnds(before.toLowerCase(), after.toLowerCase()) * 2 >= longer
}

/**
 * The order with the answer that an edited message corrects; undefined: it corrects none, or the new
 * words will not do. Telegram does not say what the message was before, so the most similar answer is
 * meant.
 */
export function corrected(draft: Draft, text: string): Draft | undefined {
  const similar = Object.entries(draft.answers).filter(
    ([, answer]) => typeof answer === 'string' && answer !== text && isLike(answer, text),
  )
  for (const [field] of similar) {
    const question = questionOf(draft, field)
    if (question?.kind !== 'text') continue
    const checked = checkAnswer(question, text)
    if (checked.ok) return withAnswer(draft, field, checked.value)
  }
  return undefined
}
