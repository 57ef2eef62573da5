import { parseTaskStatus, type TaskStatus } from './status.ts'

/** What every family needs to know about one generation. */
export interface Generation {
  /** The value that the provider expects as `model`. */
  readonly apiModel: string
  /** Answers of the wizard, media already as links that the provider can read. */
  readonly input: Readonly<Record<string, unknown>>
  /** Absent in polling mode, where nobody could call back. */
  readonly callBackUrl?: string | undefined
}

/** A request to start a task, ready to be sent once. */
export interface CreateRequest {
  readonly endpoint: string
  readonly body: Readonly<Record<string, unknown>>
}

/**
 * One of the provider's API families: how a task is asked for, and how its state reads when we ask
 * and when it is told to us. All three are pure; the parsers never throw, and only `createRequest`
 * does (a TerminalError) when the family can't be ordered like this.
 */
export interface Family {
  readonly statusEndpoint: string
  readonly createRequest: (generation: Generation) => CreateRequest
  readonly parseStatus: (body: unknown) => TaskStatus
  readonly parseCallback: (body: unknown) => TaskStatus
}

/** What a family's own reader found in a body, still as raw as it came. */
export interface Found {
  readonly taskId?: unknown
  /** A word of the table in status.ts; any other word keeps the task waiting. */
  readonly state: string
  readonly result?: unknown
  readonly failCode?: unknown
  readonly failMsg?: unknown
  readonly credits?: unknown
}

/**
 * Puts a family's facts into the market family's words, so that one parser decides for all what
 * a task's end looks like, which links are results and how a reason is cleaned.
 */
export const inMarketWords = ({ credits, result, ...found }: Found): TaskStatus =>
  parseTaskStatus({ data: { ...found, resultJson: result ?? '', creditsConsumed: credits } })
