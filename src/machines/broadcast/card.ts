import type { Audience } from './audience.ts'
import type { BroadcastButton, BroadcastContent } from './content.ts'
import type { BroadcastContext } from './context.ts'
import type { Progress } from './progress.ts'

/** What admins see of a broadcast; times in Unix ms. */
export interface BroadcastCard {
  id: string
  /** The state of its machine. */
  state: string
  madeBy: number
  content: BroadcastContent | null
  buttons: BroadcastButton[]
  audience: Audience
  progress: Progress
  startedAt: number | null
  endedAt: number | null
  trouble: string | null
}

export const cardOf = (state: string, context: BroadcastContext): BroadcastCard => {
  const { id, madeBy, content, buttons, audience, progress, startedAt, endedAt, trouble } = context
  return {
    ...{ id, state, madeBy, content, buttons, audience, progress, startedAt, endedAt, trouble },
  }
}
