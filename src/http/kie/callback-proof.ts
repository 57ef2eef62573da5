import { createHmac } from 'node:crypto'
import { matcher } from '../same-secret.ts'

const equals = (given: string, expected: string): boolean => matcher(expected)(given)

/** A job id that no job has: its signed callback proves the route and the key, and is kept nowhere. */
export const PROBE_JOB = 'check-prod'

/** The proof that a callback URL was made by us for this job: HMAC-SHA256, 256 bit, base64url. */
export const signJob = (key: string | Uint8Array, jobId: string): string =>
  createHmac('sha256', key).update(`kie-callback:${jobId}`).digest('base64url')

/** True when `sig` is the job's own; in the time of a comparison whatever it is. */
export const verifyJob = (key: string | Uint8Array, jobId: string, sig: string): boolean =>
  equals(sig, signJob(key, jobId))

/** True when the header carries the configured token; never true without one. */
export const verifyToken = (token: string | undefined, given: string): boolean =>
  token !== undefined && token !== '' && given !== '' && equals(given, token)

/** The provider's signature; it covers the task and the second, not the body. */
export interface WebhookSignature {
  readonly timestamp: string
  readonly signature: string
}

const TOLERANCE_MS = 300_000

/** True while the signed second is near enough: worth reading the body for. */
export const isFresh = ({ timestamp }: WebhookSignature, now: number): boolean =>
  /^\d{1,12}$/.test(timestamp) && Math.abs(now - Number(timestamp) * 1000) <= TOLERANCE_MS

/**
 * True when the headers prove knowledge of the account's webhook key for this task, within five
 * minutes: https://docs.kie.ai/common-api/webhook-verification.md.
 */
export const verifyWebhook = (
  key: string | undefined,
  { timestamp, signature }: WebhookSignature,
  taskId: string,
  now: number,
): boolean => {
  if (key === undefined || key === '' || signature === '') return false
  if (!isFresh({ timestamp, signature }, now)) return false
  return equals(
    signature,
    createHmac('sha256', key).update(`${taskId}.${timestamp}`).digest('base64'),
  )
}
