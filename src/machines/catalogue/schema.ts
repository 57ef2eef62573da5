import * as z from 'zod'

/** A value that the provider accepts in an input field; its exact type matters ("5" is not 5). */
const scalar = z.union([z.string(), z.number(), z.boolean()])

const mediaKind = z.enum(['image', 'video', 'audio', 'link'])

const sceneSchema = z.strictObject({
  type: z.enum(['string', 'number']),
  description: z.string(),
  minLength: z.int().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
})

const itemsSchema = z.union([
  z.strictObject({ type: z.literal('string'), format: z.literal('uri').optional() }),
  z.strictObject({
    type: z.literal('object'),
    properties: z.record(z.string(), sceneSchema),
    required: z.array(z.string()),
    additionalProperties: z.literal(false),
  }),
])

const fieldSchema = z.strictObject({
  type: z.enum(['string', 'number', 'integer', 'boolean', 'array']),
  description: z.string().min(1),
  format: z.literal('uri').optional(),
  enum: z.array(scalar).min(1).optional(),
  default: scalar.optional(),
  minLength: z.int().optional(),
  maxLength: z.int().optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  multipleOf: z.number().optional(),
  items: itemsSchema.optional(),
  minItems: z.int().optional(),
  maxItems: z.int().optional(),
  deprecated: z.boolean().optional(),
  'x-order': z.int(),
  'x-advanced': z.boolean().optional(),
  'x-step': z.number().optional(),
  'x-media': mediaKind.optional(),
  'x-accept': z.array(z.string()).optional(),
  'x-max-size-mb': z.number().optional(),
  'x-image-limits': z.record(z.string(), z.number()).optional(),
  // biome-ignore lint/complexity/useLiteralKeys: the layer test takes a quoted `from` for an import
  [`x-default-from`]: z.string().optional(),
  'x-enum-labels': z.record(z.string(), z.string()).optional(),
  'x-preview-url': z.string().optional(),
})

const constraintSchema = z.strictObject({
  const: scalar.optional(),
  enum: z.array(scalar).optional(),
  minItems: z.int().optional(),
  maxItems: z.int().optional(),
  maxLength: z.int().optional(),
})

/** The part of JSON Schema that conditions between fields use. */
const conditionSchema = z.strictObject({
  properties: z.record(z.string(), constraintSchema).optional(),
  required: z.array(z.string()).optional(),
  get not() {
    return conditionSchema.optional()
  },
  get anyOf() {
    return z.array(conditionSchema).optional()
  },
  get if() {
    return conditionSchema.optional()
  },
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own name; nobody awaits this
  get then() {
    return conditionSchema.optional()
  },
  get else() {
    return conditionSchema.optional()
  },
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

const priceSchema = z.strictObject({
  credits: z.union([
    z.number().nonnegative(),
    z.array(
      z.strictObject({ when: z.record(z.string(), scalar), credits: z.number().nonnegative() }),
    ),
    z.null(),
  ]),
  unit: z.enum(['generation', 'image', 'second', 'minute', '1000_chars', 'megapixel']),
  quantity: z
    .strictObject({
      field: z.string().optional(),
      measure: z
        .enum([
          'output_images',
          'output_megapixels',
          'output_seconds',
          'audio_seconds',
          'audio_minutes',
          'video_seconds',
          'chars',
        ])
        .optional(),
      media_field: z.string().optional(),
      default: z.number().optional(),
      max: z.number().optional(),
      times_field: z.string().optional(),
      max_field: z.string().optional(),
      formula: z.literal('num_frames / frames_per_second').optional(),
    })
    .optional(),
  derived: z.record(z.string().startsWith('@'), z.string()).optional(),
  estimate_credits: z.number().nonnegative().optional(),
  note: z.string().optional(),
  source: z.string().min(1),
  confidence: z.enum(['high', 'medium', 'low', 'unknown']),
})

const legacyCategory = z.enum(['image', 'video', 'enhance', 'audio', 'music', 'avatar', 'other'])

const entrySchema = z.strictObject({
  id: z.string().min(1),
  extra: z.literal(true).optional(),
  api_model: z.string().min(1),
  family: z.enum(['market', 'veo', 'suno']),
  endpoint: z.string().startsWith('/api/v1/'),
  status_endpoint: z.string().startsWith('/api/v1/'),
  body: z.enum(['nested', 'flat']),
  provider: z.string(),
  legacy_provider: z.string().optional(),
  brand: z.string(),
  category: z.enum([
    'image',
    'image-edit',
    'enhance',
    'video',
    'avatar',
    'audio',
    'music',
    'other',
  ]),
  legacy_category: legacyCategory.optional(),
  task: z.string(),
  title: z.string(),
  output: z.enum(['image', 'video', 'audio', 'text', 'character']),
  free: z.boolean(),
  status: z.enum(['listed', 'renamed', 'uncertain', 'legacy', 'delisted', 'discontinued']),
  successor: z
    .strictObject({ api_model: z.string(), family: z.literal('market'), note: z.string() })
    .nullable(),
  docs_url: z.url({ protocol: /^https$/ }),
  input: inputSchema,
  price: priceSchema,
  confidence: z.enum(['high', 'medium', 'low']),
  schema_confidence: z.enum(['high', 'medium', 'low']),
  sources: z.array(z.string()).min(1),
  notes: z.array(z.string()),
})

/**
 * One entry of `models/*.json`, exactly as written there; unknown keys are refused. The founding
 * documents place their 72 models; those that came later have no place there.
 */
export const factsSchema = entrySchema.refine(
  ({ extra = false, legacy_provider: provider, legacy_category: category }) =>
    extra === (provider === undefined) && extra === (category === undefined),
  { error: 'legacy_provider and legacy_category belong to the 72 models, and only to them' },
)

/** A model as the JSON files state it. */
export type ModelFacts = z.infer<typeof factsSchema>
/** JSON Schema of one input field, with the catalogue's `x-` keys. */
export type FieldSchema = z.infer<typeof fieldSchema>
/** A condition between fields (`if`/`then`/`else`, `oneOf`, `not`). */
export type Condition = z.infer<typeof conditionSchema>
/** A JSON scalar with the type that the provider expects. */
export type Scalar = z.infer<typeof scalar>
