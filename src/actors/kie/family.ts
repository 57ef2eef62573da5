import { TerminalError } from '../../errors.ts'
import type { FamilyFacts } from '../../machines/catalogue/family-facts.ts'
import { buildRequest } from '../../machines/catalogue/payload.ts'
import { readAs } from './family-reader.ts'
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
  /** The same, but undefined when the body is not of this family's dialect. */
  readonly readCallback: (body: unknown) => TaskStatus | undefined
}

/**
 * The family that a file describes. Where `callBackUrl` is required, nothing is ordered without a
 * public address: a made-up one would hand the user's result to whoever owns it.
 */
export function createFamily(facts: FamilyFacts): Family {
  const { record, callback, create: endpoint, body } = facts
  const readCallback = (given: unknown): TaskStatus | undefined => {
    if (callback === undefined) return undefined
    // Where only a code decides, a state that is told all the same counts before it.
    const stated = callback.code === 'decides' && record ? readAs(record, given) : undefined
    return stated ?? readAs(callback, given)
  }
  return {
    statusEndpoint: facts.status,
    createRequest: ({ apiModel, input, callBackUrl }) => {
      if (facts.needs_callback && callBackUrl === undefined)
        throw new TerminalError('kie.refused', {
          detail: 'This model needs a public callback URL.',
        })
      return buildRequest({ endpoint, body, apiModel }, input, callBackUrl)
    },
    parseStatus: (given) => (record && readAs(record, given)) ?? parseTaskStatus(given),
    parseCallback: (given) => readCallback(given) ?? parseTaskStatus(given),
    readCallback,
  }
}
