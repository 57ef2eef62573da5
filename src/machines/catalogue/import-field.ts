import type { FieldSchema, Scalar } from './input-schema.ts'

export type Json = Readonly<Record<string, unknown>>
/** What a person must look at before a model is sold. */
export interface Mark {
  readonly at: string
  readonly question: string
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Names that tell what kind of file an address leads to. */
const ROLES = [
  ['audio', /audio|voice|sound|speech|music|song/],
  ['video', /video|clip|movie/],
  ['image', /image|img|photo|picture|frame|mask|face/],
] as const

/** Inputs that most people never change. */
const ADVANCED =
  /seed|negative|format|prompt_extend|enhance|expand|guidance|cfg|strength|steps|stability|similarity|speed|shift|temperature|style_weight|weirdness|audio_weight|tags$|translation/i

const MIME: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  aac: 'audio/aac',
  m4a: 'audio/mp4',
}

/**
 * One input as the provider's schema has it, in the form of our files, with what is unclear marked;
 * no field where the form can't say it (objects in lists, lists of lists).
 */
export function importField(
  name: string,
  schema: unknown,
  place: number,
): { field?: FieldSchema; marks: Mark[] } {
  const at = `input.properties.${name}`
  const marks: Mark[] = []
  const ask = (question: string) => void marks.push({ at, question })
  if (!isObject(schema))
    return { marks: [{ at, question: 'Its schema is no object. What is it?' }] }
  const description = String(schema.description ?? '').trim()
  const told = typeOf(schema)
  const isAddress = /(^|_)(url|urls|uri)$/i.test(name) || schema.format === 'uri'
  // Addresses were typed as objects on some pages; texts are what the provider takes.
  const type = told === 'object' && isAddress ? 'string' : told
  if (told === 'object' && isAddress) ask('The page types an address as an object. Taken as text?')
  if (type === undefined || type === 'object') {
    ask(
      `A field of type ${JSON.stringify(schema.type)} can't be asked for; it is left out. Needed?`,
    )
    return { marks }
  }
  const items = type === 'array' && isObject(schema.items) ? schema.items : undefined
  const entries = items === undefined ? 'string' : (typeOf(items) ?? 'object')
  if (type === 'array' && entries !== 'string') {
    ask(`A list of ${entries} can't be asked for; it is left out. Is it needed?`)
    return { marks }
  }
  const field: Record<string, unknown> = {
    type,
    description: description || name,
    'x-order': place,
  }
  Object.assign(field, choicesOf(schema, type, ask), boundsOf(schema, type, description, ask))
  if (items !== undefined || type === 'array') field.items = { type: 'string' }
  const media = mediaOf(name, description, { isAddress, items, schema })
  if (media !== undefined) {
    Object.assign(field, media.keys)
    if (type === 'array') field.items = { type: 'string', format: 'uri' }
    else field.format = 'uri'
    if (!media.isSure) ask(`Is this a ${media.keys['x-media']}, another kind of file, or words?`)
  }
  if (ADVANCED.test(name)) field['x-advanced'] = true
  if (/^(n|num_images|max_images)$/.test(name) && Number(field.default ?? 1) > 1)
    ask(`It defaults to ${field.default}, and each picture is charged. Default 1?`)
  if (schema.deprecated === true) field.deprecated = true
  return { field: field as FieldSchema, marks }
}

/** One type of those that a schema names, null aside; undefined where it names none. */
function typeOf({ type, enum: values, items, properties }: Json): string | undefined {
  const [first] = [type].flat().filter((t) => typeof t === 'string' && t !== 'null')
  if (typeof first === 'string') return first
  if (items !== undefined) return 'array'
  if (properties !== undefined) return 'object'
  const known = Array.isArray(values) ? values.find((v) => v !== null) : undefined
  return known === undefined ? 'string' : typeof known
}

function choicesOf(schema: Json, type: string, ask: (question: string) => void): Json {
  const listed = Array.isArray(schema.enum) ? schema.enum.filter((v) => v !== null) : []
  const values = listed.map((v) => inType(v, type))
  const isOdd = listed.some((v, i) => v !== values[i])
  if (isOdd) ask(`Its values are ${JSON.stringify(listed)}, its type is ${type}. Which is right?`)
  const preset = schema.default
  const isEmpty = preset == null || preset === '' || Array.isArray(preset) || isObject(preset)
  const standard = isEmpty ? undefined : inType(preset, type)
  const isListed = values.length === 0 || values.includes(standard as Scalar)
  if (standard !== undefined && !isListed)
    ask(`Its default ${JSON.stringify(preset)} is none of its values; it is left out. Right?`)
  return {
    ...(values.length > 0 && { enum: [...new Set(values)] }),
    ...(standard !== undefined && isListed && type !== 'array' && { default: standard }),
  }
}

function inType(value: unknown, type: string): Scalar {
  if (type === 'integer' || type === 'number') {
    const number = Number(value)
    return Number.isFinite(number) && typeof value !== 'boolean' ? number : String(value)
  }
  return typeof value === 'boolean' ? value : String(value)
}

/** Numbers of the schema, and those that stand in its words alone. */
function boundsOf(
  schema: Json,
  type: string,
  description: string,
  ask: (question: string) => void,
): Json {
  const keys = [
    'minLength',
    'maxLength',
    'minimum',
    'maximum',
    'minItems',
    'maxItems',
    'multipleOf',
  ]
  const bounds: Record<string, unknown> = Object.fromEntries(
    keys.flatMap((key) => (typeof schema[key] === 'number' ? [[key, schema[key]]] : [])),
  )
  const [, words] = /max(?:imum)? length:?\s*(\d[\d,]*)/i.exec(description) ?? []
  const said = words === undefined ? undefined : Number(words.replaceAll(',', ''))
  if (type === 'string' && said !== undefined && said !== bounds.maxLength) {
    if (bounds.maxLength !== undefined)
      ask(`The schema says at most ${bounds.maxLength} characters, its words ${said}. The smaller?`)
    bounds.maxLength = Math.min(Number(bounds.maxLength ?? said), said)
  }
  if (type !== 'array') return bounds
  const [, most] =
    /(?:max(?:imum)?|up to)\s+(\d+)\s+(?:\w+\s+)?(?:files|images|videos)/i.exec(description) ?? []
  if (bounds.maxItems === undefined && most !== undefined) bounds.maxItems = Number(most)
  if (bounds.maxItems === undefined) ask('How many at most? The schema does not say.')
  return bounds
}

/** Whether an input takes files, which, and within what limits, as far as name and words tell. */
function mediaOf(
  name: string,
  description: string,
  { isAddress, items, schema }: { isAddress: boolean; items: Json | undefined; schema: Json },
): { keys: Record<string, unknown>; isSure: boolean } | undefined {
  const isUri = isAddress || items?.format === 'uri' || schema.format === 'uri'
  const speaks = /\burls?\b/i.test(description)
  if (Array.isArray(schema.enum) || (!isUri && !speaks)) return undefined
  const byName = ROLES.find(([, pattern]) => pattern.test(name.toLowerCase()))?.[0]
  const byWords = ROLES.find(([, pattern]) => pattern.test(description.toLowerCase()))?.[0]
  const kind = byName ?? byWords
  // Words that only mention an address are no file.
  if (kind === undefined) return isUri ? { keys: { 'x-media': 'image' }, isSure: false } : undefined
  const types = [
    ...description.toLowerCase().matchAll(/\b(jpe?g|png|webp|mp4|mov|mkv|mp3|wav|ogg|aac|m4a)\b/g),
  ]
  const accept = [...new Set(types.flatMap(([, ext = '']) => MIME[ext] ?? []))].filter((mime) =>
    mime.startsWith(kind),
  )
  const [, megabytes] = /(\d+(?:\.\d+)?)\s*MB/i.exec(description) ?? []
  const [, least, most] = /duration[^\n[]*\[\s*(\d+)\s*,\s*(\d+)\s*\]\s*s/i.exec(description) ?? []
  return {
    keys: {
      'x-media': kind,
      ...(accept.length > 0 && { 'x-accept': accept }),
      ...(megabytes !== undefined && { 'x-max-size-mb': Number(megabytes) }),
      ...(least !== undefined && { 'x-seconds': { min: Number(least), max: Number(most) } }),
    },
    isSure:
      byName !== undefined &&
      isUri &&
      (byWords === undefined || byWords === byName || /url/i.test(name)),
  }
}
