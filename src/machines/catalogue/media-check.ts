import { canonicalMime, type MediaFile, mediaKindOf, mimeOf, typeNames } from './media.ts'
import type { Problem } from './problem.ts'
import type { MediaRules, Question } from './questions.ts'

const MB = 1024 * 1024

/** Kinds whose name or type only the sender claims. */
const UNTOLD = new Set(['link', 'document', 'audio', 'animation'])

/**
 * Whether a file must be probed before it counts as an answer: its type is only claimed by the
 * sender, Telegram did not say what the rules need, or the price depends on its length, which the
 * sending app rounds.
 */
export function needsProbe({ media: rules }: Question, file: MediaFile): boolean {
  if (rules === undefined) return false
  if (UNTOLD.has(file.kind)) return true
  if (file.size === undefined || rules.needsDuration) return true
  return rules.needsSides && !(file.width && file.height)
}

/**
 * Why a file can't be taken, if so. With `unseen`, what is not known yet is no reason: the file is
 * probed next.
 */
export function fileProblem(
  rules: MediaRules,
  file: MediaFile,
  unseen = false,
): Problem | undefined {
  const expected = { media: rules.kind }
  const length = rules.needsDuration && !file.duration && !unseen
  if (file.kind === 'link') return length ? problem('media.length', expected) : undefined
  const mime = mimeOf(file)
  const isOpen = unseen && mime === undefined && file.kind === 'document'
  if (!isOpen && mediaKindOf(file) !== rules.kind) return problem('media.expected', expected)
  if (mime && !rules.accept.map(canonicalMime).includes(mime))
    return problem('media.type', { types: typeNames(rules.accept) })
  return (
    sizeProblem(rules, file) ?? (length ? problem('media.length', expected) : sides(rules, file))
  )
}

function sizeProblem(rules: MediaRules, { size = 0, url }: MediaFile): Problem | undefined {
  const max = url === undefined ? rules.maxSizeMb : rules.maxLinkMb
  if (size <= max * MB) return undefined
  // A link gets round what a bot can't fetch, not what the model doesn't take.
  const fitsAsLink = max < rules.maxLinkMb && size <= rules.maxLinkMb * MB
  return problem(fitsAsLink ? 'media.heavy' : 'media.size', {
    max: fitsAsLink ? max : rules.maxLinkMb,
  })
}

function sides(rules: MediaRules, { width, height }: MediaFile): Problem | undefined {
  if (!width || !height) return undefined
  const both = [width, height]
  const side = rules.minSidePx ?? 0
  if (Math.min(...both) < side) return problem('media.small', { side })
  const tooLong = Math.max(...both) > (rules.maxSidePx ?? Infinity)
  const tooMany = width * height > (rules.maxMegapixels ?? Infinity) * 1_000_000
  return tooLong || tooMany ? problem('media.large', { side: rules.maxSidePx ?? 0 }) : undefined
}

const problem = (code: Problem['code'], params: Problem['params']): Problem => ({ code, params })
