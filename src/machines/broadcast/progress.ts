/** How many of the people a broadcast is for are in which state. */
export interface Progress {
  /** Everybody it is for, fixed when it starts. */
  total: number
  sent: number
  /** They have blocked the bot. */
  blocked: number
  /** Telegram refused it for another reason. */
  failed: number
  /** Opted out after the start. */
  skipped: number
  /** A process died in the middle of the call: it may have arrived, so it is not sent again. */
  lost: number
}

export const NO_PROGRESS: Progress = {
  total: 0,
  sent: 0,
  blocked: 0,
  failed: 0,
  skipped: 0,
  lost: 0,
}

/** How many still wait for it. */
export const waitingOf = ({ total, sent, blocked, failed, skipped, lost }: Progress): number =>
  total - sent - blocked - failed - skipped - lost
