import { emptyReview, type PaymentReview, type ReviewList } from '../admin/payment-review.ts'
import type { Account, ConversationContext, Hint, HintCode } from '../context.ts'
import type { StampedConversationEvent } from '../events.ts'

// What the admins' payment screens change in the context; each is a small pure function.

type Args = { context: ConversationContext; event: StampedConversationEvent }
type Change = Pick<ConversationContext, 'account'>

const reviewOf = ({ account }: ConversationContext): PaymentReview =>
  account?.desk ?? emptyReview('payments')

const withReview = (context: ConversationContext, parts: Partial<PaymentReview>): Change => ({
  account: { ...context.account, desk: { ...reviewOf(context), ...parts } } satisfies Account,
})

/** Longer ids than Telegram's are none: theirs run a bit past 128 characters. */
const FIND_LENGTH = 200
const REASON = /^\S[\s\S]{1,298}$/

const listIn = (event: StampedConversationEvent): ReviewList =>
  event.type === 'desk.opened' || event.type === 'desk.called' ? event.list : 'payments'

/** A list from its beginning. */
export const openPaymentReview = ({ context, event }: Args): Change =>
  withReview(context, emptyReview(listIn(event)))

/** The words are a charge id or a user's: whatever the list was, payments are looked through. */
export const findCases = ({ context, event }: Args): Change =>
  event.type === 'text.received'
    ? withReview(context, {
        ...emptyReview('payments'),
        find: event.text.trim().slice(0, FIND_LENGTH),
      })
    : withReview(context, {})

export const turnCases = ({ context, event }: Args): Change =>
  withReview(context, event.type === 'page.turned' ? { page: event.page } : {})

/** They are read anew. */
export const dropCases = ({ context }: Args): Change =>
  withReview(context, { rows: null, more: false, id: null, card: null, intent: null, reason: null })

export const keepCases = ({ context, event }: Args): Change =>
  event.type === 'cases.read'
    ? withReview(context, { rows: event.rows, more: event.more })
    : withReview(context, {})

export const isTheseCases = ({ context, event }: Args): boolean => {
  const { list, find, page } = reviewOf(context)
  return (
    event.type === 'cases.read' && event.list === list && event.find === find && event.page === page
  )
}

export const openCase = ({ context, event }: Args): Change =>
  withReview(context, event.type === 'case.opened' ? { id: event.id } : {})

export const dropCase = ({ context }: Args): Change =>
  withReview(context, { card: null, intent: null, reason: null })

export const keepCase = ({ context, event }: Args): Change =>
  withReview(context, event.type === 'case.read' ? { card: event.card ?? 'gone' } : {})

/** The event is about the case on the screen. */
export function isThisCase({ context, event }: Args): boolean {
  const { id } = reviewOf(context)
  if (event.type === 'admin.reviewed') return event.topupId === id
  return (event.type === 'case.read' || event.type === 'desk.decided') && event.id === id
}

/** Words to the user are wanted before this is done. */
export const needsReason = ({ event }: Args): boolean =>
  event.type === 'case.intended' && (event.intent === 'refund' || event.intent === 'decline')

export const keepIntent = ({ context, event }: Args): Change =>
  withReview(context, event.type === 'case.intended' ? { intent: event.intent, reason: null } : {})

export const isReason = ({ event }: Args): boolean =>
  event.type === 'text.received' && REASON.test(event.text.trim())

export const keepReason = ({ context, event }: Args): Change =>
  withReview(
    context,
    event.type === 'text.received' ? { reason: event.text.replace(/\s+/g, ' ').trim() } : {},
  )

/** The remark about each outcome. */
export const OUTCOME_HINTS = {
  refunding: 'deskRefunding',
  spent: 'deskSpent',
  gone: 'deskGone',
  declined: 'deskDeclined',
  approved: 'deskApproved',
  rejected: 'deskRejected',
  before: 'deskBefore',
} as const satisfies Record<string, HintCode>

/** The outcome of a decision. */
export function outcomeOf(event: StampedConversationEvent): keyof typeof OUTCOME_HINTS | undefined {
  if (event.type === 'desk.decided') return event.outcome
  return event.type === 'admin.reviewed' ? event.decision : undefined
}

export function hintOutcome({ event }: Args): { hint?: Hint } {
  const outcome = outcomeOf(event)
  return outcome === undefined ? {} : { hint: { code: OUTCOME_HINTS[outcome] } }
}
