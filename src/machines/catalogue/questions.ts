import { fieldWords } from '../labels/fields.ts'
import { optionLabel } from '../labels/options.ts'
import { languages } from '../labels/options-table.ts'
import type { Language } from '../texts/translate.ts'
import { mediaCount } from './answer-files.ts'
import type { Model } from './catalogue.ts'
import { type Demands, demandsOf, type FieldLimits } from './conditions.ts'
import { frameCounts, levelsOf } from './levels.ts'
import type { MediaKind } from './media.ts'
import { type Answers, isMediaField, sentDefaults } from './payload.ts'
import { assumedValue, measuredMedia, sidesField } from './pricing-measure.ts'
import type { FieldSchema, Scalar } from './schema.ts'

/** A value that a button stands for, in the provider's exact type. */
export interface Option {
  readonly value: Scalar
  label(language: Language): string
}

/** What files a question takes. */
export interface MediaRules {
  readonly kind: MediaKind
  readonly accept: readonly string[]
  /** For files that the chat carries. */
  readonly maxSizeMb: number
  /** For a file behind a link, which Telegram's own limit doesn't concern. */
  readonly maxLinkMb: number
  readonly minItems: number
  readonly maxItems: number
  /** The price depends on the length, so a file of unknown length can't be taken. */
  readonly needsDuration: boolean
  /** Rules or price depend on width and height. */
  readonly needsSides: boolean
  readonly minSidePx?: number
  readonly maxSidePx?: number
  readonly maxMegapixels?: number
  /** How long one file, and all together, may play. */
  readonly seconds?: NonNullable<FieldSchema['x-seconds']>
}

export type QuestionKind =
  | 'choice'
  | 'toggle'
  | 'text'
  | 'number'
  | 'media'
  | 'media-list'
  | 'list'
  | 'shots'

/** One step of the wizard. */
export interface Question {
  readonly field: string
  readonly kind: QuestionKind
  readonly required: boolean
  readonly advanced: boolean
  /** Short noun for summaries and menus. */
  name(language: Language): string
  /** The question itself. */
  title(language: Language): string
  hint(language: Language): string
  /** Complete for `choice` and `toggle`; proposals next to free input for `number`. */
  readonly options?: readonly Option[]
  /** Preselected, documented; never there for a required choice. */
  readonly default?: Scalar
  /** Where a sample of a value can be heard. */
  sampleUrl?(value: Scalar): string
  readonly min?: number
  readonly max?: number
  readonly step?: number
  readonly integer?: boolean
  /** The provider wants this number as text. */
  readonly asText?: boolean
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  /** The text is a link. */
  readonly link?: boolean
  readonly media?: MediaRules
  readonly minItems?: number
  readonly maxItems?: number
  /** Most seconds of all scenes together. */
  readonly maxTotal?: number
}

/** Fields that nobody should be asked for, by reason. */
export const hiddenFields: ReadonlySet<string> = new Set([
  // Come from an earlier result, not from a person.
  'task_id',
  'index',
  'character_id_list',
  'personaId',
  // How the provider works inside; the default is right for everybody.
  'sync_mode',
  'upload_method',
  'timestamps',
  'frames_per_second',
  'shift',
  'enableTranslation',
  'enable_translation',
  // The house decides on content filters, not the person who is filtered.
  'enable_safety_checker',
  'nsfw_checker',
])

/** Bots can download files up to 20 MB only: https://core.telegram.org/bots/api#getfile */
const telegramFileLimitMb = 20

/** The provider advises against larger uploads: https://docs.kie.ai/file-upload-api/quickstart */
const uploadLimitMb = 100

/** Numbers that the provider takes as text, with the range that its pattern spells out. */
const textNumbers: Readonly<Record<string, { min?: number; max?: number }>> = {
  duration: { min: 6, max: 30 },
  seed: { min: 0, max: 2_147_483_647 },
}

const proposals: Readonly<Record<string, readonly number[]>> = { duration: [6, 10, 15, 20, 30] }

/** Whether a person is ever asked for this field. */
export const isAsked = (model: Model, field: string): boolean => {
  const schema = model.input.properties[field]
  if (schema === undefined || schema.deprecated || hiddenFields.has(field)) return false
  return schema['x-hidden'] === undefined && schema['x-fixed'] === undefined
}

/**
 * The questions of a model in the order to ask them: required, optional, advanced; of the required
 * ones the files first, since words are said of what is there. With the answers so far, conditions
 * between fields narrow options and limits, and drop what makes no sense.
 */
export function questionsOf(model: Model, answers: Answers = {}): readonly Question[] {
  const demands = demandsNow(model, answers)
  const fields = Object.entries(model.input.properties).filter(
    ([field]) => isAsked(model, field) && !demands.forbidden.has(field),
  )
  const rank = (field: string, schema: FieldSchema): number => {
    if (demands.required.has(field)) return isMediaField(model, field) ? 0 : 1
    return schema['x-advanced'] ? 3 : 2
  }
  const place = ([field, schema]: [string, FieldSchema]) =>
    rank(field, schema) * 1_000 + schema['x-order']
  return fields
    .toSorted((a, b) => place(a) - place(b))
    .map(([field, schema]) => questionOf(model, field, schema, demands))
}

/** Fields that must be answered before an order, next to the answers so far, in asking order. */
export function requiredNow(model: Model, answers: Answers): readonly string[] {
  return questionsOf(model, answers)
    .filter((q) => q.required)
    .map((q) => q.field)
}

/** The next question that must be answered; none when the order is complete. */
export function nextRequired(model: Model, answers: Answers): Question | undefined {
  return questionsOf(model, answers).find((q) => q.required && answers[q.field] === undefined)
}

/** Answers that other answers have made impossible: ask these fields again before an order. */
export function staleAnswers(model: Model, answers: Answers): readonly string[] {
  const questions = new Map(questionsOf(model, answers).map((q) => [q.field, q]))
  return Object.entries(answers).flatMap(([field, value]) => {
    if (!isAsked(model, field)) return []
    const q = questions.get(field)
    if (q === undefined) return [field]
    if (q.kind === 'choice' || q.kind === 'toggle')
      return q.options?.some((o) => o.value === value) ? [] : [field]
    if (q.media) {
      const count = mediaCount(value)
      return count < q.media.minItems || count > q.media.maxItems ? [field] : []
    }
    if (q.kind === 'number') return Number(value) > (q.max ?? Infinity) ? [field] : []
    const tooLong = typeof value === 'string' && [...value].length > (q.maxLength ?? Infinity)
    return tooLong ? [field] : []
  })
}

function demandsNow(model: Model, answers: Answers): Demands {
  const values = { ...sentDefaults(model), ...answers }
  return demandsOf(model, values, (field) => isAsked(model, field))
}

/** Of each model: questions that no other answer narrows are the same in every order, and made once. */
const unnarrowed = new WeakMap<Model, Map<string, Question>>()

function questionOf(model: Model, field: string, schema: FieldSchema, demands: Demands): Question {
  const required = demands.required.has(field)
  const limits = demands.limits.get(field)
  if (limits !== undefined) return makeQuestion(model, field, schema, { required, limits })
  const made = unnarrowed.get(model) ?? new Map<string, Question>()
  unnarrowed.set(model, made)
  const key = `${field} ${required}`
  const known = made.get(key)
  if (known !== undefined) return known
  const question = makeQuestion(model, field, schema, { required, limits: {} })
  made.set(key, question)
  return question
}

function makeQuestion(
  model: Model,
  field: string,
  schema: FieldSchema,
  { required, limits }: { required: boolean; limits: FieldLimits },
): Question {
  const { name, ask, hint } = fieldWords(model, field)
  const sample = schema['x-preview-url']
  const preset = required || field === 'seed' ? undefined : assumedValue(model, field)
  return {
    field,
    required,
    advanced: schema['x-advanced'] === true && !required,
    name: (language) => name[language],
    title: (language) => ask[language],
    hint: (language) => hint[language],
    ...(sample !== undefined && {
      sampleUrl: (value: Scalar) => sample.replace('{value}', encodeURIComponent(value)),
    }),
    ...(preset !== undefined && (limits.allowed?.includes(preset) ?? true) && { default: preset }),
    ...shapeOf(model, field, schema, limits),
  }
}

type Shape = Pick<Question, 'kind'> & Partial<Question>

function shapeOf(model: Model, field: string, schema: FieldSchema, limits: FieldLimits): Shape {
  if (isMediaField(model, field)) return mediaShape(model, field, schema, limits)
  if (schema.type === 'boolean') {
    const allowed = [true, false].filter((v) => limits.allowed?.includes(v) ?? true)
    return { kind: 'toggle', options: optionsOf(allowed) }
  }
  const frames = frameCounts(field, schema)
  const listed =
    field === 'language_code' ? spokenLanguages(schema) : frames.length > 0 ? frames : schema.enum
  if (listed) {
    const allowed = listed.filter((v) => limits.allowed?.includes(v) ?? true)
    return { kind: 'choice', options: optionsOf(allowed) }
  }
  if (schema.type === 'array')
    return {
      kind: schema.items?.type === 'object' ? 'shots' : 'list',
      minItems: schema.minItems ?? 0,
      ...(schema.maxItems !== undefined && { maxItems: schema.maxItems }),
      ...(limits.maxTotal !== undefined && { maxTotal: limits.maxTotal }),
    }
  if (schema.type === 'string' && !(field in textNumbers)) return textShape(schema, limits)
  return numberShape(field, schema, limits)

  function optionsOf(values: readonly Scalar[]): readonly Option[] {
    return values.map((value) => ({ value, label: (l) => optionLabel(model, field, value, l) }))
  }

  function numberShape(name: string, s: FieldSchema, limit: FieldLimits): Shape {
    const text = s.type === 'string' ? textNumbers[name] : undefined
    const min = text?.min ?? (name === 'seed' ? Math.max(0, s.minimum ?? 0) : s.minimum)
    const most = Math.min(text?.max ?? s.maximum ?? Infinity, limit.maximum ?? Infinity)
    const max = most === Infinity ? undefined : most
    const step = s['x-step'] ?? s.multipleOf
    const named = levelsOf(name, s)?.values.map(({ value }) => value)
    const proposed = (named ?? proposals[name] ?? []).filter(
      (n) => n >= (min ?? n) && n <= (max ?? n),
    )
    return {
      kind: 'number',
      integer: s.type === 'integer' || text !== undefined || name === 'seed',
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
      ...(step !== undefined && { step }),
      ...(text && { asText: true }),
      ...(proposed.length > 0 && { options: optionsOf(text ? proposed.map(String) : proposed) }),
    }
  }
}

/** Languages that have a name here; of those the model lists, where it lists any. */
const spokenLanguages = ({ enum: known }: FieldSchema): readonly Scalar[] =>
  Object.keys(languages).filter((code) => known?.includes(code) ?? true)

function textShape(schema: FieldSchema, limits: FieldLimits): Shape {
  const maxLength = limits.maxLength ?? schema.maxLength
  return {
    kind: 'text',
    minLength: schema.minLength ?? 1,
    ...(maxLength !== undefined && { maxLength }),
    ...(schema.pattern !== undefined && { pattern: schema.pattern }),
    ...(schema['x-media'] === 'link' && { link: true }),
  }
}

/** Types that every model of a kind takes, where a file says nothing. */
const USUAL_TYPES: Readonly<Record<MediaKind, readonly string[]>> = {
  image: ['image/jpeg', 'image/png', 'image/webp'],
  video: ['video/mp4', 'video/quicktime'],
  audio: ['audio/mpeg', 'audio/wav'],
}

function mediaShape(model: Model, field: string, schema: FieldSchema, limits: FieldLimits): Shape {
  const list = schema.type === 'array'
  const kind = schema['x-media'] as MediaKind
  const pixels = schema['x-image-limits'] ?? {}
  const maxItems = limits.maxItems ?? schema.maxItems ?? (list ? 10 : 1)
  return {
    kind: list && schema.maxItems !== 1 ? 'media-list' : 'media',
    media: {
      kind,
      accept: schema['x-accept'] ?? USUAL_TYPES[kind],
      maxSizeMb: Math.min(schema['x-max-size-mb'] ?? 10, telegramFileLimitMb),
      maxLinkMb: Math.min(schema['x-max-size-mb'] ?? 10, uploadLimitMb),
      minItems: limits.minItems ?? schema.minItems ?? 1,
      maxItems,
      needsDuration: measuredMedia(model).includes(field) || schema['x-seconds'] !== undefined,
      needsSides: schema['x-image-limits'] !== undefined || sidesField(model) === field,
      ...(pixels.min_side_px && { minSidePx: pixels.min_side_px }),
      ...(pixels.max_side_px && { maxSidePx: pixels.max_side_px }),
      ...(pixels.max_megapixels && { maxMegapixels: pixels.max_megapixels }),
      ...(schema['x-seconds'] && { seconds: schema['x-seconds'] }),
    },
  }
}
