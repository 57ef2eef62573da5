import type { ActionName } from './action-names.ts'

/** Rows of the console's lists; a part of `contract.ts`. */

export interface LedgerLight {
  ok: boolean
  /** Kopecks by which balances and entries disagree; null: not audited yet. */
  discrepancyKopecks: number | null
  auditedAt: number | null
  openHolds: number
  heldKopecks: number
}

export interface JobItem {
  id: string
  /** `job:<id>` */
  actor: string
  userId: number
  chatId: number
  modelId: string
  status: string
  priceKopecks: number
  credits: number
  creditsConsumed: number | null
  taskId: string | null
  errorCode: string | null
  courtesy: boolean
  createdAt: number
  updatedAt: number
  /** Actions that make sense now and are allowed. */
  actions: ActionName[]
}

export type LetterKind = 'event' | 'effect' | 'callback' | 'update' | 'snapshot'

export interface LetterItem {
  id: number
  kind: LetterKind
  subject: string
  /** The actor it belongs to, if it does. */
  actor: string | null
  key: string
  error: string
  createdAt: number
  replayedAt: number | null
  actions: ActionName[]
}

export interface LetterDetail extends LetterItem {
  payload: unknown
  revealed: boolean
}

export interface LedgerState extends LedgerLight {
  availableKopecks: number
  accounts: number
  unbalancedUsers: number[]
  /** Sums of all entries. */
  kinds: { kind: string; count: number; kopecks: number }[]
}

export interface LedgerItem {
  id: number
  at: number
  userId: number
  kind: string
  /** What it is for: a job id, a payment. */
  ref: string
  /** Actor of `ref`, if it is one. */
  actor: string | null
  source: string
  target: string
  kopecks: number
}

export interface HoldItem {
  ref: string
  actor: string | null
  userId: number
  kopecks: number
  since: number
  jobStatus: string | null
}

export interface UpdateItem {
  actor: string
  seq: number
  at: number
  key: string
  type: string
  from: string | null
  to: string
}
