import { gapsOf, hasSoundGaps } from '../../catalogue/gaps.ts'
import { MOST_GAPS, TITLE_LENGTH } from '../../catalogue/templates.ts'

/** A template to be made of an order: its title, and words with gaps where there are other ones. */
export interface TemplateDraft {
  title: string
  /** Null: the order's own words. */
  words: string | null
}

/** What an admin does with a template. */
export type TemplateDecision = 'on' | 'off' | 'example' | 'noExample'

/** Models take about as much. */
const WORDS_LENGTH = 2_000

/**
 * What the button below an admin's own result carries: it stands in the chat for ever and means
 * something to admins only.
 */
export const templateData = (jobId: string): string => `tpl:${jobId}`

export const jobOfTemplate = (data: string): string | undefined =>
  /^tpl:([0-9a-z-]{1,40})$/.exec(data)?.[1]

/** The title in the first line, words with gaps below it; undefined: too long, or a brace too many. */
export function parseTemplate(text: string): TemplateDraft | undefined {
  const [title = '', ...rest] = text.trim().split('\n')
  const words = rest.join('\n').trim()
  const isSound =
    title.trim() !== '' &&
    !/[{}]/.test(title) &&
    [...title.trim()].length <= TITLE_LENGTH &&
    words.length <= WORDS_LENGTH &&
    hasSoundGaps(words) &&
    gapsOf(words).length <= MOST_GAPS
  return isSound ? { title: title.trim(), words: words === '' ? null : words } : undefined
}
