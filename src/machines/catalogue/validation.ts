import { modelFiles } from '../../../models/files.ts'
import { familySchema } from './family-facts.ts'
import { foundingSchema } from './founding.ts'
import { pickFormFaults } from './picks.ts'
import { termsOf } from './pricing-measure.ts'
import { factsSchema, type ModelFacts, providerSchema } from './schema.ts'
import { templateFormFaults } from './templates.ts'

type Files = Pick<typeof modelFiles, 'catalogue' | 'families' | 'providers'>
interface Issue {
  readonly path: readonly PropertyKey[]
  readonly message: string
  /** Of what may be one of several things: what is wrong with it as each of them. */
  readonly errors?: readonly (readonly Issue[])[]
}
type Issues = readonly Issue[]

/**
 * Every way in which the files break their own rules, one sentence each, with the file's name;
 * empty when sound. Kept out of the import of the catalogue because checking so many schemas would
 * delay the open port.
 */
export const validateCatalogue = (files: Files = modelFiles): readonly string[] =>
  [...faultsByPart(files)].flat()

/** The same in parts, a file or a list of files each: all at once takes a tenth of a second. */
export function* faultsByPart(files: Files = modelFiles): Generator<readonly string[]> {
  const { catalogue, families, providers } = files
  const ids = new Set(catalogue.flatMap(({ json }) => idOf(json) ?? []))
  const known = new Set(families.flatMap(({ json }) => idOf(json) ?? []))
  const founding = foundingSchema.safeParse(modelFiles.founding)
  for (const file of catalogue) yield inFile(file, (json) => modelFaults(json, { ids, known }))
  yield [
    ...families.flatMap((file) =>
      inFile(file, (json) => familySchema.safeParse(json).error?.issues),
    ),
    ...providers.flatMap((file) =>
      inFile(file, (json) => providerSchema.safeParse(json).error?.issues),
    ),
    ...doubles(catalogue),
    ...pickFormFaults(),
    ...templateFormFaults(),
    ...(founding.error?.issues ?? []).map((issue) => `founding.json: ${sentence(issue)}`),
    ...(founding.data ?? [])
      .filter(({ id }) => files === modelFiles && !ids.has(id))
      .map(({ id }) => `founding.json: ${id} has no file in catalogue/`),
  ]
}

/** What is wrong with one model's file, one sentence each. */
export function modelFaults(
  json: unknown,
  { ids, known }: { ids: ReadonlySet<string>; known: ReadonlySet<string> },
): string[] {
  const parsed = factsSchema.safeParse(json)
  const mixed = mixedTypes(json)
  if (!parsed.success) {
    const told = parsed.error.issues.map(sentence)
    return [...mixed, ...told.filter((line) => !mixed.some((m) => line.startsWith(placeOf(m))))]
  }
  const facts = parsed.data
  const unknown = (facts.replaced_by ?? []).filter((id) => !ids.has(id))
  return [
    ...(known.has(facts.family) ? [] : [`family: there is no families/${facts.family}.json`]),
    ...unknown.map((id) => `replaced_by: there is no model ${id}`),
    ...inputFaults(facts),
    ...priceFaults(facts),
    ...wordFaults(facts),
  ]
}

/** The place that a sentence begins with. */
const placeOf = (line: string): string => line.slice(0, line.indexOf(': ') + 2)

/** Types as JSON Schema may write them and this catalogue does not: several for one input. */
function mixedTypes(json: unknown): string[] {
  const { input } = Object(json) as { input?: { properties?: Record<string, { type?: unknown }> } }
  return Object.entries(Object(input?.properties) as Record<string, { type?: unknown }>).flatMap(
    ([name, schema]) =>
      Array.isArray(Object(schema).type)
        ? [
            `input.properties.${name}.type: ${JSON.stringify(schema.type)} must be one type, no list`,
          ]
        : [],
  )
}

/** Fields that must be given exist, and defaults are among what may be chosen. */
function inputFaults({ input }: ModelFacts): string[] {
  const missing = input.required.filter((name) => !(name in input.properties))
  return [
    ...missing.map((name) => `input.required: there is no input ${name}`),
    ...Object.entries(input.properties).flatMap(([name, field]) => {
      const at = `input.properties.${name}`
      const { default: preset, enum: values, type } = field
      const wrong = (values ?? []).filter((v) => !isOf(type, v))
      return [
        ...wrong.map((v) => `${at}.enum: ${JSON.stringify(v)} is no ${type}`),
        ...(preset !== undefined && values && !values.includes(preset)
          ? [`${at}.default: ${JSON.stringify(preset)} is not one of its values`]
          : []),
        ...(preset !== undefined && !isOf(type, preset)
          ? [`${at}.default: ${JSON.stringify(preset)} is no ${type}`]
          : []),
        ...(field.deprecated && input.required.includes(name)
          ? [`${at}: what is deprecated can't be required`]
          : []),
      ]
    }),
  ]
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value)
  return type === 'array' || typeof value === type
}

/** Rules and quantities name inputs and values that exist. */
function priceFaults({ input: { properties }, price }: ModelFacts): string[] {
  const parts = [{ credits: price.credits ?? 0, quantity: price.quantity }, ...(price.plus ?? [])]
  return parts.flatMap(({ credits, quantity }) => [
    ...(Array.isArray(credits) ? credits : []).flatMap(({ when }, i) =>
      Object.entries(when).flatMap(([key, wanted]) => {
        const at = `price.credits, rule ${i + 1}`
        if (key.startsWith('@given:')) {
          const name = key.slice('@given:'.length)
          return name in properties ? [] : [`${at}: there is no input ${name}`]
        }
        if (key.startsWith('@'))
          return price.derived?.[key] ? [] : [`${at}: "derived" does not say what ${key} is`]
        const field = properties[key]
        if (field === undefined) return [`${at}: there is no input ${key}`]
        if (typeof wanted === 'object' && !Array.isArray(wanted)) return []
        const values = [wanted].flat().filter((v) => field.enum && !field.enum.includes(v))
        const typed = [wanted].flat().filter((v) => !isOf(field.type, v))
        return [...new Set([...values, ...typed])].map(
          (v) => `${at}: ${key} is never ${JSON.stringify(v)}`,
        )
      }),
    ),
    ...termsOf(quantity).flatMap((term) =>
      (['field', 'media_field', 'times_field', 'max_field'] as const).flatMap((key) => {
        const name = term[key]?.split('[].')[0]
        return name === undefined || name in properties
          ? []
          : [`price.quantity.${key}: there is no input ${name}`]
      }),
    ),
  ])
}

/** Words belong to inputs and values that exist: a typo would silently say nothing. */
function wordFaults({ input: { properties }, words }: ModelFacts): string[] {
  return Object.entries(words.fields ?? {}).flatMap(([name, { options }]) => {
    const field = properties[name]
    if (field === undefined) return [`words.fields: there is no input ${name}`]
    const values = new Set((field.enum ?? [true, false]).map(String))
    const unknown = Object.keys(options ?? {}).filter((v) => !values.has(v))
    return unknown.map((v) => `words.fields.${name}.options: it is never ${v}`)
  })
}

interface File {
  readonly path: string
  readonly json?: unknown
  readonly fault?: string
}

function inFile(
  { path, json, fault }: File,
  faults: (json: unknown) => readonly (string | Issues[number])[] | undefined,
): string[] {
  if (fault !== undefined) return [`${path}: ${fault}`]
  return (faults(json) ?? []).map((f) => `${path}: ${typeof f === 'string' ? f : sentence(f)}`)
}

/** Two files with one id, or with ids that make one deep link. */
function doubles(files: readonly File[]): string[] {
  const slugs = files.map(({ json }) => (idOf(json) ?? '').toLowerCase().replace(/[^a-z0-9]/g, '-'))
  return files.flatMap(({ path }, i) => {
    const first = slugs.indexOf(slugs[i] as string)
    return slugs[i] === '' || first === i ? [] : [`${path}: has the id of ${files[first]?.path}`]
  })
}

/** A fault of form as a sentence that names the place. */
function sentence(issue: Issue): string {
  const { path, message } = meant(issue)
  const at = path.map(String).join('.')
  return at === '' ? message : `${at}: ${message}`
}

/** Of what may be one of several things: the fault that lies deepest, in the one that was meant. */
function meant(issue: Issue): Issue {
  const inner = (issue.errors ?? []).flatMap((branch) => branch.map(meant))
  const deepest = inner.toSorted((a, b) => b.path.length - a.path.length)[0]
  if (deepest === undefined || deepest.path.length === 0) return issue
  return { ...deepest, path: [...issue.path, ...deepest.path] }
}

const idOf = (json: unknown): string | undefined =>
  typeof json === 'object' && json !== null && 'id' in json ? String(json.id) : undefined
