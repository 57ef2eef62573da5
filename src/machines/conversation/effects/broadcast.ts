import type { EffectParams } from '../../engine/definition.ts'
import { broadcastOrder, broadcastsOf, newsChoiceIn } from '../changes/broadcast.ts'
import type { ConversationContext } from '../context.ts'
import type { StampedConversationEvent } from '../events.ts'

type Args = { context: ConversationContext; event: StampedConversationEvent }

/** What the admins' screens of broadcasts, and the button below a broadcast, ask of the rest. */
export const broadcastParams = {
  'admin.broadcasts': ({ context: { userId } }: Args) => ({ userId }),
  'admin.broadcast': ({ context }: Args) => ({
    userId: context.userId,
    id: broadcastsOf(context).id,
  }),
  'admin.audience': ({ context: { userId } }: Args) => ({ userId }),
  /** `isContent`: a message is what people are to get, not buttons. */
  'broadcast.order': (args: Args, { isContent }: { isContent: boolean }) => {
    const { userId, language } = args.context
    const { id } = broadcastsOf(args.context)
    const order = broadcastOrder(args, isContent)
    return id === null || order === null ? null : { userId, language, id, order }
  },
  'news.choose': ({ context: { userId, chatId, language }, event }: Args) => {
    const choice = newsChoiceIn(event)
    if (choice === undefined) return null
    // Below a broadcast the button says the opposite afterwards; a screen is drawn anyway.
    const below =
      'broadcastId' in event
        ? { broadcastId: event.broadcastId, messageId: event.tap?.messageId ?? null }
        : { broadcastId: null, messageId: null }
    return { userId, chatId, language, choice, ...below }
  },
} satisfies Record<string, EffectParams>
