/** No task costs a thousandth of it; beyond, the provider's figure is an error, not a price. */
const MOST_CREDITS = 1_000_000

/**
 * What the provider says that a task consumed, if it can be so; else null, and the quote counts: what
 * is only bookkeeping must never stand in the way of a delivery.
 */
export const plausibleCredits = (credits: number | null | undefined): number | null =>
  typeof credits === 'number' && credits >= 0 && credits <= MOST_CREDITS ? credits : null
