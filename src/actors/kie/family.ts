import type { TaskStatus } from './status.ts'

/** What every family needs to know about one generation. */
export interface Generation {
  /** The value that the provider expects as `model`. */
  readonly apiModel: string
  /** Answers of the wizard, media already as links that the provider can read. */
  readonly input: Readonly<Record<string, unknown>>
  /** Absent in polling mode, where nobody could call back. */
  readonly callBackUrl?: string
}

/** A request to start a task, ready to be sent once. */
export interface CreateRequest {
  readonly endpoint: string
  readonly body: Readonly<Record<string, unknown>>
}

/**
 * One of the provider's API families: how a task is asked for, and how its state reads when we ask
 * and when it is told to us. All three are pure; the parsers never throw.
 */
export interface Family {
  readonly statusEndpoint: string
  readonly createRequest: (generation: Generation) => CreateRequest
  readonly parseStatus: (body: unknown) => TaskStatus
  readonly parseCallback: (body: unknown) => TaskStatus
}
