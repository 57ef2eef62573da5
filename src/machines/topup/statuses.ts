import { isTagged, statesTagged } from '../engine/tags.ts'
import { topupMachine } from './machine.ts'
import type { TopupTag } from './setup.ts'

/** Whether a top-up in this state, as its row names it, has the tag; false for unknown states. */
export const isTopup = (status: string, tag: TopupTag): boolean =>
  isTagged(topupMachine, status, tag)

/** Statuses of top-ups that a newer one of the same user may take the place of, for queries. */
export const OPEN: readonly string[] = statesTagged(topupMachine, 'open')

/** Statuses of top-ups that somebody has still to end: an admin, or Telegram. */
export const IN_HAND: readonly string[] = statesTagged(topupMachine, 'inHand')

/** Statuses of bank transfers that an admin has still to decide about, for queries. */
export const REVIEWABLE: readonly string[] = statesTagged(topupMachine, 'reviewable')
