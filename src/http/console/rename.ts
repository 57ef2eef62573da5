const PEOPLE = new Set(['chatId', 'userId'])

/** A copy in which whole strings have new names, and the numbers of people are another's. */
export function renamed<T>(
  value: T,
  names: ReadonlyMap<string, string>,
  people: ReadonlySet<number>,
  person: number,
): T {
  const walk = (inner: unknown, key: string): unknown => {
    if (typeof inner === 'string') return names.get(inner) ?? inner
    if (typeof inner === 'number') return PEOPLE.has(key) && people.has(inner) ? person : inner
    if (typeof inner !== 'object' || inner === null) return inner
    if (Array.isArray(inner)) return inner.map((item) => walk(item, key))
    return Object.fromEntries(Object.entries(inner).map(([name, v]) => [name, walk(v, name)]))
  }
  return walk(value, '') as T
}
