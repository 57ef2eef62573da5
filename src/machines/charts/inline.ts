/** Longer code is not shown: a chart is read, not run. */
const MOST_LETTERS = 48

/** Names that a function only has from the property in which it stands. */
const PLACES = new Set([
  '',
  'actions',
  'assignment',
  'check',
  'config',
  'entry',
  'event',
  'exit',
  'guard',
  'input',
  'logic',
  'src',
  'target',
  'type',
])

/** Stands for code that is too long to be shown. */
export const INLINE = '(inline)'

/** A function as a chart can show it: by its name, or by the short expression that it is. */
export function inlineText(given: unknown): string {
  if (typeof given !== 'function') return INLINE
  if (!PLACES.has(given.name)) return given.name
  const [, expression] = /^[^=]*=>\s*([^{\s][\s\S]*)$/.exec(given.toString()) ?? []
  const text = expression?.replace(/\s+/g, ' ').trim()
  return text === undefined || text.length > MOST_LETTERS ? INLINE : text
}
