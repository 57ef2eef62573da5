import type { ContextChange } from './contract.ts'
import { hide } from './redactor.ts'

/** More would not be read; a change of everything is told by its beginning. */
const MAX_CHANGES = 200

/** What changed from one context to the next, leaf by leaf, in the order of the paths. */
export function changesBetween(
  before: unknown,
  after: unknown,
  revealed: boolean,
): ContextChange[] {
  const changes: ContextChange[] = []
  compare([], before, after)
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1))

  function compare(path: readonly string[], was: unknown, is: unknown): void {
    if (Object.is(was, is) || changes.length >= MAX_CHANGES) return
    if (isBranch(was) && isBranch(is) && Array.isArray(was) === Array.isArray(is)) {
      for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
        compare([...path, key], was[key], is[key])
      }
      return
    }
    // At the very beginning there was nothing: every field is new by itself.
    if (path.length === 0 && was === undefined && isBranch(is)) {
      for (const key of Object.keys(is)) compare([key], undefined, is[key])
      return
    }
    const shown = (value: unknown) => (revealed ? value : hide(value, path))
    changes.push({
      path: path.join('.'),
      ...(was === undefined ? {} : { before: shown(was) }),
      ...(is === undefined ? {} : { after: shown(is) }),
    })
  }
}

const isBranch = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
