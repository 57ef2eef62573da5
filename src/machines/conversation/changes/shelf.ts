import { emptyShelf, type ShelfDesk, type ShelfOutcome, shelfOrder } from '../admin/shelf.ts'
import type { ConversationContext, Hint, HintCode } from '../context.ts'
import type { StampedConversationEvent } from '../events.ts'

// What the admins' screens of models change in the context; each is a small pure function.

type Args = { context: ConversationContext; event: StampedConversationEvent }
type Change = Pick<ConversationContext, 'account'>

export const shelfOf = ({ account }: ConversationContext): ShelfDesk => account?.shelf ?? emptyShelf

const withShelf = (context: ConversationContext, parts: Partial<ShelfDesk>): Change => ({
  account: { ...context.account, shelf: { ...shelfOf(context), ...parts } },
})

const FIND_LENGTH = 64

export const openShelf = ({ context }: Args): Change => withShelf(context, emptyShelf)

export const keepShelf = ({ context, event }: Args): Change => {
  if (event.type !== 'shelf.read') return withShelf(context, {})
  const { decided, changes, waiting } = event
  return withShelf(context, { decided, changes, waiting })
}

export const searchShelf = ({ context, event }: Args): Change =>
  withShelf(
    context,
    event.type === 'text.received' ? { find: event.text.trim().slice(0, FIND_LENGTH) } : {},
  )

export const chooseModel = ({ context, event }: Args): Change =>
  withShelf(context, event.type === 'shelf.chosen' ? { modelId: event.modelId } : {})

/** The card is read anew. */
export const dropShelfCard = ({ context }: Args): Change =>
  withShelf(context, { card: null, intent: null, words: null })

export const isThisModel = ({ context, event }: Args): boolean =>
  event.type === 'shelf.card_read' && event.modelId === shelfOf(context).modelId

export const keepShelfCard = ({ context, event }: Args): Change =>
  withShelf(context, event.type === 'shelf.card_read' ? { card: event.card } : {})

export const keepShelfIntent = ({ context, event }: Args): Change =>
  withShelf(context, event.type === 'shelf.intended' ? { intent: event.intent } : {})

export const isShelfOrder = ({ context, event }: Args): boolean => {
  const { intent } = shelfOf(context)
  if (event.type !== 'text.received' || intent === null) return false
  return shelfOrder(intent, event.text) !== undefined
}

export const keepShelfWords = ({ context, event }: Args): Change =>
  withShelf(context, event.type === 'text.received' ? { words: event.text.trim() } : {})

const OUTCOMES: Record<ShelfOutcome, HintCode> = {
  done: 'shelfDone',
  refused: 'shelfRefused',
  role: 'personRole',
  cost: 'shelfCost',
}

export const hintShelfOutcome = ({ event }: Args): { hint?: Hint } =>
  event.type === 'shelf.decided' ? { hint: { code: OUTCOMES[event.outcome] } } : {}
