/** What could not be applied and is kept to be tried again. */
export const REPLAYABLE_KINDS = ['event', 'effect', 'callback', 'update'] as const
/** With those that can only be read. */
export const LETTER_KINDS = [...REPLAYABLE_KINDS, 'snapshot'] as const
export type LetterKind = (typeof LETTER_KINDS)[number]

/** What nobody goes on with, by what it is. */
export type StuckKind = 'orders' | 'effects' | 'timers' | 'sends' | LetterKind

export const isLetters = (kind: StuckKind): kind is LetterKind =>
  LETTER_KINDS.some((letters) => letters === kind)

export interface StuckLine {
  kind: StuckKind
  count: number
  /** Of the oldest, Unix ms. */
  since: number
}

/** One of a kind that is kept. */
export interface LetterLine {
  id: number
  /** Whose it is, e.g. an actor or an order. */
  subject: string
  error: string
  at: number
}

/** Where an admin is among what is stuck. */
export interface StuckDesk {
  /** Of which kind single ones are shown; null: the overview of all. */
  kind: LetterKind | null
  lines?: StuckLine[]
  letters?: LetterLine[]
  /** What has just been asked for, and for how many. */
  asked?: { what: 'replay' | 'provider'; count: number } | null
}
