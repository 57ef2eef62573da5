import { RetryableError, TerminalError, TrtError } from '../../errors.ts'

/** Limits of one download; the defaults are the Bot API's own 20 MB and a minute. */
export interface DownloadOptions {
  readonly maxBytes?: number
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** The bytes of a user's file; `size` is what the server announced. */
export interface DownloadedFile {
  readonly body: ReadableStream<Uint8Array>
  readonly size: number | undefined
}

/**
 * Streams a file from an address that must stay secret (it contains the token): errors name the
 * status or nothing. Too many bytes fail with `media.too-large` while streaming, everything else
 * with the retryable `media.unavailable` (links die after an hour: ask getFile again).
 */
export async function downloadSecretly(
  url: URL,
  { maxBytes = 20 * 1024 ** 2, timeoutMs = 60_000, signal }: DownloadOptions = {},
): Promise<DownloadedFile> {
  const deadline = AbortSignal.timeout(timeoutMs)
  const response = await fetch(url, {
    redirect: 'error',
    signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
  }).catch(() => {
    throw new RetryableError('media.unavailable', { detail: 'No answer.' })
  })
  const size = Number(response.headers.get('content-length') ?? Number.NaN)
  if (response.ok && response.body && !(size > maxBytes)) {
    const body = ReadableStream.from(capped(response.body, maxBytes))
    return { body, size: Number.isNaN(size) ? undefined : size }
  }
  await response.body?.cancel()
  if (response.ok && size > maxBytes) throw new TerminalError('media.too-large')
  throw new RetryableError('media.unavailable', { detail: `Status ${response.status}.` })
}

async function* capped(body: ReadableStream<Uint8Array>, maxBytes: number) {
  let total = 0
  try {
    for await (const chunk of body) {
      total += chunk.byteLength
      if (total > maxBytes) throw new TerminalError('media.too-large')
      yield chunk
    }
  } catch (error) {
    if (error instanceof TrtError) throw error
    throw new RetryableError('media.unavailable', { detail: 'The stream broke off.' })
  }
}
