import type { Model } from '../../machines/catalogue/catalogue.ts'

/** KIE's own states of a market task; the last two are final. */
export type TaskState = 'waiting' | 'queuing' | 'generating' | 'success' | 'fail'

/** One POST to the bot's callback address, and what came back. */
export interface CallbackAttempt {
  readonly at: number
  readonly kind: 'genuine' | 'interim' | 'doubled' | 'early' | 'forged' | 'garbage' | 'lost'
  readonly attempt: number
  readonly url: string
  status: number | undefined
  answer: string | undefined
  error: string | undefined
}

/** What a finished task offers: files, or an object where the model makes text or ids. */
export interface TaskResult {
  readonly urls: readonly string[]
  readonly object: Record<string, unknown> | undefined
}

/** A picture given as input, kept to be shown inside the result. */
export interface SourcePicture {
  readonly mime: string
  readonly bytes: Uint8Array
}

/** What is asked for, once it has passed every check. */
export interface OrderFacts {
  /** What the catalogue knows about it. */
  readonly entry: Model
  readonly input: Readonly<Record<string, unknown>>
  readonly callBackUrl: string | undefined
  readonly param: string
  readonly price: number
  readonly source: SourcePicture | undefined
  /** How long the given films and sounds play, by field. */
  readonly seconds: Readonly<Record<string, number>>
}

/** A generation task as the fake remembers it. */
export interface Task extends OrderFacts {
  readonly taskId: string
  /** The name that the request gave. */
  readonly model: string
  readonly createTime: number
  readonly history: { readonly state: TaskState; readonly at: number }[]
  readonly callbacks: CallbackAttempt[]
  state: TaskState
  updateTime: number
  completeTime: number | undefined
  creditsConsumed: number
  result: TaskResult | undefined
  /** What has been made while the task is still running. */
  made: TaskResult | undefined
  /** The last of the family's interim stages that it passed. */
  stage: string | undefined
  failure: { readonly code: string; readonly msg: string } | undefined
}

/** Whether nothing more can happen to it. */
export const isFinal = ({ state }: Pick<Task, 'state'>): boolean =>
  state === 'success' || state === 'fail'
