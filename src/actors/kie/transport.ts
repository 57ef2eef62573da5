import { firstOf, isJson, type Json, readAmount, readText } from './loose-json.ts'

/** The provider's envelope: its verdict stands in `code`, the HTTP status is 200 even for failures. */
export interface Envelope {
  readonly code: number
  readonly message: string
  readonly data: unknown
  readonly body: Json
  readonly retryAfterMs?: number
}

export interface HttpRequest {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: NonNullable<RequestInit['body']>
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
}

/** What a carrier is asked to send; a redirect is an answer like any other. */
export interface Sendable {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly redirect: 'manual'
  readonly signal: AbortSignal
  readonly body?: NonNullable<RequestInit['body']>
}

/** The built-in `fetch`, or what does the same for a body in pieces. */
export type Send = (url: string, request: Sendable) => Promise<Response>

/** Answers hold a few kilobytes; more is not what we asked for. */
const MAX_ANSWER_BYTES = 5_000_000

const readAnswer = async (response: Response): Promise<string> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > MAX_ANSWER_BYTES) throw new Error(`The answer exceeds ${MAX_ANSWER_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const readRetryAfter = (response: Response): number | undefined => {
  const seconds = readAmount(response.headers.get('retry-after'))
  return seconds === undefined ? undefined : seconds * 1000
}

const parseEnvelope = (text: string, status: number): Json => {
  try {
    const body: unknown = JSON.parse(text)
    if (isJson(body)) return body
  } catch {
    // Cloudflare answers `error code: 1010`, gateways answer HTML.
  }
  throw new Error(`HTTP ${status} without a JSON envelope: ${text.slice(0, 80)}`)
}

/** What came back: the JSON, and when it may be tried again if that was said. */
interface Received {
  readonly status: number
  readonly json: Json
  readonly retryAfterMs: number | undefined
}

/** Sends one request once; throws for what is no JSON object. */
async function sendOnce(
  send: Send,
  { url, method, headers, body, timeoutMs, signal }: HttpRequest,
): Promise<Received> {
  const timeout = AbortSignal.timeout(timeoutMs)
  const response = await send(url, {
    method,
    headers,
    // A redirect would repeat a POST behind our back and carry the key to another host.
    redirect: 'manual',
    signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    ...(body === undefined ? {} : { body }),
  })
  const json = parseEnvelope(await readAnswer(response), response.status)
  return { status: response.status, json, retryAfterMs: readRetryAfter(response) }
}

const envelopeOf = ({ json, retryAfterMs }: Received, code: number): Envelope => ({
  code,
  message: firstOf([json], ['msg', 'message'], readText) ?? '',
  data: json.data,
  body: json,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
})

/**
 * The same for what may also answer bare, without an envelope: then `data` is the whole answer. An
 * error in the form of OpenAI has its HTTP status for a code.
 */
export async function exchangeBare(send: Send, request: HttpRequest): Promise<Envelope> {
  const received = await sendOnce(send, request)
  const { json, status } = received
  const code = readAmount(json.code)
  if (code !== undefined) return envelopeOf(received, code)
  const { error } = json
  const message = isJson(error) ? (readText(error.message) ?? '') : ''
  return { ...envelopeOf(received, status), message, data: json }
}

/**
 * Sends one request once and returns the envelope; throws for anything that is not one: no
 * connection, time over, redirect, HTML, JSON without a `code`.
 */
export const exchange = async (send: Send, request: HttpRequest): Promise<Envelope> => {
  const received = await sendOnce(send, request)
  const code = readAmount(received.json.code)
  if (code === undefined) throw new Error(`HTTP ${received.status} with JSON that has no code`)
  return envelopeOf(received, code)
}
