import { allModels } from '../../machines/catalogue/catalogue.ts'
import { questionsOf } from '../../machines/catalogue/questions.ts'
import type { Hidden } from './contract.ts'

/**
 * What people wrote, who they are and what they sent never leaves the server unless it is revealed.
 * Nothing is shown because it is not on a list: a string is only shown where it can't be personal.
 */

type Kind = Hidden['hidden']
type Path = readonly (string | number)[]

/** Looks like a name from the code, an id or a number: no word of a person has to look like that. */
const TECHNICAL = /^[\w.:#|+\-/]{0,96}$/
/** Whatever it looks like, it may be one. */
const BY_KEY: readonly [RegExp, Kind][] = [
  [/^(first|last|user|file)_?name$|^name$|^phone|^email$/i, 'name'],
  [/^(file|unique|fileUnique)_?ids?$/i, 'file'],
  [/^urls?$|link$/i, 'link'],
  [/^(text|caption|prompt|negative_?prompt|lyrics|raw|title|message|note|receipt)$/i, 'text'],
  [/^(words|search)$/, 'text'],
  [/^fail_?message$/i, 'text'],
]
/** Written by operators, for operators. */
const OPEN_KEYS = new Set(['why', 'by'])
/** Holds what a user answered, by the names of a model's inputs. */
const ANSWERS = 'answers'
/** Holds addresses of a user's files. */
const FILES = new Set(['uploads', 'urls'])

let open: Set<string> | undefined

/** Inputs whose answers are chosen from what every model that has them offers, never written. */
function openInputs(): Set<string> {
  if (open !== undefined) return open
  const chosen = new Set<string>()
  const written = new Set<string>()
  for (const model of allModels) {
    for (const { field, kind } of questionsOf(model)) {
      const isChosen = kind === 'choice' || kind === 'toggle'
      ;(isChosen ? chosen : written).add(field)
    }
  }
  open = new Set([...chosen].filter((field) => !written.has(field)))
  return open
}

/** What kind of personal value stands at this path; null: it may be shown. */
function kindOf(text: string, path: Path): Kind | null {
  const names = path.filter((part) => typeof part === 'string')
  const key = names.at(-1) ?? ''
  if (names.some((name) => FILES.has(name)) || text.includes('://')) return 'link'
  const [, byKey] = BY_KEY.find(([pattern]) => pattern.test(key)) ?? []
  if (byKey !== undefined) return byKey
  const inside = names.indexOf(ANSWERS)
  if (inside !== -1) return openInputs().has(names[inside + 1] ?? '') ? null : 'text'
  return OPEN_KEYS.has(key) || TECHNICAL.test(text) ? null : 'text'
}

function replace(value: unknown, path: Path, by: (text: string, kind: Kind) => unknown): unknown {
  if (typeof value === 'string') {
    const kind = value === '' ? null : kindOf(value, path)
    return kind === null ? value : by(value, kind)
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item, i) => replace(item, [...path, i], by))
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, replace(inner, [...path, key], by)]),
  )
}

/** A copy in which everything personal says only what it is and how long. */
export const hide = (value: unknown, path: Path = []): unknown =>
  replace(value, path, (text, hidden): Hidden => ({ hidden, length: text.length }))

const BULLETS = 40

/** A copy of the same shape, to draw from: personal strings are bullets. */
export const mask = <T>(value: T): T =>
  replace(value, [], (text) => '•'.repeat(Math.min(text.length, BULLETS))) as T
