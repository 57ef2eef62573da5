import type { Problem } from '../answers.ts'
import type { Answers } from '../payload.ts'
import { type Language, languageOf } from '../texts/translate.ts'
import type { QuoteFacts, Refusal } from './events.ts'

/** A one-time remark above the screen: what was unexpected and what to do. */
export type Hint = { code: HintCode } | { problem: Problem }

export type HintCode =
  | 'stale'
  | 'cancelled'
  | 'unknownCommand'
  | 'unknownLink'
  | 'text'
  | 'file'
  | 'unsupported'
  | 'waitsWords'
  | 'waitsPhoto'
  | 'waitsChoice'
  | 'working'
  | 'starting'
  | 'hiccup'

/** An order in the making. */
export interface Draft {
  modelId: string
  answers: Answers
  /** The field being asked for, or null when all needed ones are there. */
  asking: string | null
  /** The field was opened from the preview: go back there, not to the question before. */
  editing: boolean
  page: number
}

export interface TrackedJob {
  id: string
  modelId: string
  startedAt: number
  stage: string | null
}

/** How the job on the screen ended. */
export interface Ending {
  modelId: string
  priceKopecks: number
  error: string | null
}

export interface ConversationContext {
  botId: number
  chatId: number
  userId: number
  language: Language
  blocked: boolean
  hint: Hint | null
  category: string | null
  page: number
  modelId: string | null
  draft: Draft | null
  /** Grows with every quote, so that a confirm button is good for its own quote only. */
  serial: number
  quote: QuoteFacts | null
  refusal: Refusal | null
  /** The job being started or watched. */
  jobId: string | null
  elapsedMs: number
  tracked: TrackedJob[]
  ending: Ending | null
  balance: { availableKopecks: number; heldKopecks: number } | null
}

export interface ConversationInput {
  botId: number
  chatId: number
  userId: number
  languageCode: string | undefined
}

export const beginConversation = (input: ConversationInput): ConversationContext => ({
  botId: input.botId,
  chatId: input.chatId,
  userId: input.userId,
  language: languageOf(input.languageCode),
  blocked: false,
  hint: null,
  category: null,
  page: 0,
  modelId: null,
  draft: null,
  serial: 0,
  quote: null,
  refusal: null,
  jobId: null,
  elapsedMs: 0,
  tracked: [],
  ending: null,
  balance: null,
})
