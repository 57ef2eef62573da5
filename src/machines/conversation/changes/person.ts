import { emptyPerson, type PersonDesk, type PersonOutcome, personOrder } from '../admin/person.ts'
import type { ConversationContext, Hint, HintCode } from '../context.ts'
import type { StampedConversationEvent } from '../events.ts'

// What the admins' screens of a user change in the context; each is a small pure function.

type Args = { context: ConversationContext; event: StampedConversationEvent }
type Change = Pick<ConversationContext, 'account'>

export const deskOf = ({ account }: ConversationContext): PersonDesk =>
  account?.person ?? emptyPerson

const withDesk = (context: ConversationContext, parts: Partial<PersonDesk>): Change => ({
  account: { ...context.account, person: { ...deskOf(context), ...parts } },
})

const FIND_LENGTH = 64

export const openPerson = ({ context }: Args): Change => withDesk(context, emptyPerson)

/** An id, a name, or the author of a message that was passed on. */
export function findPerson({ context, event }: Args): Change {
  if (event.type !== 'text.received') return withDesk(context, {})
  const { text, forwardedFrom } = event
  const find = String(forwardedFrom ?? text.trim()).slice(0, FIND_LENGTH)
  return withDesk(context, { ...emptyPerson, find })
}

/** The user of an order that failed, with that order. */
export const namePerson = ({ context, event }: Args): Change =>
  withDesk(
    context,
    event.type === 'person.named'
      ? { ...emptyPerson, find: String(event.userId), focus: event.orderId }
      : {},
  )

/** The card is read anew. */
export const dropPerson = ({ context }: Args): Change =>
  withDesk(context, { card: null, intent: null, orderId: null, words: null })

export const isThisPerson = ({ context, event }: Args): boolean =>
  event.type === 'person.read' && event.find === deskOf(context).find

export const keepPerson = ({ context, event }: Args): Change =>
  withDesk(context, event.type === 'person.read' ? { card: event.card ?? 'gone' } : {})

export const keepPersonIntent = ({ context, event }: Args): Change =>
  withDesk(
    context,
    event.type === 'person.intended'
      ? { intent: event.intent, orderId: event.orderId ?? null }
      : {},
  )

const wordsIn = ({ context, event }: Args): string | undefined => {
  const { intent } = deskOf(context)
  if (event.type !== 'text.received' || intent === null) return undefined
  return personOrder(intent, event.text) === undefined ? undefined : event.text.trim()
}

export const isPersonOrder = (args: Args): boolean => wordsIn(args) !== undefined

export const keepPersonWords = (args: Args): Change =>
  withDesk(args.context, { words: wordsIn(args) ?? null })

const OUTCOMES: Record<PersonOutcome, HintCode> = {
  done: 'personDone',
  refused: 'personRefused',
  role: 'personRole',
  poor: 'adminPoor',
  open: 'personOpen',
}

export const hintPersonOutcome = ({ event }: Args): { hint?: Hint } =>
  event.type === 'person.decided' ? { hint: { code: OUTCOMES[event.outcome] } } : {}
