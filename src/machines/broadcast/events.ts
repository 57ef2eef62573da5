import type { Audience } from './audience.ts'
import type { BroadcastButton, BroadcastContent } from './content.ts'
import type { Progress } from './progress.ts'

/** What an admin wants of a broadcast. */
export type BroadcastOrder =
  | { type: 'content.given'; content: BroadcastContent }
  | { type: 'buttons.given'; buttons: BroadcastButton[] }
  | { type: 'audience.chosen'; audience: Audience }
  /** Once more to oneself, as people would get it. */
  | { type: 'preview.wanted' }
  | { type: 'start.wanted' }
  | { type: 'pause.wanted' }
  | { type: 'resume.wanted' }
  | { type: 'cancel.wanted' }

/** Everything that can happen to a broadcast. Event names are persisted: never rename one. */
export type BroadcastEvent =
  | BroadcastOrder
  | { type: 'preview.sent' }
  | { type: 'preview.failed'; code: string }
  /** Its recipients are fixed, and no other broadcast is being sent. */
  | { type: 'turn.given'; total: number }
  /** Another one is being sent. */
  | { type: 'turn.refused' }
  /** One batch is over, and how far all is. */
  | {
      type: 'batch.done'
      batch: number
      progress: Progress
      /** Telegram asked to wait so long, or could not be reached; 0: go on. */
      restMs: number
      /** Why it refused, if it refused everybody of this batch. */
      code: string | null
    }
  /** It will not be tried again. */
  | { type: 'step.failed'; code: string }

export type StampedBroadcastEvent = BroadcastEvent & { at: number; rnd: string }
