/**
 * True once per chat and interval; remembers at most `maxChats`, the least recently shown are
 * forgotten first.
 */
export function createOncePerChat({
  now,
  intervalMs,
  maxChats = 10_000,
}: {
  now: () => number
  intervalMs: number
  maxChats?: number | undefined
}): (chatId: number) => boolean {
  const shownAt = new Map<number, number>()
  return (chatId) => {
    if (now() - (shownAt.get(chatId) ?? Number.NEGATIVE_INFINITY) < intervalMs) return false
    shownAt.delete(chatId)
    shownAt.set(chatId, now())
    for (const [oldest, at] of shownAt) {
      if (now() - at < intervalMs && shownAt.size <= maxChats) break
      shownAt.delete(oldest)
    }
    return true
  }
}

/** Beyond this many at once Telegram is slow or away, and more calls would only pile up. */
const MAX_UNDERWAY = 100

/** Calls that nobody waits for and whose failure is no concern: whoever blocked the bot, a flood. */
export function createBestEffort() {
  const underway = new Set<Promise<unknown>>()
  return {
    isFull: () => underway.size >= MAX_UNDERWAY,
    add(call: Promise<unknown>): void {
      const done: Promise<unknown> = call.catch(() => {}).finally(() => underway.delete(done))
      underway.add(done)
    },
    /** Resolves when nothing is on its way any more. */
    async settled(): Promise<void> {
      await Promise.all(underway)
    },
  }
}
