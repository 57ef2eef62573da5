import { isTagged, statesTagged } from '../engine/tags.ts'
import { topupMachine } from './machine.ts'
import type { TopupTag } from './setup.ts'

/** Whether a top-up in this state, as its row names it, has the tag; false for unknown states. */
export const isTopup = (status: string, tag: TopupTag): boolean =>
  isTagged(topupMachine, status, tag)

/** Statuses of bank transfers that an admin has still to decide about, for queries. */
export const REVIEWABLE: readonly string[] = statesTagged(topupMachine, 'reviewable')
