import type { EffectParams } from '../../engine/definition.ts'
import type { ConversationContext } from '../context.ts'

type Args = { context: ConversationContext }

/** What an admin orders: who, about which case, with which words. */
const order = ({ context: { userId, account } }: Args) => ({
  userId,
  id: account?.desk?.id,
  intent: account?.desk?.intent,
  reason: account?.desk?.reason,
})

/** What the admins' payment screens ask of the rest of the system. */
export const paymentReviewParams = {
  'admin.cases': ({ context: { userId, account } }: Args) => ({
    userId,
    list: account?.desk?.list,
    find: account?.desk?.find ?? null,
    page: account?.desk?.page,
  }),
  'admin.case': ({ context: { userId, chatId, account } }: Args) => ({
    userId,
    chatId,
    list: account?.desk?.list,
    id: account?.desk?.id,
  }),
  'admin.decide': order,
} satisfies Record<string, EffectParams>
