import { beginsNear } from '../../catalogue/near.ts'
import { pickTasks } from '../../catalogue/picks.ts'
import { wordsIn } from '../../catalogue/search.ts'

/** Words of one phrase stand this close. */
const NEAR = 3

/** Whether a phrase, given by the beginnings of its words, stands in a text. */
function has(words: readonly string[], phrase: string): boolean {
  const [first = '', ...rest] = phrase.split(' ')
  return words.some((word, i) => {
    if (!beginsNear(word, first)) return false
    let at = i
    return rest.every((stem) => {
      const next = words.slice(at + 1, at + 1 + NEAR).findIndex((w) => beginsNear(w, stem))
      at += next + 1
      return next >= 0
    })
  })
}

/** The tasks that words ask for, those named by the longest phrase first. */
export function meantTasks(text: string | null): readonly string[] {
  const words = wordsIn(text ?? '')
  return pickTasks
    .map(({ id, asked }) => ({
      id,
      weight: Math.max(0, ...asked.filter((p) => has(words, p)).map((p) => p.split(' ').length)),
    }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ id }) => id)
}

/** What somebody may want who writes of the bot itself instead of an order. */
export type Service = 'balance' | 'help'

const SERVICES: readonly (readonly [Service, readonly string[]])[] = [
  ['balance', ['баланс', 'пополн', 'оплат', 'сколько денег', 'balance', 'top up', 'payment']],
  [
    'help',
    ['помо', 'как польз', 'что ты умее', 'сколько сто', 'привет', 'help', 'how do', 'hello', 'hi'],
  ],
]
/** Longer texts are orders, whatever they mention. */
const SERVICE_WORDS = 6

/** What of the bot itself a short message asks for, if so. */
export function meantService(text: string | null): Service | undefined {
  const words = wordsIn(text ?? '')
  if (words.length > SERVICE_WORDS) return undefined
  return SERVICES.find(([, phrases]) => phrases.some((phrase) => has(words, phrase)))?.[0]
}

/** Words that say only "read this aloud" before the text itself. */
const SPOKEN =
  /^\s*(озвучь|озвучить|прочитай|прочти|скажи|say|read|voice|narrate)[^:\n]{0,40}:\s*/iu

/** The text to be spoken, without the order before it. */
export const spokenText = (text: string): string => text.replace(SPOKEN, '').trim() || text
