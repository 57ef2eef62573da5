import type { FamilyFacts } from './family-facts.ts'
import { importField, isObject, type Json, type Mark } from './import-field.ts'
import type { FieldSchema } from './input-schema.ts'

/** What could be read of a model's OpenAPI document. */
export interface ImportedSchema {
  readonly family: string
  readonly properties: Readonly<Record<string, FieldSchema>>
  readonly required: readonly string[]
  readonly marks: readonly Mark[]
  /** The provider's inputs in one line each, for a later comparison. */
  readonly seen: Readonly<Record<string, string>>
}

/** Reads the request of a model; every trap that is known of is read around and marked. */
export function importSchema(
  id: string,
  openapi: unknown,
  families: readonly FamilyFacts[],
): ImportedSchema {
  const marks: Mark[] = []
  const ask = (at: string, question: string) => void marks.push({ at, question })
  const { path, body } = requestOf(openapi)
  if (body === undefined) ask('input', 'The provider gave no schema. What does the model take?')
  const family = families.find(({ create }) => create === path)
  if (family === undefined && path !== undefined)
    ask('family', `No family has the route ${path}. Does its file have to be written?`)
  const parts = propertiesOf(body, openapi)
  const isNested = parts.properties.input !== undefined
  const input = isNested ? propertiesOf(parts.properties.input, openapi) : parts
  if (input.isChoice)
    ask(
      'input',
      'Its inputs are a choice of several forms: all are here. Which exclude each other?',
    )
  const named = namesOf(parts.properties.model)
  if (named.length > 0 && !named.includes(id))
    ask(
      'api_model',
      `The page names ${named.join(', ')}, the list ${id}: the list’s is taken. Right?`,
    )
  const properties: Record<string, FieldSchema> = {}
  const seen: Record<string, string> = {}
  const apart = new Set(isNested ? [] : ['model', 'callBackUrl'])
  for (const [given, schema] of Object.entries(input.properties)) {
    const name = given.trim()
    if (apart.has(name)) continue
    seen[name] = lineOf(schema)
    const { field, marks: more } = importField(name, resolved(schema, openapi), 100)
    marks.push(...more)
    if (field !== undefined) properties[name] = field
  }
  const required = requiredOf(input.required, properties, ask)
  return {
    family: family?.id ?? 'market',
    properties: inOrder(properties, required),
    required,
    marks,
    seen,
  }
}

/** The one POST that asks for a task, and the schema of its body. */
function requestOf(openapi: unknown): { path?: string; body?: unknown } {
  const paths = isObject(openapi) && isObject(openapi.paths) ? openapi.paths : {}
  for (const [path, methods] of Object.entries(paths)) {
    const post = isObject(methods) && isObject(methods.post) ? methods.post : undefined
    const content = isObject(post?.requestBody) ? post.requestBody.content : undefined
    const json = isObject(content) ? content['application/json'] : undefined
    if (isObject(json)) return { path: path.trim(), body: json.schema }
  }
  return {}
}

interface Parts {
  readonly properties: Json
  readonly required: readonly string[]
  readonly isChoice: boolean
}

/** All inputs of a schema, those in its forms too; what only one form requires is not required. */
function propertiesOf(schema: unknown, root: unknown, depth = 5): Parts {
  const object = resolved(schema, root)
  if (!isObject(object) || depth === 0) return { properties: {}, required: [], isChoice: false }
  const own = isObject(object.properties) ? object.properties : {}
  const of = (key: string) =>
    (Array.isArray(object[key]) ? object[key] : []).map((part) =>
      propertiesOf(part, root, depth - 1),
    )
  const all = of('allOf')
  const forms = [...of('oneOf'), ...of('anyOf')]
  const shared = forms
    .map(({ required }) => required)
    .reduce<readonly string[] | undefined>(
      (some, one) => (some === undefined ? one : some.filter((name) => one.includes(name))),
      undefined,
    )
  return {
    properties: Object.assign({}, ...[...forms, ...all].map((p) => p.properties), own),
    required: [
      ...new Set([
        ...(Array.isArray(object.required) ? object.required.map(String) : []),
        ...all.flatMap(({ required }) => required),
        ...(shared ?? []),
      ]),
    ].map((name) => name.trim()),
    isChoice: forms.some(({ properties }) => Object.keys(properties).length > 0),
  }
}

/** What a `$ref` leads to; names there were seen with a blank at the end. */
function resolved(schema: unknown, root: unknown): unknown {
  if (!isObject(schema) || typeof schema.$ref !== 'string') return schema
  const steps = schema.$ref.trim().replace(/^#\//, '').split('/')
  return steps.reduce<unknown>((at, step) => {
    if (!isObject(at)) return undefined
    const key = Object.keys(at).find((name) => name.trim() === decodeURIComponent(step).trim())
    return key === undefined ? undefined : at[key]
  }, root)
}

const namesOf = (model: unknown): string[] => {
  if (!isObject(model)) return []
  const { enum: listed, default: preset } = model
  const names = Array.isArray(listed) ? listed : typeof preset === 'string' ? [preset] : []
  return names.map((name) => String(name).trim())
}

function requiredOf(
  told: readonly string[],
  properties: Readonly<Record<string, FieldSchema>>,
  ask: (at: string, question: string) => void,
): string[] {
  const lost = told.filter((name) => !(name in properties))
  for (const name of lost)
    ask('input.required', `${name} is required but can't be asked for. Can an order do without?`)
  const known = told.filter((name) => name in properties)
  if (known.length > 0 || Object.keys(properties).length === 0) return known
  ask('input.required', 'The page requires nothing. Is prompt needed, or something else?')
  return 'prompt' in properties ? ['prompt'] : []
}

/** Words first, then files, length and look, then what most people never change. */
const ORDER = [
  /^(prompt|text|lyrics)$/,
  /media/,
  /duration|seconds|n_frames/,
  /resolution|quality|size|mode/,
  /ratio/,
]

function inOrder(
  properties: Readonly<Record<string, FieldSchema>>,
  required: readonly string[],
): Record<string, FieldSchema> {
  const rank = (name: string, field: FieldSchema) => {
    const key = field['x-media'] === undefined ? name : 'media'
    const found = ORDER.findIndex((pattern) => pattern.test(key))
    const place = found === -1 ? ORDER.length : found
    return place + (required.includes(name) ? 0 : 10) + (field['x-advanced'] ? 100 : 0)
  }
  const sorted = Object.entries(properties).toSorted(([a, f], [b, g]) => rank(a, f) - rank(b, g))
  return Object.fromEntries(
    sorted.map(([name, field], i) => [name, { ...field, 'x-order': i + 1 }]),
  )
}

/** One input in a line: what a change of it would change. */
export function lineOf(schema: unknown): string {
  if (!isObject(schema)) return 'nothing'
  const { type, enum: values, default: preset, minimum, maximum, maxItems, maxLength } = schema
  const parts = [
    [type].flat().join('|') || 'any',
    Array.isArray(values) ? `one of ${values.map(String).join(', ')}` : '',
    minimum !== undefined || maximum !== undefined ? `${minimum ?? ''}..${maximum ?? ''}` : '',
    maxItems === undefined ? '' : `up to ${maxItems}`,
    maxLength === undefined ? '' : `up to ${maxLength} characters`,
    preset == null || typeof preset === 'object' ? '' : `default ${preset}`,
  ]
  return parts.filter((part) => part !== '').join('; ')
}
