/** A JSON object whose fields nobody has checked yet. */
export type Json = Readonly<Record<string, unknown>>

/** True for a JSON object, false for arrays and null. */
export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const LOOKS_LIKE_JSON = /^\s*[[{"]/

/** Text that holds JSON becomes its value (twice encoded text too); all else stays what it is. */
export const loosen = (value: unknown, depth = 3): unknown => {
  if (typeof value !== 'string' || depth === 0 || !LOOKS_LIKE_JSON.test(value)) return value
  try {
    return loosen(JSON.parse(value), depth - 1)
  } catch {
    return value
  }
}

/** The first of these own fields that `read` can make sense of. */
export const firstOf = <T>(
  objects: readonly Json[],
  keys: readonly string[],
  read: (value: unknown) => T | undefined,
): T | undefined => {
  for (const object of objects)
    for (const key of keys) {
      const value = Object.hasOwn(object, key) ? read(object[key]) : undefined
      if (value !== undefined) return value
    }
  return undefined
}

/** PostgreSQL keeps neither a zero character nor half of a surrogate pair; JSON may bring both. */
export const storableText = (text: string): string => text.replaceAll('\0', '').toWellFormed()

/** Text that says something, or a number as text. */
export const readText = (value: unknown): string | undefined => {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  const text = typeof value === 'string' ? storableText(value).trim() : ''
  return text === '' ? undefined : text
}

/** A finite number, also when it comes as text. */
export const readNumber = (value: unknown): number | undefined => {
  const text = readText(value)
  const number = text === undefined ? Number.NaN : Number(text)
  return Number.isFinite(number) ? number : undefined
}

/** A number that is not negative. */
export const readAmount = (value: unknown): number | undefined => {
  const number = readNumber(value)
  return number !== undefined && number >= 0 ? number : undefined
}
