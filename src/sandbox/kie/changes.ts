/** Tells waiting tests that something happened. */
export interface Changes {
  notify(): void
  /** Resolves once `check` holds; it is asked now and after every change. */
  until(check: () => boolean, timeoutMs: number): Promise<void>
}

/** A condition variable: no polling, no sleeping. */
export function createChanges(signal: AbortSignal): Changes {
  const waiting = new Set<() => void>()
  return {
    notify() {
      for (const ask of [...waiting]) ask()
    },
    until(check, timeoutMs) {
      if (check()) return Promise.resolve()
      return new Promise((resolve, reject) => {
        const end = (settle: () => void) => {
          waiting.delete(ask)
          clearTimeout(timer)
          signal.removeEventListener('abort', stopped)
          settle()
        }
        const ask = () => {
          try {
            if (check()) end(resolve)
          } catch (error) {
            end(() => reject(error))
          }
        }
        const stopped = () => end(() => reject(new Error('The fake KIE server was closed.')))
        const late = () => end(() => reject(new Error(`Nothing matched within ${timeoutMs} ms.`)))
        const timer = setTimeout(late, timeoutMs)
        signal.addEventListener('abort', stopped, { once: true })
        waiting.add(ask)
      })
    },
  }
}
