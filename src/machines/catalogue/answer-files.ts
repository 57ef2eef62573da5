import type { MediaFile } from './media.ts'
import type { Measures, MediaMeasure } from './pricing-measure.ts'

/** How many files an answer holds; 0 when it holds none. */
export function mediaCount(value: unknown): number {
  return filesOf(value).length
}

/** The files of an answer; none when it is of another kind. */
export function filesOf(value: unknown): readonly MediaFile[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value]
  return all.filter((v): v is MediaFile => typeof v === 'object' && v !== null && 'kind' in v)
}

/** What the price needs to know of the files among the answers. */
export function measuresOf(answers: Readonly<Record<string, unknown>>): Measures {
  const media: Record<string, readonly MediaMeasure[]> = {}
  for (const [field, value] of Object.entries(answers)) {
    const files = filesOf(value)
    if (files.length > 0)
      media[field] = files.map(({ duration, width, height }) => ({ duration, width, height }))
  }
  const source = answers['@source_resolution']
  return { media, ...(typeof source === 'string' ? { sourceResolution: source } : {}) }
}
