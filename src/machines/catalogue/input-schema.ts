import * as z from 'zod'

/** A value that the provider accepts in an input field; its exact type matters ("5" is not 5). */
export const scalar = z.union([z.string(), z.number(), z.boolean()])

const mediaKind = z.enum(['image', 'video', 'audio', 'link'])

/** What stands in one entry of a list of objects: words or a length, as in a storyboard. */
const partSchema = z.strictObject({
  type: z.enum(['string', 'number']),
  description: z.string(),
  minLength: z.int().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
})

const fileType = z
  .string()
  .regex(/^(image|video|audio)\/[a-z0-9][a-z0-9+-]*$/, 'must be a type of file such as image/png')

const itemsSchema = z.union([
  z.strictObject({ type: z.literal('string'), format: z.literal('uri').optional() }),
  z.strictObject({
    type: z.literal('object'),
    properties: z.record(z.string(), partSchema),
    required: z.array(z.string()),
    additionalProperties: z.literal(false),
  }),
])

/** JSON Schema of one input, with keys of our own that begin with `x-`. */
export const fieldSchema = z.strictObject({
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
  deprecated: z.boolean().optional().describe('Never asked, never sent'),
  'x-order': z.int().describe('Place among the questions'),
  'x-advanced': z.boolean().optional().describe('Behind "more"'),
  'x-hidden': z.string().optional().describe('Never asked; the reason'),
  'x-fixed': scalar.optional().describe('Never asked, always sent with this value'),
  'x-always': z
    .literal(true)
    .optional()
    .describe('The provider requires it; its default is sent where nobody chose'),
  'x-step': z.number().optional(),
  'x-media': mediaKind.optional(),
  'x-accept': z.array(fileType).optional().describe('Types of files, as MIME'),
  'x-max-size-mb': z.number().optional(),
  'x-image-limits': z
    .strictObject({
      min_side_px: z.number().optional(),
      max_side_px: z.number().optional(),
      max_megapixels: z.number().optional(),
      max_ratio: z.number().optional(),
    })
    .optional(),
  'x-seconds': z
    .strictObject({
      min: z.number().optional(),
      max: z.number().optional(),
      total: z.number().optional(),
    })
    .optional()
    .describe('How long one file, and all of them together, may play'),
  // biome-ignore lint/complexity/useLiteralKeys: the layer test takes a quoted `from` for an import
  [`x-default-from`]: z.string().optional(),
  'x-enum-labels': z.record(z.string(), z.string()).optional(),
  'x-preview-url': z
    .string()
    .regex(/^https:\/\/.*\{value\}/, 'must be an https address with {value} in it')
    .optional()
    .describe('Where a sample of a value can be heard'),
})

const constraintSchema = z.strictObject({
  const: scalar.optional(),
  enum: z.array(scalar).optional(),
  minItems: z.int().optional(),
  maxItems: z.int().optional(),
  maxLength: z.int().optional(),
  maximum: z.number().optional(),
})

/** The part of JSON Schema that conditions between fields use. */
export const conditionSchema = z.strictObject({
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

/** JSON Schema of one input field, with the catalogue's `x-` keys. */
export type FieldSchema = z.infer<typeof fieldSchema>
/** A condition between fields (`if`/`then`/`else`, `oneOf`, `not`). */
export type Condition = z.infer<typeof conditionSchema>
/** A JSON scalar with the type that the provider expects. */
export type Scalar = z.infer<typeof scalar>
