import type { Effect } from '../../engine/definition.ts'
import type { PaymentCard, ReceiptCard, ReviewLine, ReviewList } from '../admin/payment-review.ts'
import type { ConversationEvent } from '../events.ts'

const AT = Date.UTC(2025, 11, 31, 12)
const PAYMENT: PaymentCard = {
  id: 'charge-1',
  userId: 7,
  kopecks: 10_000,
  stars: 160,
  state: 'credited',
  at: AT,
  debtKopecks: 0,
  debtPaidKopecks: 0,
  ownKopecks: 10_000,
  bonusKopecks: 500,
  asked: 'open',
}
/** Given back by Telegram after half of it was spent. */
const RETURNED: PaymentCard = {
  ...PAYMENT,
  id: 'charge-2',
  state: 'refunded',
  debtKopecks: 5_000,
  debtPaidKopecks: 1_000,
  asked: null,
}
const SPENT: PaymentCard = { ...PAYMENT, ownKopecks: 2_000 }
const RECEIPT: ReceiptCard = {
  id: 'transfer1',
  userId: 8,
  kopecks: 50_000,
  stars: 0,
  state: 'reviewing',
  at: AT,
  sameAs: [],
  isShown: true,
}
const DOUBTED: ReceiptCard = { ...RECEIPT, sameAs: ['transfer0'], isShown: false }
const DECIDED: ReceiptCard = { ...RECEIPT, state: 'accepted' }

const linesOf = (list: ReviewList): ReviewLine[] =>
  list === 'receipts' ? [RECEIPT] : list === 'requests' ? [PAYMENT] : [PAYMENT, RETURNED]

type Answering = (params: Effect['params']) => ConversationEvent[]

const cases: Answering = (params) => {
  const { list, find, page } = params as { list: ReviewList; find: string | null; page: number }
  const about = { type: 'cases.read', list, find, page } as const
  return [
    { ...about, rows: linesOf(list), more: page === 0 },
    { ...about, rows: [], more: false },
  ]
}

const oneCase: Answering = (params) => {
  const { list, id } = params as { list: ReviewList; id: string }
  const about = { type: 'case.read', id } as const
  if (list === 'receipts') {
    const receipts = [RECEIPT, DOUBTED, DECIDED]
    return [
      ...receipts.map((receipt) => ({ ...about, card: { receipt } })),
      { ...about, card: null },
    ]
  }
  const cards = id === RETURNED.id ? [RETURNED] : [PAYMENT, SPENT]
  return [...cards.map((payment) => ({ ...about, card: { payment } })), { ...about, card: null }]
}

const decided: Answering = (params) => {
  const { id, intent } = params as { id: string; intent: string }
  if (intent === 'approve' || intent === 'reject') {
    const decisions = [intent === 'approve' ? 'approved' : 'rejected', 'before'] as const
    return decisions.map((decision) => ({ type: 'admin.reviewed', topupId: id, decision }))
  }
  const outcome = intent === 'decline' ? 'declined' : 'refunding'
  return (
    intent === 'decline' ? ([outcome, 'gone'] as const) : ([outcome, 'spent', 'gone'] as const)
  ).map((o) => ({ type: 'desk.decided', id, outcome: o }))
}

/** What the rest of the system may say to the admins' payment screens, the pleasant first. */
export const PAYMENT_REVIEW_ANSWERS: Readonly<Record<string, Answering>> = {
  'admin.cases': cases,
  'admin.case': oneCase,
  'admin.decide': decided,
}
