/** Time that moves only when told; waits end when it passes them. */
export function createClock(start = Date.UTC(2026, 0, 1)) {
  let current = start
  const waits = new Set<{ until: number; resolve: () => void }>()
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    if (signal?.aborted) return Promise.reject(signal.reason)
    const wait = { until: current + ms, resolve }
    waits.add(wait)
    signal?.addEventListener('abort', () => {
      waits.delete(wait)
      reject(signal.reason)
    })
    return promise
  }
  return {
    now: () => current,
    sleep,
    /** How long from now the waits in progress still take, sorted. */
    waiting: (): number[] => [...waits].map(({ until }) => until - current).sort((a, b) => a - b),
    advance(ms: number): void {
      current += ms
      for (const wait of [...waits]) {
        if (wait.until > current) continue
        waits.delete(wait)
        wait.resolve()
      }
    },
  }
}

export type Clock = ReturnType<typeof createClock>
