import type { ConversationContext } from '../context.ts'
import type { StampedConversationEvent } from '../events.ts'
import { showAccount } from './account.ts'

// What the screen of stuck things changes in the context.

type Args = { context: ConversationContext; event: StampedConversationEvent }

/** All kinds, or single ones of one kind. */
export const openOrphans = ({ context, event }: Args): Partial<ConversationContext> =>
  showAccount(context, { stuck: { kind: event.type === 'orphans.opened' ? event.kind : null } })

export const keepOrphans = ({ context, event }: Args): Partial<ConversationContext> =>
  event.type === 'orphans.read' && event.kind === context.account?.stuck?.kind
    ? showAccount(context, {
        stuck: {
          kind: event.kind,
          lines: event.lines,
          letters: event.letters,
          asked: event.asked ?? null,
        },
      })
    : {}
