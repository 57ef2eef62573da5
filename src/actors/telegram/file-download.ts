import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { RetryableError, TerminalError, TrtError } from '../../errors.ts'

/** Bots can fetch files of up to 20 MB: https://core.telegram.org/bots/api#getfile. */
export const FETCH_BYTES = 20 * 1024 * 1024

/** Limits of one download; by default what a bot can fetch, within a minute. */
export interface DownloadOptions {
  readonly maxBytes?: number
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** The bytes of a user's file; `size` is what the server announced. */
export interface DownloadedFile {
  readonly body: AsyncIterable<Uint8Array>
  readonly size: number | undefined
}

const open = (url: URL, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { get } = url.protocol === 'https:' ? https : http
    get(url, { signal, agent: false }, resolve).on('error', reject)
  })

/**
 * Streams a file from an address that must stay secret (it contains the token): errors name the
 * status or nothing. Too many bytes fail with `media.too-large` while streaming, everything else
 * with the retryable `media.unavailable` (links die after an hour: ask getFile again). Not by the
 * built-in `fetch`, whose streams hold several times as much in memory.
 */
export async function downloadSecretly(
  url: URL,
  { maxBytes = FETCH_BYTES, timeoutMs = 60_000, signal }: DownloadOptions = {},
): Promise<DownloadedFile> {
  const deadline = AbortSignal.timeout(timeoutMs)
  const limit = signal ? AbortSignal.any([signal, deadline]) : deadline
  const response = await open(url, limit).catch(() => {
    throw new RetryableError('media.unavailable', { detail: 'No answer.' })
  })
  const { statusCode, headers } = response
  const size = Number(headers['content-length'] ?? Number.NaN)
  if (statusCode === 200 && !(size > maxBytes)) {
    return { body: capped(response, maxBytes), size: Number.isNaN(size) ? undefined : size }
  }
  response.destroy()
  if (statusCode === 200) throw new TerminalError('media.too-large')
  throw new RetryableError('media.unavailable', { detail: `Status ${statusCode}.` })
}

async function* capped(response: AsyncIterable<Uint8Array>, maxBytes: number) {
  let total = 0
  try {
    for await (const chunk of response) {
      total += chunk.byteLength
      if (total > maxBytes) throw new TerminalError('media.too-large')
      yield chunk
    }
  } catch (error) {
    if (error instanceof TrtError) throw error
    throw new RetryableError('media.unavailable', { detail: 'The stream broke off.' })
  }
}
