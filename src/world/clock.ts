/** The wall clock and what it was advanced by; all that is timed in the sandbox goes by it. */
export interface SandboxClock {
  now(): number
  aheadMs(): number
  /** Moves the clock on; what is due by then comes due now. */
  advance(ms: number): void
}

export function createSandboxClock(): SandboxClock {
  let aheadMs = 0
  return {
    now: () => Date.now() + aheadMs,
    aheadMs: () => aheadMs,
    advance(ms) {
      aheadMs += ms
    },
  }
}
