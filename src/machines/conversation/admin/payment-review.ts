import type { ReviewDecision } from '../../topup/events.ts'

/** The lists that an admin reviews: payments in Stars, refund requests, bank transfers. */
export type ReviewList = 'payments' | 'requests' | 'receipts'

export const REVIEW_LISTS: readonly ReviewList[] = ['payments', 'requests', 'receipts']

/**
 * What the button of an alert carries: it stands on no screen, so it names its list. `desk` is the
 * old word for the payment review; alerts in chats carry it.
 */
export const alertData = (list: ReviewList): string => `desk:${list}`

export const listOfAlert = (data: string): ReviewList | undefined =>
  REVIEW_LISTS.find((list) => data === alertData(list))

/** What an admin is about to do with the case on the screen. */
export type ReviewIntent = 'refund' | 'decline' | 'approve' | 'reject'

/** One line of a list; `id` is a charge id, of a bank transfer the top-up's id. */
export interface ReviewLine {
  id: string
  userId: number
  kopecks: number
  /** 0 for a bank transfer. */
  stars: number
  state: string
  /** Unix ms. */
  at: number
}

/** A payment in Stars with all that a decision about it needs. */
export interface PaymentCard extends ReviewLine {
  state: 'credited' | 'refunding' | 'refunded'
  /** Given back by Telegram but spent here, and how much of that was collected since. */
  debtKopecks: number
  debtPaidKopecks: number
  /** What its payer has now: own money, and bonus credit, which can't be paid out. */
  ownKopecks: number
  bonusKopecks: number
  asked: 'open' | 'granted' | 'declined' | null
}

/** A bank transfer with its receipt. */
export interface ReceiptCard extends ReviewLine {
  /** Other requests with the same receipt. */
  sameAs: string[]
  /** The picture or file stands in the chat above. */
  isShown: boolean
}

export type ReviewCard = { payment: PaymentCard } | { receipt: ReceiptCard }

/** How a decision of an admin ended. */
export type ReviewOutcome = 'refunding' | 'spent' | 'gone' | 'declined'

/** Where an admin is among the payments. */
export interface PaymentReview {
  list: ReviewList
  /** A charge id or a user's id; null: all. */
  find: string | null
  page: number
  rows: ReviewLine[] | null
  more: boolean
  id: string | null
  /** Null: being read; 'gone': there is no such case. */
  card: ReviewCard | 'gone' | null
  intent: ReviewIntent | null
  reason: string | null
}

export const emptyReview = (list: ReviewList): PaymentReview => ({
  list,
  find: null,
  page: 0,
  rows: null,
  more: false,
  id: null,
  card: null,
  intent: null,
  reason: null,
})

// The events keep their old names: they stand in the journal, and in the callback data of buttons.
export type ReviewTap =
  | { type: 'desk.opened'; list: ReviewList }
  | { type: 'case.opened'; id: string }
  | { type: 'case.intended'; intent: ReviewIntent }
  | { type: 'case.agreed' }

/** What the rest of the system reports to the admins' screens. */
export type ReviewNews =
  /** Raw: the button of an alert, from an admin; becomes `desk.called`. */
  | { type: 'desk.tapped'; list: ReviewList; queryId: string; messageId?: number | null }
  | { type: 'desk.called'; list: ReviewList }
  | {
      type: 'cases.read'
      list: ReviewList
      find: string | null
      page: number
      rows: ReviewLine[]
      more: boolean
    }
  | { type: 'case.read'; id: string; card: ReviewCard | null }
  | { type: 'desk.decided'; id: string; outcome: ReviewOutcome }
  /** What became of a bank transfer; `before`: somebody else was first. */
  | { type: 'admin.reviewed'; topupId: string; decision: ReviewDecision | 'before' }
