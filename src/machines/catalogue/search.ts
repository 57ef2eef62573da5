import { z } from 'zod'
import file from '../../../models/synonyms.json' with { type: 'json' }
import { categoryWords } from '../labels/categories.ts'
import { modelName } from '../labels/models.ts'
import { brandSpellings } from '../labels/providers.ts'
import { taskWords } from '../labels/tasks.ts'
import { allModels, type Model, needsEarlierResult } from './catalogue.ts'
import { beginsNear } from './near.ts'

/** Fewer letters mean too much. */
const FEWEST_LETTERS = 2
/** Longer words lose their ending: "озвучить" finds "озвучка". */
const STEM = 4
/** So much of a word must be there to tell a slip of the finger from another word. */
const TYPO_FROM = 4

const synonymsSchema = z.strictObject({
  fillers: z.array(z.string()),
  tasks: z.record(z.string(), z.string()),
})

/** The words of a text as they are compared: in small letters, ё as е. */
export const wordsIn = (text: string): string[] =>
  text
    .toLowerCase()
    .replaceAll('ё', 'е')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')

const stemOf = (word: string): string =>
  word.length > STEM && /^\p{L}+$/u.test(word)
    ? word.slice(0, Math.max(STEM, word.length - 3))
    : word

/**
 * `models/synonyms.json`: other words that people use for a task, which stand on no screen, and words
 * that say nothing of what is wanted.
 */
const { tasks: alsoCalled, fillers } = synonymsSchema.parse(file)
const FILLERS: ReadonlySet<string> = new Set(fillers)

interface Entry {
  readonly model: Model
  readonly name: readonly string[]
  readonly rest: readonly string[]
}

const entries: readonly Entry[] = allModels
  .filter((model) => !needsEarlierResult(model))
  .map((model) => {
    const { does, summary } = taskWords(model)
    const { title } = categoryWords[model.category]
    const texts = [does, summary, title].flatMap(({ ru, en }) => [ru, en])
    return {
      model,
      name: wordsIn(
        [
          ...[modelName(model), model.id, model.brand, model.provider, model.words.search ?? ''],
          brandSpellings(model.provider, model.brand),
        ].join(' '),
      ),
      rest: wordsIn(`${texts.join(' ')} ${alsoCalled[model.task] ?? ''}`),
    }
  })

/**
 * Models that have every given word in their name, task or group, in either language; those that
 * have them in the name come first. Words that say nothing don't count among others; where nothing is
 * written like that, a slip of the finger in each word is forgiven.
 */
export function findModels(text: string): readonly Model[] {
  const found = known.get(text) ?? search(text)
  known.delete(text)
  known.set(text, found)
  if (known.size > REMEMBERED) known.delete(known.keys().next().value as string)
  return found
}

/** One search is asked for several times: by the guard, by the screen, by each of its pages. */
const known = new Map<string, readonly Model[]>()
const REMEMBERED = 200

function search(text: string): readonly Model[] {
  const given = wordsIn(text)
  const telling = given.filter((word) => !FILLERS.has(word))
  const words = telling.length > 0 ? telling : given
  if (words.join('').length < FEWEST_LETTERS) return []
  const found = matches(words.map(stemOf), (word, stem) => word.startsWith(stem))
  if (found.length > 0) return found
  // A whole word is compared: of its stem too little would be left to be like anything else.
  return matches(words, (word, typed) => beginsNear(word, typed, TYPO_FROM))
}

function matches(
  wanted: readonly string[],
  fits: (word: string, wanted: string) => boolean,
): readonly Model[] {
  const has = (words: readonly string[], one: string) => words.some((word) => fits(word, one))
  return entries
    .filter(({ name, rest }) => wanted.every((one) => has(name, one) || has(rest, one)))
    .map(({ model, name }) => ({ model, named: wanted.filter((one) => has(name, one)).length }))
    .sort((a, b) => b.named - a.named)
    .map(({ model }) => model)
}
