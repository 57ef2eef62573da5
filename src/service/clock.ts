/** The one clock of a service: that of its database, which all instances share. */
export interface ServiceClock {
  /** Unix ms, by the database's clock once that was asked; before, by this machine's. */
  now(): number
  /** How far this machine's clock is ahead of the database's, ms; null: not known yet. */
  aheadMs(): number | null
  /** Asks the database for its time (Unix ms) and goes by it from now on. */
  compare(ask: () => Promise<number>): Promise<void>
}

/** Differences below this are the way to the database and back. */
const SETTLED_MS = 250

/**
 * Due times are written and read by this clock, so no time limit fires early or late because the clocks
 * of two machines differ. Between two comparisons it goes on by ticks, which never jump, whatever
 * becomes of the clock on the wall.
 */
export function createClock({
  wall = Date.now,
  ticks = () => performance.now(),
  aheadMs: shift = () => 0,
}: {
  /** This machine's clock, Unix ms. */
  wall?: () => number
  /** Milliseconds that only grow. */
  ticks?: () => number
  /** What the sandbox was advanced by. */
  aheadMs?: () => number
} = {}): ServiceClock {
  let anchor = { time: wall(), ticks: ticks() }
  let ahead: number | null = null
  const time = () => anchor.time + ticks() - anchor.ticks

  return {
    now: () => Math.round(time() + shift()),
    aheadMs: () => ahead,
    async compare(ask) {
      const asked = { wall: wall(), ticks: ticks() }
      const answer = await ask()
      const tookMs = ticks() - asked.ticks
      // The answer is as old as half of the way there and back.
      const present = answer + tookMs / 2
      ahead = Math.round(asked.wall + tookMs - present)
      if (Math.abs(present - time()) > SETTLED_MS + tookMs / 2) {
        anchor = { time: present, ticks: ticks() }
      }
    },
  }
}
