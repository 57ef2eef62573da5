type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The input that the provider wants, made of answers by a template of the model's file. In it
 * `{"$field": "x"}` stands for the answer x, `{"$optional": "x", "item": …}` for the item only where
 * x was answered, and `{"$each": "x", "item": …}` for a list with one entry for each of x, in which
 * `{"$item": true}` is that one and `{"$number": "photo"}` a name with its number.
 * `{"$seconds": "x", "most": 10}` is how many whole seconds the file x plays. What has no answer is
 * left out.
 */
export const toWire = (
  template: Json,
  answers: Json,
  seconds: (field: string) => number | undefined = () => undefined,
): Record<string, unknown> => fill(template, { answers, seconds }) as Record<string, unknown>

interface Place {
  readonly answers: Json
  readonly seconds: (field: string) => number | undefined
  readonly item?: unknown
  readonly number?: number
}

function fill(part: unknown, place: Place): unknown {
  if (Array.isArray(part)) return part.map((entry) => fill(entry, place))
  if (!isObject(part)) return part
  if (typeof part.$field === 'string') return place.answers[part.$field]
  if (part.$item === true) return place.item
  if (typeof part.$optional === 'string')
    return place.answers[part.$optional] === undefined ? undefined : fill(part.item, place)
  if (typeof part.$seconds === 'string') {
    const most = Number(part.most ?? Infinity)
    return Math.max(1, Math.min(most, Math.floor(place.seconds(part.$seconds) ?? 1)))
  }
  if (typeof part.$number === 'string') return `${part.$number}${place.number}`
  if (typeof part.$each === 'string') {
    const list = place.answers[part.$each]
    if (!Array.isArray(list)) return undefined
    return list.map((item, i) => fill(part.item, { ...place, item, number: i + 1 }))
  }
  const filled = Object.entries(part).map(([key, value]) => [key, fill(value, place)] as const)
  return Object.fromEntries(filled.filter(([, value]) => value !== undefined))
}

/** The answers that an input was made of, read back by its template; without one, the input itself. */
export function fromWire(
  template: Json | undefined,
  input: unknown,
): Readonly<Record<string, unknown>> {
  const answers: Record<string, unknown> = {}
  if (template === undefined) return isObject(input) ? input : {}
  read(template, input, answers)
  return answers
}

function read(part: unknown, value: unknown, answers: Record<string, unknown>): void {
  if (value === undefined) return
  if (Array.isArray(part)) {
    const list = Array.isArray(value) ? value : []
    for (const [i, entry] of part.entries()) read(entry, list[i], answers)
  } else if (isObject(part)) {
    if (typeof part.$field === 'string') answers[part.$field] = value
    else if (typeof part.$optional === 'string') read(part.item, value, answers)
    else if (typeof part.$each === 'string') answers[part.$each] = itemsOf(part.item, value)
    else if (isObject(value))
      for (const [key, entry] of Object.entries(part)) read(entry, value[key], answers)
  }
}

function itemsOf(part: unknown, value: unknown): unknown[] {
  return (Array.isArray(value) ? value : []).map((entry) => {
    if (!isObject(part) || part.$item === true) return entry
    const key = Object.keys(part).find((name) => isObject(part[name]) && part[name].$item === true)
    return key !== undefined && isObject(entry) ? entry[key] : undefined
  })
}
