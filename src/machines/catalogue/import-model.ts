import type { FamilyFacts } from './family-facts.ts'
import type { Mark } from './import-field.ts'
import { importPrice } from './import-price.ts'
import { importSchema } from './import-schema.ts'
import type { FieldSchema } from './input-schema.ts'
import type { ListedModel, ProviderCatalogue } from './provider-answers.ts'

/** Kinds of task as the provider lists them, in our words. */
const TASKS: Readonly<Record<string, string>> = {
  'text to image': 'text-to-image',
  'image to image': 'image-to-image',
  'image editing': 'image-to-image',
  'text to video': 'text-to-video',
  'image to video': 'image-to-video',
  'video to video': 'video-to-video',
  'reference to video': 'reference-to-video',
  'text to speech': 'text-to-speech',
  'text to music': 'text-to-music',
  'image upscale': 'image-upscale',
  'video upscale': 'video-upscale',
}

interface Kind {
  readonly task: string
  readonly category: string
  readonly output: string
}

/**
 * A draft of a model's file, made of everything that the provider's answers say, with a mark at
 * every place that a person must look at. Undefined when the provider has no such model.
 */
export function importModel(
  id: string,
  provider: ProviderCatalogue,
  { families, today }: { families: readonly FamilyFacts[]; today: string },
): Record<string, unknown> | undefined {
  const listed = provider.models.get(id)
  const openapi = provider.schemas.get(id)
  if (listed === undefined && openapi === undefined) return undefined
  const schema = importSchema(id, openapi, families)
  const marks: Mark[] = [...schema.marks]
  const ask = (at: string, question: string) => void marks.push({ at, question })
  const kind = kindOf(listed, schema.properties, ask)
  const title = listed?.title?.trim() || titleOf(id)
  if (!listed?.title) ask('words.title', `Made of the id: "${title}". What is it called?`)
  const text = listed?.priceText ?? null
  const read = text === null ? undefined : importPrice(text, schema.properties)
  ask(
    'price',
    text === null
      ? 'The provider says no price. What does an order cost?'
      : read === undefined
        ? 'Its price text could not be read. Write the rules by it.'
        : `Read from the text: ${JSON.stringify(read)}. Is that what it says?`,
  )
  const day = provider.date ?? today
  return {
    $schema: '../model.schema.json',
    id,
    api_model: id,
    family: schema.family,
    provider: listed?.maker?.toLowerCase().replace(/\s+/g, '-') || (id.split('/')[0] as string),
    brand: title.replace(/\s+[\d.]+.*$/, '') || title,
    ...kind,
    free: false,
    status: 'draft',
    docs_url: `https://docs.kie.ai/market/${id}`,
    evidence_date: day,
    words: { title },
    input: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: schema.properties,
      required: schema.required,
      additionalProperties: false,
    },
    price: {
      credits: read?.credits ?? null,
      unit: read?.unit ?? 'generation',
      ...(read?.quantity && { quantity: read.quantity }),
      provider_text: text,
      provider_text_date: text === null ? null : day,
      source: 'GET /api/v1/models of the provider',
      confidence: read === undefined ? 'unknown' : 'medium',
    },
    confidence: 'medium',
    schema_confidence: openapi ? 'high' : 'low',
    sources: ['The provider’s catalogue routes: /api/v1/models, its /schema and /price'],
    notes: [],
    seen: schema.seen,
    marks,
  }
}

/** What it does, as the list says it and as its inputs show. */
function kindOf(
  listed: ListedModel | undefined,
  properties: Readonly<Record<string, FieldSchema>>,
  ask: (at: string, question: string) => void,
): Kind {
  const tasks = (listed?.tasks ?? []).map((name) => TASKS[name.toLowerCase()] ?? name.toLowerCase())
  const kinds = new Set(Object.values(properties).flatMap((field) => field['x-media'] ?? []))
  const isBoth = tasks.includes('text-to-image') && kinds.has('image')
  const isClip = tasks.includes('text-to-video') && kinds.has('image')
  const task = isBoth ? 'text-or-image-to-image' : isClip ? 'text-or-image-to-video' : tasks[0]
  if (task === undefined)
    ask('task', 'The list does not say what it does. What, and what comes out?')
  const known = task ?? 'text-to-image'
  const output = /video|transition|motion|avatar/.test(known)
    ? 'video'
    : /speech|music|audio|sound/.test(known)
      ? 'audio'
      : 'image'
  const category =
    output === 'video'
      ? 'video'
      : output === 'audio'
        ? known.includes('music')
          ? 'music'
          : 'audio'
        : known === 'image-to-image'
          ? 'image-edit'
          : 'image'
  return { task: known, category, output }
}

/** `kling-3.0/video` as a name: "Kling 3.0 video". */
const titleOf = (id: string): string => {
  const words = id.replace(/[/_-]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
