/** A gap in a template's words: its question to the person in braces, e.g. `{Who is it for?}`. */
const GAP = /\{([^{}\n]+)\}/g

/** The questions of a text's gaps, in order. */
export const gapsOf = (words: string): readonly string[] =>
  [...words.matchAll(GAP)].map(([, question]) => (question as string).trim())

/** The text with its gaps filled in order; those without an answer stay as they are. */
export function fillGaps(words: string, answers: readonly string[]): string {
  let next = 0
  return words.replace(GAP, (gap) => {
    const answer = answers[next]
    next += 1
    return answer ?? gap
  })
}

/** Whether every brace belongs to a gap, and no gap is empty. */
export const hasSoundGaps = (words: string): boolean =>
  !/[{}]/.test(words.replace(GAP, '')) && gapsOf(words).every((question) => question !== '')
