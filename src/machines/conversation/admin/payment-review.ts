import type { ReviewDecision } from '../../topup/events.ts'

/** What an admin looks through: payments in Stars, wishes to get one back, bank transfers. */
export type DeskList = 'payments' | 'requests' | 'receipts'

export const DESK_LISTS: readonly DeskList[] = ['payments', 'requests', 'receipts']

/** What the button of an alert carries: it stands on no screen, so it names its list. */
export const alertData = (list: DeskList): string => `desk:${list}`

export const listOfAlert = (data: string): DeskList | undefined =>
  DESK_LISTS.find((list) => data === alertData(list))

/** What an admin is about to do with the case on the screen. */
export type DeskIntent = 'refund' | 'decline' | 'approve' | 'reject'

/** One line of a list; `id` is a charge id, of a bank transfer the top-up's id. */
export interface DeskLine {
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
export interface PaymentCard extends DeskLine {
  state: 'credited' | 'refunding' | 'refunded'
  /** Given back by Telegram but spent here, and how much of that was collected since. */
  debtKopecks: number
  debtPaidKopecks: number
  /** What its payer has now: own money, and given money that can't be paid out. */
  ownKopecks: number
  bonusKopecks: number
  asked: 'open' | 'granted' | 'declined' | null
}

/** A bank transfer with its receipt. */
export interface ReceiptCard extends DeskLine {
  /** Other requests with the same receipt. */
  sameAs: string[]
  /** The picture or file stands in the chat above. */
  isShown: boolean
}

export type DeskCard = { payment: PaymentCard } | { receipt: ReceiptCard }

/** What came of an order of an admin. */
export type DeskOutcome = 'refunding' | 'spent' | 'gone' | 'declined'

/** Where an admin is among the payments. */
export interface Desk {
  list: DeskList
  /** A charge id or a user's id; null: all. */
  find: string | null
  page: number
  rows: DeskLine[] | null
  more: boolean
  id: string | null
  /** Null: being read; 'gone': there is no such case. */
  card: DeskCard | 'gone' | null
  intent: DeskIntent | null
  reason: string | null
}

export const emptyDesk = (list: DeskList): Desk => ({
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

export type DeskTap =
  | { type: 'desk.opened'; list: DeskList }
  | { type: 'case.opened'; id: string }
  | { type: 'case.intended'; intent: DeskIntent }
  | { type: 'case.agreed' }

/** What the rest of the system tells the admins' screens. */
export type DeskNews =
  /** Raw: the button of an alert, from an admin; becomes `desk.called`. */
  | { type: 'desk.tapped'; list: DeskList; queryId: string; messageId?: number | null }
  | { type: 'desk.called'; list: DeskList }
  | {
      type: 'cases.read'
      list: DeskList
      find: string | null
      page: number
      rows: DeskLine[]
      more: boolean
    }
  | { type: 'case.read'; id: string; card: DeskCard | null }
  | { type: 'desk.decided'; id: string; outcome: DeskOutcome }
  /** What became of a bank transfer; `before`: somebody else was first. */
  | { type: 'admin.reviewed'; topupId: string; decision: ReviewDecision | 'before' }
