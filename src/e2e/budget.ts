/** What orders have cost so far, in credits. */
export interface Spent {
  readonly max: number
  /** By our quotes, of all orders made. */
  readonly quoted: number
  /** As the provider said; of orders that it has not told of, nothing. */
  readonly consumed: number
}

export interface Budget {
  /** Sets an order's quote aside; throws when it does not fit into what is left. */
  reserve(order: string, quote: number): void
  /** Notes what the provider really took. */
  consume(order: string, credits: number | null): void
  spent(): Spent
}

/** A purse of `max` credits: an order counts with its quote, or with what it took where that is more. */
export function createBudget(max: number): Budget {
  const orders = new Map<string, { quote: number; consumed: number }>()
  const sum = (of: (order: { quote: number; consumed: number }) => number) =>
    Math.round([...orders.values()].reduce((total, order) => total + of(order), 0) * 1_000) / 1_000
  return {
    reserve(order, quote) {
      const used = sum(({ quote: q, consumed }) => Math.max(q, consumed))
      if (used + quote > max + 1e-9) {
        throw new Error(`not ordered: ${used} of ${max} credits are used, and it costs ${quote}`)
      }
      orders.set(order, { quote, consumed: 0 })
    },
    consume(order, credits) {
      const known = orders.get(order)
      if (known !== undefined) known.consumed = credits ?? 0
    },
    spent: () => ({
      max,
      quoted: sum(({ quote }) => quote),
      consumed: sum(({ consumed }) => consumed),
    }),
  }
}
