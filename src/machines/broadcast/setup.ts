import { assign, setup } from 'xstate'
import { effectActions } from '../engine/definition.ts'
import type { BroadcastContext, BroadcastInput } from './context.ts'
import { broadcastEffects } from './effects.ts'
import type { StampedBroadcastEvent } from './events.ts'
import { waitingOf } from './progress.ts'

type Args = { context: BroadcastContext; event: StampedBroadcastEvent }

/** What the rest of the system may ask about a broadcast's state. */
export type BroadcastTag =
  /** It may be changed, and has not begun. */
  | 'open'
  /** It has the turn: no other one is sent meanwhile. */
  | 'sending'
  /** It is over. */
  | 'ended'

const SECOND = 1_000

/** The batch that the chart waits for; a late report of an earlier one counts for nothing. */
const isThisBatch = ({ context, event }: Args): boolean =>
  event.type === 'batch.done' && event.batch === context.batch

/** Guards, changes of the context and effects of a broadcast, by their persisted names. */
export const broadcastSetup = setup({
  types: {} as {
    context: BroadcastContext
    input: BroadcastInput
    events: StampedBroadcastEvent
    tags: BroadcastTag
  },
  guards: {
    hasContent: ({ context }) => context.content !== null,
    isThisBatch,
    isLast: (args) =>
      args.event.type === 'batch.done' && isThisBatch(args) && waitingOf(args.event.progress) === 0,
    // Not because people left: it would go on like that with all the others.
    isRefused: (args) =>
      args.event.type === 'batch.done' && isThisBatch(args) && args.event.code !== null,
    mustRest: (args) =>
      args.event.type === 'batch.done' && isThisBatch(args) && args.event.restMs > 0,
    isForNobody: ({ event }) => event.type === 'turn.given' && event.total === 0,
  },
  actions: {
    keepContent: assign(({ event }) =>
      event.type === 'content.given' ? { content: event.content } : {},
    ),
    keepButtons: assign(({ event }) =>
      event.type === 'buttons.given' ? { buttons: event.buttons } : {},
    ),
    keepAudience: assign(({ event }) =>
      event.type === 'audience.chosen' ? { audience: event.audience } : {},
    ),
    keepTrouble: assign(({ event }) => ('code' in event ? { trouble: event.code } : {})),
    dropTrouble: assign({ trouble: null }),
    keepTotal: assign(({ context, event }) =>
      event.type === 'turn.given'
        ? {
            progress: { ...context.progress, total: event.total },
            startedAt: context.startedAt ?? event.at,
          }
        : {},
    ),
    keepProgress: assign(({ event }) =>
      event.type === 'batch.done' ? { progress: event.progress, restMs: event.restMs } : {},
    ),
    nextBatch: assign(({ context }) => ({ batch: context.batch + 1 })),
    noteEnd: assign(({ event }) => ({ endedAt: event.at })),
    ...effectActions(broadcastEffects),
  },
  delays: {
    turnPause: 10 * SECOND,
    rest: ({ context }) => Math.max(SECOND, context.restMs),
  },
})
