import type { MediaFile } from './media.ts'
import type { Problem } from './problem.ts'
import type { MediaRules } from './questions.ts'

/**
 * Why clips or sounds can't be taken because of how long they play, one or all together. What is not
 * known yet is no reason: the file is probed first.
 */
export function lengthProblem(
  { seconds }: MediaRules,
  files: readonly MediaFile[],
): Problem | undefined {
  if (seconds === undefined) return undefined
  const { min = 0, max = Infinity, total = Infinity } = seconds
  const lengths = files.flatMap(({ duration }) => duration ?? [])
  if (lengths.some((length) => length < min)) return { code: 'media.short', params: { min } }
  // A camera's thirty seconds are often a fraction more.
  if (lengths.some((length) => length > max + TOLERANCE))
    return { code: 'media.long', params: { max } }
  const sum = Math.round(lengths.reduce((all, length) => all + length, 0) * 10) / 10
  return sum > total + TOLERANCE
    ? { code: 'media.total', params: { max: total, total: sum } }
    : undefined
}

const TOLERANCE = 0.1
