/** One place at which two JSON values differ. */
export interface Change {
  /** Keys that lead there, e.g. `draft.answers.prompt`; empty for the whole value. */
  path: string
  kind: 'added' | 'removed' | 'changed'
  before?: unknown
  after?: unknown
}

type Branch = Record<string, unknown>

const isBranch = (value: unknown): value is Branch => typeof value === 'object' && value !== null

const alike = (a: Branch, b: Branch) => Array.isArray(a) === Array.isArray(b)

/**
 * What changed between two JSON values, as deep as both sides have the same shape, in the order of
 * the keys. A branch that is new or gone is one change, not one for each of its leaves.
 */
export function diff(before: unknown, after: unknown, path = ''): Change[] {
  if (Object.is(before, after)) return []
  if (!isBranch(before) || !isBranch(after) || !alike(before, after)) {
    if (before === undefined) return [{ path, kind: 'added', after }]
    if (after === undefined) return [{ path, kind: 'removed', before }]
    return [{ path, kind: 'changed', before, after }]
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return keys.flatMap((key) =>
    diff(before[key], after[key], path === '' ? key : `${path}.${key}`),
  )
}

/** Every key that is on the way to a change: what a tree of the value opens by itself. */
export function touchedPaths(changes: readonly Change[]): ReadonlySet<string> {
  const paths = new Set<string>()
  for (const { path } of changes) {
    const keys = path.split('.')
    for (let length = 1; length <= keys.length; length += 1)
      paths.add(keys.slice(0, length).join('.'))
  }
  return paths
}
