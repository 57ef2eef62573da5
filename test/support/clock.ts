export interface Clock {
  /** Milliseconds since 1970, as `Date.now`; may be passed on without its object. */
  now(): number
  advance(ms: number): void
}

/** A clock that moves only when told to. */
export function createClock(startMs = Date.UTC(2026, 0, 1)): Clock {
  let nowMs = startMs
  return {
    now: () => nowMs,
    advance: (ms) => {
      nowMs += ms
    },
  }
}
