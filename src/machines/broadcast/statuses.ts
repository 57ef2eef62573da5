import { isTagged, statesTagged } from '../engine/tags.ts'
import { broadcastMachine } from './machine.ts'
import type { BroadcastTag } from './setup.ts'

/** Whether a broadcast in this state, as its row names it, has the tag; false for unknown states. */
export const isBroadcast = (status: string, tag: BroadcastTag): boolean =>
  isTagged(broadcastMachine, status, tag)

/** Statuses in which messages may leave, for the fence. */
export const SENDING = 'sending'

/** Statuses of broadcasts that are over, for queries. */
export const ENDED: readonly string[] = statesTagged(broadcastMachine, 'ended')
