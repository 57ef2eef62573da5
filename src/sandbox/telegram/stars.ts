/** What a Pay button stands for; always in Telegram Stars. */
export interface Invoice {
  readonly title: string
  readonly description: string
  readonly payload: string
  readonly startParameter: string
  readonly stars: number
}

/** A payment that waits for the bot's word. */
export interface Checkout {
  readonly id: string
  readonly userId: number
  readonly invoice: Invoice
  readonly createdAt: number
  answer: CheckoutAnswer | undefined
}

export interface CheckoutAnswer {
  readonly ok: boolean
  readonly reason: string
}

/** Stars that moved; a refund has the id of its payment and the other direction. */
export interface StarTransaction {
  readonly id: string
  readonly direction: 'in' | 'out'
  readonly userId: number
  readonly stars: number
  readonly payload: string
  readonly date: number
}

/** The Stars of one bot. */
export interface StarLedger {
  readonly transactions: StarTransaction[]
  /** Of the charges to come; real ids run past 128 characters. */
  chargeIdLength: number
  /** The documentation says oldest first, the clients' own list is the other way round. */
  order: 'oldest-first' | 'newest-first'
}

export const createStarEntry = (): StarLedger => ({
  transactions: [],
  chargeIdLength: 64,
  order: 'oldest-first',
})

/** The invoice as a message shows it; its payload stays with the server. */
export const invoiceJson = ({ title, description, startParameter, stars }: Invoice) => ({
  title,
  description,
  start_parameter: startParameter,
  currency: 'XTR',
  total_amount: stars,
})

/** The payment behind a charge id. */
export const paymentOf = (book: StarLedger, chargeId: string): StarTransaction | undefined =>
  book.transactions.find(({ id, direction }) => id === chargeId && direction === 'in')

export const isRefunded = (book: StarLedger, chargeId: string): boolean =>
  book.transactions.some(({ id, direction }) => id === chargeId && direction === 'out')

/** A charge id of the wanted length that was never given out before. */
export function newChargeId({ chargeIdLength }: StarLedger): string {
  const bytes = crypto.getRandomValues(new Uint8Array(chargeIdLength))
  return `stx${Buffer.from(bytes).toString('base64url')}`.slice(0, chargeIdLength)
}
