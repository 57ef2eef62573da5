import { lookup } from 'node:dns/promises'
import type { IncomingMessage } from 'node:http'
import { RetryableError, TerminalError } from '../../errors.ts'
import { createGuardedLookup, type Resolve } from './addresses.ts'
import { readMp4 } from './mp4.ts'
import { asUnavailable, openMedia } from './request.ts'
import { type MediaType, sniffMedia } from './sniff.ts'
import { createSpool, type MediaContent, type Spool } from './spool.ts'
import { BIG_BYTES } from './transfer-gate.ts'

/** A downloaded result; `dispose` frees the memory or the disk that it takes. */
export interface MediaFile extends MediaType {
  readonly content: MediaContent
  readonly size: number
  readonly durationMs?: number
  /** A film without a sound track. */
  readonly silent?: boolean
  readonly dispose: () => Promise<void>
}

export interface DownloadDeps {
  /** Where files too large for memory are kept until they are disposed of. */
  readonly tempDir: string
  readonly maxBytes: number
  readonly resolve?: Resolve
  /** Lets http://127.0.0.1 through: for the sandbox and tests only. */
  readonly allowLoopback?: boolean
  readonly timeoutMs?: number
  readonly maxBytesInMemory?: number
}

export type Download = (url: string, options?: DownloadOptions) => Promise<MediaFile>

export interface DownloadOptions {
  readonly signal?: AbortSignal
  readonly maxBytes?: number
  /** Called as soon as the file turns out to be large, before the bulk of it is taken. */
  readonly admit?: (signal: AbortSignal) => Promise<void>
}

const TIMEOUT_MS = 120_000
/** Sixteen deliveries of ten pictures each must fit, too. */
const MAX_BYTES_IN_MEMORY = 262_144

const tooLarge = (maxBytes: number) =>
  new TerminalError('media.too-large', { detail: `The limit is ${maxBytes} bytes.` })

const receive = async (
  response: IncomingMessage,
  spool: Spool,
  { maxBytes, admit }: { maxBytes: number; admit: () => Promise<void> },
) => {
  const announced = Number(response.headers['content-length'] ?? 0)
  if (announced > maxBytes) throw tooLarge(maxBytes)
  let isAdmitted = false
  let received = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    received += chunk.byteLength
    if (received > maxBytes) throw tooLarge(maxBytes)
    if (!isAdmitted && Math.max(announced, received) > BIG_BYTES) {
      await admit()
      isAdmitted = true
    }
    await spool.write(chunk)
  }
  if (received === 0)
    throw new RetryableError('media.unavailable', { detail: 'The file is empty.' })
}

const identify = async (head: Uint8Array): Promise<MediaType> => {
  const type = await sniffMedia(head)
  if (type !== undefined) return type
  throw new TerminalError('media.unusable', { detail: 'Text came in place of media.' })
}

const FILMS = new Set(['video/mp4', 'video/x-m4v', 'video/quicktime'])

type Finished = Pick<MediaFile, 'content' | 'size'>

/** A film with what its index says; one without pictures is a sound file. */
const describe = async (type: MediaType, { content, size }: Finished) => {
  const facts = FILMS.has(type.mime) ? await readMp4(content, size) : undefined
  if (facts === undefined) return { ...type, content, size }
  const { hasVideo, hasAudio, ...measures } = facts
  const isSound = hasAudio && !hasVideo
  const sound = { kind: 'audio', mime: 'audio/mp4', ext: 'm4a' } as const
  return {
    ...type,
    ...(isSound ? sound : { silent: !hasAudio }),
    ...measures,
    content,
    size,
  }
}

/**
 * Fetches a result link once: https to public hosts only, bounded in time and size, and what comes
 * back is what its bytes say. Keeps nothing behind when it fails.
 */
export const createDownload = (deps: DownloadDeps): Download => {
  const { tempDir, allowLoopback = false, timeoutMs = TIMEOUT_MS } = deps
  const resolve = deps.resolve ?? ((hostname) => lookup(hostname, { all: true }))
  const guard = { lookup: createGuardedLookup(resolve, allowLoopback), allowLoopback }

  return async (url, { signal, maxBytes = deps.maxBytes, admit = async () => {} } = {}) => {
    const timeout = AbortSignal.timeout(timeoutMs)
    const limit = signal === undefined ? timeout : AbortSignal.any([timeout, signal])
    const response = await openMedia(url, guard, limit)
    const spool = createSpool(tempDir, deps.maxBytesInMemory ?? MAX_BYTES_IN_MEMORY)
    try {
      await receive(response, spool, { maxBytes, admit: () => admit(limit) })
      const type = await identify(spool.head())
      return { ...(await describe(type, spool.finish())), dispose: spool.dispose }
    } catch (thrown) {
      response.destroy()
      await spool.dispose()
      throw asUnavailable(thrown)
    }
  }
}
