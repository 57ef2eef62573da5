import * as z from 'zod'
import { scalar } from './input-schema.ts'

/** What a rule asks of one input: a value, one of several, or a range of numbers. */
const wanted = z.union([
  scalar,
  z.array(scalar).min(1),
  z.strictObject({ from: z.number().optional(), to: z.number().optional() }),
])

const rowSchema = z.strictObject({
  when: z
    .record(z.string(), wanted)
    .describe('Inputs after defaults; @given:FIELD = something was given, other @ see derived'),
  credits: z.number().nonnegative(),
})

/** How many units are charged. What several terms give is added up. */
const quantitySchema = z.strictObject({
  field: z.string().optional().describe('Input whose number, or whose text, is counted'),
  measure: z
    .enum([
      'output_images',
      'output_megapixels',
      'output_seconds',
      'audio_seconds',
      'audio_minutes',
      'video_seconds',
      'chars',
      'files',
    ])
    .optional()
    .describe('Measured, not answered'),
  media_field: z.string().optional().describe('Input whose files are measured or counted'),
  default: z.number().optional().describe('Taken when the input is left out'),
  most: z.number().optional().describe('Results where only the end shows how many: the most'),
  max: z.number().optional().describe('Nothing beyond this many seconds is charged'),
  free: z.number().optional().describe('This many are not charged'),
  times_field: z.string().optional().describe('Input by which the whole is multiplied'),
  max_field: z.string().optional().describe('Input that says how many results there are at most'),
  formula: z.literal('num_frames / frames_per_second').optional(),
  get add() {
    return z.array(quantitySchema).optional().describe('Further terms: seconds of clips, …')
  },
})

const unit = z.enum(['generation', 'image', 'second', 'minute', '1000_chars', 'megapixel'])

const partSchema = z.strictObject({
  credits: z.union([z.number().nonnegative(), z.array(rowSchema).min(1)]),
  unit,
  quantity: quantitySchema.optional(),
})

/** What the provider charges, in credits. An order costs `credits` × quantity, and every `plus`. */
export const priceSchema = z.strictObject({
  credits: z.union([z.number().nonnegative(), z.array(rowSchema), z.null()]),
  unit,
  quantity: quantitySchema.optional(),
  plus: z.array(partSchema).optional().describe('Further parts: a fee for each picture, …'),
  minimum_credits: z.number().nonnegative().optional().describe('An order costs no less'),
  round_up_to: z.number().positive().optional().describe('The sum is rounded up to such a step'),
  derived: z.record(z.string().startsWith('@'), z.string()).optional(),
  estimate_credits: z.number().nonnegative().optional().describe('Quoted while a measure is open'),
  offers: z
    .array(
      z.strictObject({ until: z.string(), credits: z.union([z.number(), z.array(rowSchema)]) }),
    )
    .optional()
    .describe('Lower prices for a time: kept as facts; what is sold is the price without them'),
  provider_text: z
    .string()
    .nullable()
    .describe('What the provider writes of the price, word by word'),
  provider_text_date: z.iso.date().nullable(),
  note: z.string().optional(),
  source: z.string().min(1),
  confidence: z.enum(['high', 'medium', 'low', 'unknown']),
})

/** What one order costs, as a file says it. */
export type PriceFacts = z.infer<typeof priceSchema>
export type PriceRow = z.infer<typeof rowSchema>
export type QuantityFacts = z.infer<typeof quantitySchema>
