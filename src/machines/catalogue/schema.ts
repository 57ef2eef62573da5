import * as z from 'zod'
import { conditionSchema, fieldSchema, scalar } from './input-schema.ts'
import { priceSchema } from './price-schema.ts'

const text = z.strictObject({
  ru: z.string().min(1).describe('Russian'),
  en: z.string().min(1).describe('English'),
})

/** How an input is called in a summary, how it is asked for, a hint, and what its buttons say. */
const fieldWordsSchema = z.strictObject({
  name: text.optional().describe('A short noun for summaries and menus'),
  ask: text.optional().describe('The question itself'),
  hint: text.optional().describe('One short sentence that helps to answer'),
  options: z.record(z.string(), text).optional().describe('Button texts by value'),
})

export const fieldsWordsSchema = z.record(z.string(), fieldWordsSchema)

const modelWordsSchema = z.strictObject({
  title: z.union([z.string().min(1), text]).describe('Brand and variant: "Kling 2.6"'),
  does: text.optional().describe('What it does in a few words, where the task says too little'),
  summary: text.optional().describe('What goes in and what comes out, in one sentence'),
  search: z.string().optional().describe('Other words by which people look for it'),
  fields: fieldsWordsSchema
    .optional()
    .describe('Only what the dictionaries say wrong or not at all'),
})

const inputSchema = z.strictObject({
  $schema: z.literal('https://json-schema.org/draft/2020-12/schema'),
  type: z.literal('object'),
  properties: z.record(z.string(), fieldSchema),
  required: z.array(z.string()),
  additionalProperties: z.literal(false),
  allOf: z.array(conditionSchema).optional(),
  oneOf: z.array(conditionSchema).optional(),
  'x-constraints': z.array(z.string()).optional(),
})

/** Groups that users see, in the order of the menu. */
export const CATEGORIES = [
  'image',
  'image-edit',
  'video',
  'avatar',
  'enhance',
  'audio',
  'music',
  'other',
] as const

/**
 * One file of `models/catalogue/`, exactly as it must be written; unknown keys are refused. What the
 * program makes of a file that breaks these rules is said in `usable-facts.ts`.
 */
export const factsSchema = z.strictObject({
  $schema: z.string().optional(),
  id: z.string().min(1).describe('Our name: deep links, orders, history'),
  api_model: z.string().min(1).describe('The value that the provider wants as model'),
  family: z.string().min(1).describe('A file of families/: routes, envelope, states, results'),
  provider: z
    .string()
    .min(1)
    .describe('Who made the model; a file of providers/ may have its words'),
  brand: z.string().min(1),
  category: z.enum(CATEGORIES).describe('The group that users see it in'),
  task: z.string().min(1).describe('What it does: text-to-image, upscale, …'),
  output: z.enum(['image', 'video', 'audio', 'text', 'character']),
  free: z.boolean().describe('We give it away; the provider charges us all the same'),
  status: z
    .enum(['draft', 'listed', 'renamed', 'uncertain', 'legacy', 'delisted', 'discontinued'])
    .describe('listed, renamed, uncertain and legacy are sold; draft is not shown to anybody'),
  replaced_by: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('Ids to take instead; a model on sale that has one counts as older'),
  place: z
    .int()
    .min(1)
    .optional()
    .describe('Where it stands in its group; without one behind those'),
  docs_url: z.url({ protocol: /^https$/ }),
  evidence_date: z.iso.date().describe('Newest day on which the provider was seen to say this'),
  words: modelWordsSchema,
  input: inputSchema.describe('JSON Schema of what a person answers'),
  wire: z
    .strictObject({
      template: z
        .record(z.string(), z.unknown())
        .describe('Input to send; {"$field": "x"} = answer'),
      schema: z.record(z.string(), z.unknown()).describe('JSON Schema of what is sent'),
    })
    .optional()
    .describe('Only where the provider wants another shape than the answers have'),
  continues: z
    .strictObject({
      from: z.array(z.string()).min(1).describe('Models whose finished tasks it goes on with'),
      file_field: z.string().optional().describe('Input that takes the number of the file'),
      source_resolution: z
        .boolean()
        .optional()
        .describe('The price follows that task’s resolution'),
    })
    .optional(),
  price: priceSchema,
  confidence: z.enum(['high', 'medium', 'low']),
  schema_confidence: z.enum(['high', 'medium', 'low']),
  sources: z.array(z.string()).min(1),
  notes: z.array(z.string()),
  seen: z
    .record(z.string(), z.string())
    .optional()
    .describe('The provider’s inputs when they were last looked at, one line each, for diff'),
  marks: z
    .array(z.strictObject({ at: z.string(), question: z.string() }))
    .optional()
    .describe('What a person must look at before it is sold; take a mark out when it is answered'),
})

/** A model as its file states it. */
export type ModelFacts = z.infer<typeof factsSchema>
/** Words of inputs as files have them. */
export type FieldsWords = z.infer<typeof fieldsWordsSchema>

/** One file of `models/providers/`: words that all models of a provider share. */
export const providerSchema = z.strictObject({
  id: z.string().min(1),
  search: z.record(z.string(), z.string()).describe('By brand: how people write and say it'),
  fields: fieldsWordsSchema,
})
export type ProviderFacts = z.infer<typeof providerSchema>

export type { Condition, FieldSchema, Scalar } from './input-schema.ts'
export { scalar }
