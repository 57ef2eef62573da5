/** What of a user's is still open, and what they would lose, before their data is erased. */
export interface ErasureFacts {
  /** Orders at work. */
  running: number
  /** Payments that are being made, reviewed or returned. */
  payments: number
  debtKopecks: number
  /** Own and given money that nobody could spend any more. */
  kopecks: number
  freeLeft: number
}

/** Whether something must end first: the provider, an admin or Telegram is still at it. */
export const isOpen = ({ running, payments, debtKopecks }: ErasureFacts): boolean =>
  running > 0 || payments > 0 || debtKopecks > 0

/** For how many days what people leave is kept; see the retention rules of the store. */
export interface KeptDays {
  journal: number
  orderWords: number
  results: number
  letters: number
  erasedMarks: number
  broadcasts: number
}

export type PrivacyTap =
  | { type: 'privacy.opened' }
  | { type: 'terms.opened' }
  | { type: 'export.wanted' }
  | { type: 'erasure.opened' }
  | { type: 'erasure.agreed' }

export type PrivacyNews =
  | ({ type: 'erasure.read' } & ErasureFacts)
  /** Something began in the meantime: nothing was erased. */
  | { type: 'erasure.refused' }
