import type { FieldSchema } from './input-schema.ts'
import { priceSchema } from './price-schema.ts'
import { CATEGORIES, type ModelFacts } from './schema.ts'

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const textOr = (value: unknown, other: string): string =>
  typeof value === 'string' && value !== '' ? value : other
const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((v) => typeof v === 'string') : []

const TYPES = new Set(['string', 'number', 'integer', 'boolean', 'array'])
/** What asks whether an input was given, in a row of a price. */
const GIVEN = '@given:'
/** Where an input without a place comes. */
const LAST = 1_000

/**
 * What can be made of a model's file whatever is wrong with it; undefined where not even a name and
 * inputs are there. `validation.ts` names every fault; this never throws, so that one bad file takes
 * nothing else off the shelf, and a chat that has its model open goes on. `isSound`: what
 * `isPriceSound` says, where that is known already.
 */
export function usableFacts(
  json: unknown,
  isSound = isObject(json) && isPriceSound(json),
): ModelFacts | undefined {
  if (!isObject(json) || typeof json.id !== 'string' || !isObject(json.input)) return undefined
  const properties = isObject(json.input.properties) ? json.input.properties : {}
  const fields = Object.fromEntries(
    Object.entries(properties).flatMap(([name, schema], i) => {
      const usable = usableField(schema, i)
      return usable ? [[name, usable]] : []
    }),
  )
  const required = textsOf(json.input.required)
  // What must be given and can't be asked for makes an order impossible: not for sale.
  const isWhole = required.every((name) => name in fields)
  const output = ['image', 'video', 'audio', 'text'].find((o) => o === json.output) ?? 'image'
  return {
    ...json,
    id: json.id,
    api_model: textOr(json.api_model, json.id),
    family: textOr(json.family, 'market'),
    provider: textOr(json.provider, 'other'),
    brand: textOr(json.brand, json.id),
    category: CATEGORIES.find((c) => c === json.category) ?? 'other',
    task: textOr(json.task, output),
    output,
    free: json.free === true,
    status: isWhole ? textOr(json.status, 'draft') : 'draft',
    docs_url: textOr(json.docs_url, ''),
    evidence_date: textOr(json.evidence_date, ''),
    words: usableWords(json.words, json.id),
    input: {
      ...withoutConditions(json.input),
      type: 'object',
      properties: fields,
      required: required.filter((name) => name in fields),
      ...conditions('allOf', json.input),
      ...conditions('oneOf', json.input),
    },
    price: isSound ? json.price : NO_PRICE,
    sources: textsOf(json.sources),
    notes: textsOf(json.notes),
  } as unknown as ModelFacts
}

const withoutConditions = ({ allOf: _, oneOf: __, ...rest }: Json): Json => rest

/** JSON Schema knows no empty list of conditions. */
function conditions(key: 'allOf' | 'oneOf', input: Json): Json {
  const given = input[key]
  const list = Array.isArray(given) ? given.filter(isObject) : []
  return list.length > 0 ? { [key]: list } : {}
}

/** A schema as the provider writes it, in the form that questions are made of. */
function usableField(schema: unknown, place: number): FieldSchema | undefined {
  if (!isObject(schema)) return undefined
  const types = [schema.type].flat().filter((t) => typeof t === 'string' && t !== 'null')
  const type = String(types[0] ?? 'string')
  if (!TYPES.has(type)) return undefined
  const { enum: listed, default: preset, ...rest } = schema
  const values = Array.isArray(listed) ? listed.flatMap((v) => typedValue(type, v) ?? []) : []
  const standard = typedValue(type, preset)
  const isListed = values.length === 0 || values.includes(standard as never)
  return {
    ...rest,
    type,
    description: textOr(schema.description, ''),
    'x-order': typeof schema['x-order'] === 'number' ? schema['x-order'] : LAST + place,
    ...(values.length > 0 && { enum: values }),
    ...(standard !== undefined && isListed && { default: standard }),
  } as FieldSchema
}

/** A value in the type of its field: "5" of an integer is 5; null, lists and empty text are none. */
function typedValue(type: string, value: unknown): string | number | boolean | undefined {
  if (value === null || value === '' || typeof value === 'object') return undefined
  if (type === 'integer' || type === 'number') {
    const number = Number(value)
    return typeof value === 'boolean' || !Number.isFinite(number) ? undefined : number
  }
  if (type === 'boolean') return typeof value === 'boolean' ? value : undefined
  return value === undefined ? undefined : String(value)
}

const usableWords = (words: unknown, id: string) => {
  const given = isObject(words) ? words : {}
  const { title } = given
  const known = typeof title === 'string' || (isObject(title) && textOr(title.ru, '') !== '')
  return {
    ...given,
    title: known ? title : id,
    fields: isObject(given.fields) ? given.fields : {},
  }
}

/**
 * Whether the price of a model's file has the right form, and rows for inputs that are there. One that
 * breaks this anywhere is no price: such a model is shown, and never sold. Leaving out only the broken
 * row could sell an order by a cheaper one.
 */
export function isPriceSound(json: unknown): boolean {
  if (!isObject(json)) return false
  const { success, data } = priceSchema.safeParse(json.price)
  const { properties = {} } = isObject(json.input) ? json.input : {}
  const rows = [data?.credits, ...(data?.plus ?? []).map(({ credits }) => credits)].flat()
  const inputs = rows.flatMap((row) =>
    typeof row === 'object' && row !== null ? Object.keys(row.when) : [],
  )
  const isDerived = (key: string) => key.startsWith('@') && !key.startsWith(GIVEN)
  const isKnown = (key: string) => isDerived(key) || key.replace(GIVEN, '') in Object(properties)
  return success && inputs.every(isKnown)
}

const NO_PRICE = { unit: 'generation', confidence: 'unknown', source: '', credits: null }
