import type { Audience } from '../../broadcast/audience.ts'
import type { BroadcastCard } from '../../broadcast/card.ts'

/** One line of the list of broadcasts. */
export interface BroadcastLine {
  id: string
  state: string
  /** How it begins; null: it has no message yet. */
  words: string | null
  /** Unix ms. */
  at: number
}

/** Where an admin is among the broadcasts. */
export interface BroadcastDesk {
  /** Null: being read. */
  rows: BroadcastLine[] | null
  id: string | null
  /** Null: being read; 'new': it has nothing yet; 'gone': there is no such one. */
  card: BroadcastCard | 'new' | 'gone' | null
  /** How many people each audience has, in the order of `AUDIENCES`; null: being read. */
  counts: number[] | null
}

export const emptyBroadcasts: BroadcastDesk = { rows: null, id: null, card: null, counts: null }

/** What an admin may want of a broadcast by one button. */
export type BroadcastWish = 'preview' | 'pause' | 'resume' | 'cancel'

export type BroadcastTap =
  | { type: 'broadcasts.opened' }
  | { type: 'broadcast.begun' }
  | { type: 'broadcast.opened'; id: string }
  | { type: 'broadcast.reworded' }
  | { type: 'broadcast.buttons.opened' }
  | { type: 'broadcast.buttons.dropped' }
  | { type: 'broadcast.audience.opened' }
  | { type: 'broadcast.audience.chosen'; audience: Audience }
  | { type: 'broadcast.wanted'; wish: BroadcastWish }
  | { type: 'broadcast.start.opened' }
  | { type: 'broadcast.agreed' }

export type BroadcastNews =
  | { type: 'broadcasts.read'; rows: BroadcastLine[] }
  | { type: 'broadcast.read'; id: string; card: BroadcastCard | null }
  /** To the admin who made it, after every step; `isPreviewed`: it was just shown to them. */
  | { type: 'broadcast.changed'; card: BroadcastCard; isPreviewed: boolean }
  | { type: 'audience.read'; counts: number[] }
