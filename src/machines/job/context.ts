import type { Answers } from '../catalogue/payload.ts'
import type { Language } from '../texts/translate.ts'
import type { TaskReport } from './events.ts'

/** How often something is free to a user, and what it may cost us all in all a day. */
export interface FreeLimits {
  daily: number
  hourly: number
  budgetCredits: number
}

export interface JobInput {
  id: string
  userId: number
  chatId: number
  /** Actor id of the conversation that is notified of what happens. */
  conversation: string
  language: Language
  modelId: string
  /** What kind of thing the model makes; videos may take longer. */
  output: string
  answers: Answers
  /** Fields of `answers` that hold files to hand over. */
  mediaFields: string[]
  priceKopecks: number
  credits: number
  /** A free job's limits; absent from paid jobs. */
  free?: FreeLimits | 'unlimited'
  /** Turns credits into what they cost us; absent from jobs begun before it was noted. */
  usdRubRate?: number
  /** Whether the provider can call us back; without, it is asked more often. */
  callbacks: boolean
  at: number
}

export interface JobContext extends JobInput {
  uploads: Record<string, string[]>
  attempt: number
  retryAfterMs: number | null
  taskId: string | null
  stage: string | null
  polls: number
  /** A report that came before the answer of the create call. */
  deferred: TaskReport | null
  result: { urls: string[]; text: string | null } | null
  creditsConsumed: number | null
  error: string | null
  /** The hold is released: a result that still comes is delivered free. */
  released: boolean
  /** What the provider took is in the ledger. */
  costBooked?: boolean
  reachable: boolean
  /** How often an operator had the result sent once more. */
  redeliveries: number
  /** How it had ended before it was closed; absent until then. */
  end?: 'delivered' | 'failed'
  /** An operator gave the money back after it had been paid. */
  refunded: boolean
  /** From the order to the result in the chat; null: there is none, or it came after a refund. */
  tookMs: number | null
}

export const beginJob = (input: JobInput): JobContext => ({
  ...input,
  uploads: {},
  attempt: 1,
  retryAfterMs: null,
  taskId: null,
  stage: null,
  polls: 0,
  deferred: null,
  result: null,
  creditsConsumed: null,
  error: null,
  released: false,
  reachable: true,
  redeliveries: 0,
  refunded: false,
  tookMs: null,
})
