import type { Model } from '../../../machines/catalogue/catalogue.ts'
import type { Refusal } from '../refusal.ts'
import type { Task } from '../task.ts'

/** What a create request says, before the model is looked up. */
export interface Draft {
  readonly model: string
  readonly input: unknown
  readonly callBackUrl: unknown
  /** The text that KIE keeps as the request's record. */
  readonly param: string
}

/**
 * One of KIE's dialects: where its requests go and how they look. Everything else (limits, money,
 * the life of a task, media, delivery of callbacks) is shared.
 */
export interface Family {
  readonly name: Model['family']
  readonly createPath: string
  readonly statusPath: string
  readonly callbackRequired: boolean
  /** What task ids begin with. */
  readonly idPrefix: string
  /** What is told while a task is being made, in order; each has a callback of its own. */
  readonly interim: readonly string[]
  readCreate(body: Record<string, unknown>): Draft | Refusal
  /** `data` of the status answer. */
  status(task: Task): unknown
  /** The whole callback body of where the task stands now. */
  callback(task: Task): unknown
}
