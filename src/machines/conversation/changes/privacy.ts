import type { ConversationContext } from '../context.ts'
import type { StampedConversationEvent } from '../events.ts'
import { isOpen } from '../privacy.ts'
import { showAccount } from './account.ts'

// What the screens about a user's data change in the context; each is a small pure function.

type Args = { context: ConversationContext; event: StampedConversationEvent }

export function keepErasure({ context, event }: Args): Partial<ConversationContext> {
  if (event.type !== 'erasure.read') return {}
  const { running, payments, debtKopecks, kopecks, freeLeft } = event
  return showAccount(context, { erasure: { running, payments, debtKopecks, kopecks, freeLeft } })
}

export const canErase = ({ context: { account } }: Args): boolean =>
  account?.erasure !== undefined && !isOpen(account.erasure)
