import { pickTasks } from '../../catalogue/picks.ts'
import { wordsIn } from '../../catalogue/search.ts'

/** Shorter beginnings of words must be written exactly. */
const TYPO_FROM = 6
/** Words of one phrase stand this close. */
const NEAR = 3

/** Whether one letter is missing, added, wrong, or two have changed places, at most. */
export function isNear(a: string, b: string): boolean {
  if (a === b) return true
  if (Math.abs(a.length - b.length) > 1) return false
  let at = 0
  while (at < a.length && a[at] === b[at]) at += 1
  const [restA, restB] = [a.slice(at), b.slice(at)]
  const isSwapped =
    restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2)
  return (
    restA.slice(1) === restB.slice(1) ||
    restA === restB.slice(1) ||
    restA.slice(1) === restB ||
    isSwapped
  )
}

/** Whether a word begins like this, give or take a slip of the finger. */
function begins(word: string, stem: string): boolean {
  if (word.startsWith(stem)) return true
  if (stem.length < TYPO_FROM) return false
  return [0, 1, -1].some((d) => isNear(word.slice(0, stem.length + d), stem))
}

/** Whether a phrase, given by the beginnings of its words, stands in a text. */
function has(words: readonly string[], phrase: string): boolean {
  const [first = '', ...rest] = phrase.split(' ')
  return words.some((word, i) => {
    if (!begins(word, first)) return false
    let at = i
    return rest.every((stem) => {
      const next = words.slice(at + 1, at + 1 + NEAR).findIndex((w) => begins(w, stem))
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
