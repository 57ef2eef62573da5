import { mediaKindOf } from '../../catalogue/media.ts'
import { taskById } from '../../catalogue/picks.ts'
import type { Wish } from '../context.ts'

/** What a chat model does with a wish: more detail, English words, or words for a photo. */
export type Improvement = 'enrich' | 'translate' | 'describe'

/** Longer wishes say enough. */
const LONGEST = 1_000
/** What is shown whole before it is used. */
export const MOST_LETTERS = 1_000

/** The photo that words can be found for. */
export const photoOf = ({ files }: Wish) => files.find((file) => mediaKindOf(file) === 'image')

/** What can be done for the words of a wish. A text to be read aloud stays as it is. */
export function improvementsFor(wish: Wish): readonly Improvement[] {
  const task = taskById(wish.task)
  if (task?.words === 'none' || task?.spoken === true) return []
  const { words } = wish
  if (words === null) return photoOf(wish) === undefined ? [] : ['describe']
  if (words.length > LONGEST) return []
  return /\p{Script=Cyrillic}/u.test(words) ? ['enrich', 'translate'] : ['enrich']
}

/** Better words in place of those that were given, which are kept. */
export const withBetterWords = (wish: Wish, words: string): Wish => ({
  ...wish,
  words: [...words.trim()].slice(0, MOST_LETTERS).join(''),
  improved: wish.improved ?? { before: wish.words },
})

/** The words as they were given. */
export function withOwnWords({ improved, ...wish }: Wish): Wish {
  return improved === undefined ? wish : { ...wish, words: improved.before }
}

/** What is written anew is nobody's improvement. */
export function withoutImprovement({ improved: _, ...wish }: Wish): Wish {
  return wish
}
