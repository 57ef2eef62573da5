import type { Category } from '../../catalogue/catalogue.ts'
import type { MediaFile } from '../../catalogue/media.ts'
import type { Answers } from '../../catalogue/payload.ts'
import type { Purpose } from './message-taps.ts'

/** Orders on one page of a list. */
export const LINES_PER_PAGE = 8

/** A user's orders, or those of them that they keep. */
export type ResultList = 'history' | 'favourites'

/** Kinds of results that a list can be narrowed to. */
export const FILTERS = ['all', 'image', 'video', 'audio'] as const
export type Filter = (typeof FILTERS)[number]

/** An order in a list. */
export interface ResultLine {
  jobId: string
  modelId: string
  /** State of the job; its tags say what it means. */
  status: string
  priceKopecks: number
  /** When it was ordered, Unix milliseconds. */
  at: number
  /** The first words of what was asked for, on one line; null: it was asked for without words. */
  words?: string | null
}

/** All that is needed to show an order, to order it again, and to go on with what came of it. */
export interface ResultCard extends ResultLine {
  error: string | null
  /** Delivered free: the money had gone back before the result came. The stored name stays. */
  courtesy: boolean
  answers: Answers
  /** The provider's task while it can be continued, else null. */
  taskId: string | null
  /** What was delivered, by Telegram's ids, in order; empty where only a link could be sent. */
  files: MediaFile[]
  saved: boolean
}

/** Remarks of the result screens. */
export type ResultHint = 'sending' | 'original' | 'saved' | 'forgotten' | 'noResult' | 'cantUse'

/** How a result is being used as an input: which file, for which purpose. */
export interface Use {
  file: number | null
  group: Category | null
  page: number
}

/** A result that its owner shares. */
export interface ResultShare {
  wanted?: boolean
  /** As stored; null: not read yet. */
  stored: { secret: string; withWords: boolean } | null
}

/** What the result screens show, each part as soon as it is read. */
export interface Results {
  list: ResultList
  page: number
  /** Absent: all. */
  filter?: Filter
  found: { lines: ResultLine[]; total: number } | null
  /** The order that is shown: opened from a list, or the one that has just ended. */
  jobId: string | null
  card: ResultCard | null
  /** As the user last said, or as read. */
  saved: boolean
  /** Where the order was opened, and so where Back leads: to the list, or from a message home. */
  from: 'list' | 'message'
  /** What the tap on a result's message asked for. */
  purpose: { what: Purpose; priceKopecks: number | null } | null
  use: Use
  /** Its share as stored; `wanted`: whether its words are to be read, as just said. Absent: not open. */
  share?: ResultShare
  /** The file that is being probed, and for which model. The stored name stays. */
  looked: { serial: number; modelId: string; media: MediaFile } | null
}

export const UNUSED: Use = { file: null, group: null, page: 0 }

export const openList = (list: ResultList): Results => ({
  list,
  page: 0,
  found: null,
  jobId: null,
  card: null,
  saved: false,
  from: 'list',
  purpose: null,
  use: UNUSED,
  looked: null,
})
