import {
  coerceError,
  type ErrorCode,
  RetryableError,
  TerminalError,
  type TrtError,
  UnknownOutcomeError,
} from '../../errors.ts'

/** `create` may cost money and is never repeated blindly; the others are safe to repeat. */
export type Operation = 'create' | 'read' | 'upload' | 'chat'

/** What the provider answered: the code inside the body and its own words. */
export interface Answer {
  readonly operation: Operation
  readonly code: number
  readonly message: string
  readonly retryAfterMs?: number
}

const ACCOUNT: ReadonlyMap<number, ErrorCode> = new Map([
  [402, 'kie.credits'],
  [401, 'kie.unauthorized'],
  [433, 'kie.limited'],
])

const BUSY = new Set([429, 455])

/** An upstream that stayed silent for ten minutes (408): unlike other 4xx it may have worked. */
const SILENT = 408

/** Feature switched off (505) and failed (501): answered with certainty, nothing is running. */
const REFUSED = new Set([501, 505])

/** Code 500 also carries plain validation messages such as "aspect_ratio is required". */
const VALIDATION =
  /\b(required|invalid|not (allowed|supported|valid|found|exist)|must|should be|cannot|can't|please (enter|provide|upload|check|select|use)|unsupported|exceed\w*|maximum|minimum|missing|expected|within the range|too (long|large|short|many)|policy|sensitive|prohibited|nsfw)\b/i

const isRefusal = (code: number, message: string): boolean => {
  if (code >= 400 && code < 500) return code !== SILENT
  return REFUSED.has(code) || (code >= 500 && VALIDATION.test(message))
}

const MAX_DETAIL_LENGTH = 300

/** The provider's words for our logs: one line, cut, without keys, signatures and links. */
export const cleanDetail = (text: string): string =>
  text
    .replace(/Bearer\s+\S+/gi, 'Bearer …')
    .replace(/\bhttps?:\/\/\S+/gi, '<link>')
    .replace(/\b(sig|token|key)=[^\s&]+/gi, '$1=…')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_DETAIL_LENGTH)

/**
 * The error for an answer whose body code is not 200 (https://docs.kie.ai/1973359m0.md). For `create`
 * every refusal is certain, only 408 and a bare server error leave open whether a task was made.
 */
export const answerError = ({ operation, code, message, retryAfterMs }: Answer): TrtError => {
  const detail = cleanDetail(`[${code}] ${message}`)
  const account = ACCOUNT.get(code)
  // A task that runs must not be given up because the key is refused just now, so reads try again.
  if (account !== undefined)
    return operation === 'read'
      ? new RetryableError(account, { detail })
      : new TerminalError(account, { detail })
  if (BUSY.has(code))
    return new RetryableError('kie.busy', {
      detail,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    })
  if (operation === 'read') return new RetryableError('kie.unavailable', { detail })
  if (isRefusal(code, message)) return new TerminalError('kie.refused', { detail })
  if (operation !== 'create') return new RetryableError('kie.unavailable', { detail })
  return new UnknownOutcomeError('kie.unknown', { detail })
}

/** Failures before the first byte of the request: the name, the connection or the TLS handshake. */
const NOTHING_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_NODATA',
  'EAI_NONAME',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/** True only when it is certain that no byte of the request reached the other side. */
export const nothingSent = (thrown: unknown): boolean => {
  if (!(thrown instanceof Error)) return false
  if (thrown instanceof AggregateError && thrown.errors.length > 0)
    return thrown.errors.every(nothingSent)
  if ('code' in thrown && NOTHING_SENT.has(String(thrown.code))) return true
  return thrown.cause !== undefined && nothingSent(thrown.cause)
}

const wordsOf = (thrown: unknown): string => {
  const error = coerceError(thrown)
  const cause = error.cause === undefined ? '' : `: ${coerceError(error.cause).message}`
  return cleanDetail(`${error.name} ${error.message}${cause}`)
}

/** The error for a request without a usable answer: refused, reset, timed out, or not JSON. */
export const transportError = (operation: Operation, thrown: unknown): TrtError => {
  const details = { cause: thrown, detail: wordsOf(thrown) }
  return operation === 'create' && !nothingSent(thrown)
    ? new UnknownOutcomeError('kie.unknown', details)
    : new RetryableError('kie.unavailable', details)
}
