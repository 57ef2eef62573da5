import type { FieldSchema } from './schema.ts'

/** How much of something, for numbers that say little to a person. */
export type Level = 'low' | 'usual' | 'high'

/** What a number is a measure of: it chooses the words of its levels. */
export type LevelKind = 'care' | 'closeness' | 'amount' | 'pace'

const KINDS: Readonly<Record<string, LevelKind>> = {
  num_inference_steps: 'care',
  guidance_scale: 'closeness',
  cfg_scale: 'closeness',
  prompt_influence: 'closeness',
  styleWeight: 'closeness',
  style_weight: 'closeness',
  speed: 'pace',
  strength: 'amount',
  similarity_boost: 'amount',
  stability: 'amount',
  style: 'amount',
  weirdnessConstraint: 'amount',
  weirdness_constraint: 'amount',
  audioWeight: 'amount',
  audio_weight: 'amount',
  variety: 'amount',
}

/** Without a documented default, what lies this far within the bounds is little and much. */
const LITTLE = 0.25
const MUCH = 0.75

/** Values of a number that stand for words; undefined: the number itself is what people think in. */
export interface Levels {
  readonly kind: LevelKind
  readonly values: readonly { readonly level: Level; readonly value: number }[]
}

/**
 * Up to three values of a number that people know by words: half of the provider's default, the
 * default, and twice that, within the bounds. Without a default only little and much: to leave the
 * field alone is the usual.
 */
export function levelsOf(field: string, schema: FieldSchema): Levels | undefined {
  const kind = KINDS[field]
  const { minimum: min, maximum: max, default: usual } = schema
  if (kind === undefined || schema.enum || min === undefined || max === undefined) return undefined
  const known = typeof usual === 'number' ? usual : undefined
  const low = known === undefined ? min + (max - min) * LITTLE : known / 2
  const high = known === undefined ? min + (max - min) * MUCH : known * 2 || max / 2
  const near = (level: Level, value: number) => ({ level, value: fitted(value, schema) })
  const given = [
    ...(known === undefined ? [] : [{ level: 'usual' as const, value: known }]),
    near('low', Math.max(min, low)),
    near('high', Math.min(max, high)),
  ]
  const values = given.filter((one, i) => given.findIndex(({ value }) => value === one.value) === i)
  return { kind, values: values.toSorted((a, b) => a.value - b.value) }
}

/** The nearest value that the provider's steps allow. */
function fitted(value: number, schema: FieldSchema): number {
  const step = schema['x-step'] ?? schema.multipleOf ?? (schema.type === 'integer' ? 1 : 0.01)
  return Number((Math.round(value / step) * step).toFixed(4))
}

/** Frames of a clip that plays this long, where the provider counts frames: 16 a second. */
export const FRAMES_PER_SECOND = 16

/** Lengths of a clip that is ordered by its frames: whole seconds and the longest; none: no such field. */
export function frameCounts(field: string, { minimum, maximum }: FieldSchema): readonly number[] {
  if (field !== 'num_frames' || minimum === undefined || maximum === undefined) return []
  const first = Math.ceil(minimum / FRAMES_PER_SECOND)
  const seconds = Math.floor(maximum / FRAMES_PER_SECOND) - first + 1
  const counts = Array.from({ length: seconds }, (_, i) => (first + i) * FRAMES_PER_SECOND)
  return [...new Set([...counts, maximum])]
}
