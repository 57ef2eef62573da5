import type { Category } from '../../catalogue/catalogue.ts'
import type { Filter, ResultCard, ResultLine, ResultList } from './results.ts'

/** Buttons of finished orders and of the lists of them. */
export type ResultTap =
  | { type: 'history.opened' }
  | { type: 'favourites.opened' }
  | { type: 'filter.chosen'; filter: Filter }
  | { type: 'result.opened'; jobId: string }
  /** Shows it once more. */
  | { type: 'result.shown' }
  | { type: 'original.pressed' }
  | { type: 'result.saved' }
  | { type: 'result.forgotten' }
  /** The same order, with something else in it. */
  | { type: 'change.pressed' }
  /** What can be made of it? */
  | { type: 'use.opened' }
  | { type: 'file.picked'; index: number }
  | { type: 'group.picked'; group: Category }
  | { type: 'model.picked'; modelId: string }
  /** A link to it for others. */
  | { type: 'share.opened' }
  /** Whether others read its words. */
  | { type: 'share.changed'; withWords: boolean }
  /** The result comes as a message that can be passed on. */
  | { type: 'share.sent' }
  /** So many more of the same, each at this price. */
  | { type: 'variants.chosen'; count: number; priceKopecks: number }

/** What the store holds of a user's orders. */
export type ResultNews =
  | {
      type: 'history.read'
      list: ResultList
      /** Absent: all. */
      filter?: Filter
      page: number
      lines: ResultLine[]
      total: number
    }
  | { type: 'result.read'; jobId: string; card: ResultCard | null }
  /** Null: it can't be shared. */
  | {
      type: 'share.read'
      jobId: string
      share: { secret: string; withWords: boolean } | null
    }
  /** It is in the chat once more, below the screen that it was asked from. */
  | { type: 'result.sent'; jobId: string }
