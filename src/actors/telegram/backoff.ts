export interface Backoff {
  /** The next wait: from the minimum, doubling, up to half of it more, never over the maximum. */
  nextMs(): number
  reset(): void
}

/** Exponential waits with jitter, so that several instances don't come back at the same instant. */
export function createBackoff({
  minMs,
  maxMs,
  random,
}: {
  minMs: number
  maxMs: number
  random: () => number
}): Backoff {
  let current = minMs
  return {
    nextMs() {
      const ms = Math.round(current * (1 + random() / 2))
      current = Math.min(maxMs, current * 2)
      return Math.min(maxMs, ms)
    },
    reset() {
      current = minMs
    },
  }
}
