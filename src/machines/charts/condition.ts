import { inlineText } from './inline.ts'

/** A guard as plain data. */
export type Condition =
  | { name: string; params?: unknown }
  /** A function in the place of a name: its name, its short expression, or `(inline)`. */
  | { inline: string }
  /** Whether these states are active; their ids. */
  | { stateIn: readonly string[] }
  | { not: Condition }
  | { and: readonly Condition[] }
  | { or: readonly Condition[] }

interface BuiltIn {
  check?: { name: string }
  guards?: readonly unknown[]
  stateValue?: unknown
}

/** Reads what stands at `guard:` in a transition of the machine `root`; null: nothing. */
export function conditionOf(guard: unknown, root: string): Condition | null {
  if (guard === undefined || guard === null) return null
  if (typeof guard === 'string') return { name: guard }
  const { check, guards = [], stateValue } = guard as BuiltIn
  const inner = guards.flatMap((g) => conditionOf(g, root) ?? [])
  if (check?.name === 'checkNot') return { not: inner[0] as Condition }
  if (check?.name === 'checkAnd') return { and: inner }
  if (check?.name === 'checkOr') return { or: inner }
  if (check?.name === 'checkStateIn')
    return { stateIn: pathsIn(stateValue).map((path) => idOf(path, root)) }
  if (typeof guard === 'function') return { inline: inlineText(guard) }
  const { type, params } = guard as { type: string; params?: unknown }
  return { name: type, ...(params === undefined ? {} : { params: plain(params) }) }
}

/** Parameters as data; a function that makes them is named. */
export function plain(params: unknown): unknown {
  if (typeof params === 'function') return inlineText(params)
  try {
    return JSON.parse(JSON.stringify(params))
  } catch {
    return '(not plain data)'
  }
}

/** A value as it is read: a text as it is, anything else as JSON. */
export function inWord(given: unknown): string {
  const value = plain(given)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The paths to the innermost states that a state's value names. */
function pathsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return Object.entries(value as Record<string, unknown>).flatMap(([key, inner]) => {
    const paths = pathsIn(inner)
    return paths.length === 0 ? [key] : paths.map((path) => `${key}.${path}`)
  })
}

const idOf = (path: string, root: string) =>
  path.startsWith('#') ? path.slice(1) : `${root}.${path}`

/** A condition as it is read: a name, or a formula of names. */
export function conditionText(condition: Condition, isInner = false): string {
  if ('name' in condition) return condition.name
  if ('inline' in condition) return condition.inline
  if ('stateIn' in condition) return `in ${condition.stateIn.join(' and ')}`
  if ('not' in condition) return `!${conditionText(condition.not, true)}`
  const [parts, sign] = 'and' in condition ? [condition.and, '&&'] : [condition.or, '||']
  const text = parts.map((part) => conditionText(part, true)).join(` ${sign} `)
  return isInner && parts.length > 1 ? `(${text})` : text
}
