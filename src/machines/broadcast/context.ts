import type { Language } from '../texts/translate.ts'
import type { Audience } from './audience.ts'
import type { BroadcastButton, BroadcastContent } from './content.ts'
import { NO_PROGRESS, type Progress } from './progress.ts'

export interface BroadcastInput {
  id: string
  botId: number
  /** The admin who made it, and in whose chat its message stands. */
  madeBy: number
  language: Language
  at: number
}

export interface BroadcastContext extends BroadcastInput {
  content: BroadcastContent | null
  buttons: BroadcastButton[]
  audience: Audience
  /** The batch being sent, from 1; grows with each. */
  batch: number
  progress: Progress
  /** How long to rest before the next batch, ms. */
  restMs: number
  startedAt: number | null
  endedAt: number | null
  /** Why it stopped by itself, or why its preview could not be sent; a code of `errors.ts`. */
  trouble: string | null
}

export const beginBroadcast = (input: BroadcastInput): BroadcastContext => ({
  ...input,
  content: null,
  buttons: [],
  audience: { kind: 'all' },
  batch: 0,
  progress: NO_PROGRESS,
  restMs: 0,
  startedAt: null,
  endedAt: null,
  trouble: null,
})
