/** Wrong tokens that cost nothing: people mistype. */
const FREE = 5
const FIRST_MS = 1_000
const LONGEST_MS = 300_000
/** Whoever stays away for so long begins anew. */
const FORGET_MS = 3_600_000
const MAX_PEERS = 1_000

interface Failures {
  count: number
  at: number
  until: number
}

/** Slows down whoever guesses: after five wrong tokens each further one doubles the wait. */
export function createRateLimiter(now: () => number) {
  const peers = new Map<string, Failures>()

  return {
    /** Milliseconds until this peer may try again; 0: now. */
    waitMs: (peer: string): number => Math.max(0, (peers.get(peer)?.until ?? 0) - now()),
    /** Notes a wrong token; returns how long the next try has to wait. */
    failed(peer: string): number {
      const known = peers.get(peer)
      const count = known !== undefined && now() - known.at < FORGET_MS ? known.count + 1 : 1
      const waitMs = count <= FREE ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** (count - FREE - 1))
      // The newest last, so that the oldest is the one to be forgotten.
      peers.delete(peer)
      peers.set(peer, { count, at: now(), until: now() + waitMs })
      if (peers.size > MAX_PEERS) peers.delete(peers.keys().next().value as string)
      return waitMs
    },
    succeeded: (peer: string): void => {
      peers.delete(peer)
    },
  }
}
