import type { Model } from './catalogue.ts'
import { oncePer } from './once-per.ts'
import { assumedValue, priceFields } from './pricing-measure.ts'
import type { Scalar } from './schema.ts'
import { toWire } from './wire.ts'

/** Answers by input field as `checkAnswer` made them; unknown because they come back from JSON. */
export type Answers = Readonly<Record<string, unknown>>

/** Optional fields whose default is sent although no price hangs on it, each for its own reason. */
const alwaysSent: readonly string[] = [
  // The docs name two defaults: https://docs.kie.ai/veo3-api/generate-veo-3-video
  'enableTranslation',
  'enable_translation',
]

/** Whether a field takes files: it is filled from uploads, not from answers. */
export const isMediaField = (model: Model, field: string): boolean => {
  const media = model.input.properties[field]?.['x-media']
  return media !== undefined && media !== 'link'
}

/** Values that go out although nobody gave them; what must be asked for is never among them. */
export const sentDefaults = oncePer((model: Model): Readonly<Record<string, Scalar>> => {
  const { properties, required } = model.input
  const isFixed = (f: string) => properties[f]?.['x-fixed'] !== undefined
  const isDue = (f: string) => isFixed(f) || properties[f]?.['x-always'] === true
  const fields = [...priceFields(model), ...alwaysSent, ...Object.keys(properties).filter(isDue)]
    .filter((f) => properties[f] && !properties[f].deprecated)
    .filter((f) => !required.includes(f) || isFixed(f))
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = assumedValue(model, field)
      return value === undefined ? [] : [[field, value]]
    }),
  )
})

/**
 * The input to order with: answers in the provider's own types, the addresses of uploaded files,
 * and the defaults that price or docs make necessary. Deprecated and unknown fields never go out.
 */
export function buildInput(
  model: Model,
  answers: Answers,
  uploads: Readonly<Record<string, readonly string[]>> = {},
): Record<string, unknown> {
  const defaults = sentDefaults(model)
  const input: Record<string, unknown> = {}
  for (const [field, schema] of Object.entries(model.input.properties)) {
    if (schema.deprecated) continue
    const value = isMediaField(model, field)
      ? uploaded(schema.type === 'array', uploads[field])
      : (answers[field] ?? defaults[field])
    if (value !== undefined && value !== null) input[field] = value
  }
  if (model.wire === undefined) return input
  return toWire(model.wire.template, input, (field) => secondsOf(answers[field]))
}

/** How long the first file of an answer plays; some requests name a span of it. */
const secondsOf = (value: unknown): number | undefined => {
  const [file] = [value].flat() as ({ duration?: number } | null | undefined)[]
  return file?.duration
}

function uploaded(list: boolean, urls: readonly string[] = []) {
  if (urls.length === 0) return undefined
  return list ? [...urls] : urls[0]
}

/** The create request: `flat` models take the fields next to `model`, `nested` in `input`. */
export function buildRequest(
  model: Pick<Model, 'apiModel' | 'body' | 'endpoint'>,
  input: Readonly<Record<string, unknown>>,
  callBackUrl?: string,
): { endpoint: string; body: Record<string, unknown> } {
  const head = { model: model.apiModel, ...(callBackUrl === undefined ? {} : { callBackUrl }) }
  const body = model.body === 'flat' ? { ...input, ...head } : { ...head, input }
  return { endpoint: model.endpoint, body }
}
