/** Counts events in a sliding window. */
export interface WindowLimit {
  /** Whether one more fits; only then it is counted. */
  admit(key?: string): boolean
}

/** At most `limit` events per key in any `windowMs`; a refused event is not counted, nor queued. */
export function createWindowLimit(deps: {
  limit: number
  windowMs: number
  now: () => number
}): WindowLimit {
  const times = new Map<string, number[]>()
  return {
    admit(key = '') {
      const at = deps.now()
      const recent = (times.get(key) ?? []).filter((t) => at - t < deps.windowMs)
      const fits = recent.length < deps.limit
      if (fits) recent.push(at)
      times.set(key, recent)
      return fits
    },
  }
}
