import { OPEN_MS } from './setup.ts'
import { isTopup } from './statuses.ts'

/** What Telegram asks before it takes the Stars. */
export interface CheckoutQuery {
  userId: number
  stars: number
  currency: string
}

/** The invoice that it is asked about, as its row says. */
export interface CheckoutInvoice {
  userId: number
  stars: number
  status: string
  createdAt: number
}

export type CheckoutRefusal = 'unknown' | 'foreign' | 'amount' | 'closed'

/** Whether an invoice may be paid like this now; undefined: it may. */
export function refusalOf(
  invoice: CheckoutInvoice | undefined,
  { userId, stars, currency }: CheckoutQuery,
  now: number,
): CheckoutRefusal | undefined {
  if (invoice === undefined) return 'unknown'
  if (invoice.userId !== userId) return 'foreign'
  if (currency !== 'XTR' || stars !== invoice.stars) return 'amount'
  const open = isTopup(invoice.status, 'payable') && now - invoice.createdAt < OPEN_MS
  return open ? undefined : 'closed'
}
