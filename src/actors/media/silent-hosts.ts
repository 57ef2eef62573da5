import { RetryableError } from '../../errors.ts'

/** Who has not begun to answer for so long is silent. */
const SILENT_AFTER_MS = 2_000
/** So many may wait for a silent host; whoever comes then is sent away at once. */
const MOST = 2

export interface SilentHosts {
  /**
   * Counts somebody who begins to wait for a host; call what it returns when the host answers, or the
   * wait is over. Throws `media.unavailable`, retryably, when enough wait for this host in vain.
   */
  enter(host: string): () => void
}

/** Keeps a host that never answers from holding every slot there is, while others answer. */
export function createSilentHosts(now: () => number = () => performance.now()): SilentHosts {
  const waiting = new Map<string, Set<{ since: number }>>()
  return {
    enter(host) {
      const there = waiting.get(host) ?? new Set()
      const silent = [...there].filter(({ since }) => now() - since >= SILENT_AFTER_MS)
      if (silent.length >= MOST) {
        throw new RetryableError('media.unavailable', { detail: `${host} does not answer.` })
      }
      const own = { since: now() }
      waiting.set(host, there.add(own))
      return () => {
        there.delete(own)
        if (there.size === 0) waiting.delete(host)
      }
    },
  }
}
