import type { ConversationContext } from '../context.ts'
import type { StampedConversationEvent } from '../events.ts'
import { showAccount } from './account.ts'

// What the screen of support changes in the context; each is a small pure function.

type Args = { context: ConversationContext; event: StampedConversationEvent }
type Change = Partial<ConversationContext>

export function keepSupport({ context, event }: Args): Change {
  if (event.type !== 'support.read') return {}
  const { state, answeredBy, orders } = event
  const about = context.account?.support?.about ?? null
  return showAccount(context, { support: { state, answeredBy, orders, about } })
}

export function keepAbout({ context, event }: Args): Change {
  const { support } = context.account ?? {}
  if (event.type !== 'support.about' || support === undefined) return {}
  return showAccount(context, { support: { ...support, about: event.order } })
}

/** Something was sent: somebody will answer, and the order went along. */
export function noteSupportSent({ context }: Args): Change {
  const { support } = context.account ?? {}
  if (support === undefined) return {}
  return showAccount(context, { support: { ...support, state: 'waiting', about: null } })
}

export function noteSupportSolved({ context }: Args): Change {
  const { support } = context.account ?? {}
  if (support === undefined) return {}
  return showAccount(context, { support: { ...support, state: 'solved' } })
}
