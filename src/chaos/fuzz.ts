import fc from 'fast-check'
import { type FuzzKnowledge, type FuzzRequest, fuzzRequests } from './fuzz-requests.ts'

/** What came of a fuzzing run. */
export interface FuzzReport {
  readonly requests: number
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>
  /** The smallest request that was answered as none may be; undefined: there was none. */
  readonly failure: { readonly request: FuzzRequest; readonly status: number } | undefined
}

/** An answer that says that something broke; 503 says that it is to be sent again. */
const isBroken = (status: number): boolean => status >= 500 && status !== 503
const NO_ANSWER = 0
const ANSWER_WITHIN_MS = 20_000

/**
 * Sends so many requests of all kinds to a bot, one after another, until one is answered with 500 or
 * not at all; then the smallest such request is looked for.
 */
export async function fuzz({
  url,
  known,
  requests,
  seed,
}: {
  url: string
  known: FuzzKnowledge
  requests: number
  seed: number
}): Promise<FuzzReport> {
  const statuses: Record<string, number> = {}
  let sent = 0
  let last = NO_ANSWER

  async function send({ method, path, headers, body }: FuzzRequest): Promise<number> {
    try {
      const answer = await fetch(url + path, {
        ...{ method, headers, redirect: 'manual' as const },
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        ...(body === '' ? {} : { body }),
      })
      // A live stream has no end.
      await answer.body?.cancel()
      return answer.status
    } catch (error) {
      // An address that no client can send is nobody's fault.
      return error instanceof TypeError && /parse|invalid/i.test(error.message) ? 400 : NO_ANSWER
    }
  }

  const property = fc.asyncProperty(fuzzRequests(known), async (request) => {
    const status = await send(request)
    sent += 1
    statuses[status] = (statuses[status] ?? 0) + 1
    if (!isBroken(status) && status !== NO_ANSWER) return true
    last = status
    return false
  })
  const { failed, counterexample } = await fc.check(property, {
    numRuns: requests,
    seed,
    endOnFailure: false,
  })
  const [request] = counterexample ?? []
  return {
    requests: sent,
    statuses,
    failure: failed && request !== undefined ? { request, status: last } : undefined,
  }
}
