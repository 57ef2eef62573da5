/** Why an answer can't be taken; `labels/problems.ts` says it in words. */
export type ProblemCode =
  | 'text.expected'
  | 'text.short'
  | 'text.long'
  | 'choice.unknown'
  | 'number.invalid'
  | 'number.integer'
  | 'number.range'
  | 'number.multiple'
  | 'link.invalid'
  | 'media.expected'
  | 'media.type'
  | 'media.size'
  | 'media.heavy'
  | 'media.unusable'
  | 'media.damaged'
  | 'media.too-large'
  | 'media.unavailable'
  | 'media.slow'
  | 'media.length'
  | 'media.short'
  | 'media.long'
  | 'media.total'
  | 'media.few'
  | 'media.many'
  | 'media.small'
  | 'media.large'
  | 'list.many'
  | 'shots.format'
  | 'shots.total'

export interface Problem {
  readonly code: ProblemCode
  readonly params: Readonly<Record<string, string | number>>
}
