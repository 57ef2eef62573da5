import { lookup } from 'node:dns/promises'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import path from 'node:path'
import { RetryableError, TerminalError } from '../../errors.ts'
import { createGuardedLookup, type Resolve } from './addresses.ts'
import { asUnavailable, openMedia } from './request.ts'
import { HEAD_BYTES, type MediaType, sniffMedia } from './sniff.ts'

export type MediaContent =
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  | { readonly type: 'file'; readonly path: string }

/** A downloaded result; `dispose` removes the temporary file, if there is one. */
export interface MediaFile extends MediaType {
  readonly content: MediaContent
  readonly size: number
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

export type Download = (
  url: string,
  options?: { readonly signal?: AbortSignal; readonly maxBytes?: number },
) => Promise<MediaFile>

const TIMEOUT_MS = 120_000
const MAX_BYTES_IN_MEMORY = 4_194_304

interface Store {
  readonly write: (chunk: Uint8Array) => Promise<void>
  readonly head: () => Uint8Array
  readonly finish: () => Promise<{ content: MediaContent; size: number }>
  readonly dispose: () => Promise<void>
}

/** Keeps small files in memory and moves to a temporary file when they grow. */
const createStore = (tempDir: string, maxBytesInMemory: number): Store => {
  let chunks: Uint8Array[] = []
  let size = 0
  let head: Uint8Array = new Uint8Array()
  let directory: string | undefined
  let file: FileHandle | undefined

  const spill = async () => {
    directory = await mkdtemp(path.join(tempDir, 'media-'))
    file = await open(path.join(directory, 'result'), 'wx', 0o600)
    for (const chunk of chunks) await file.writeFile(chunk)
    chunks = []
  }
  return {
    write: async (chunk) => {
      size += chunk.byteLength
      if (head.byteLength < HEAD_BYTES) head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES)
      if (file !== undefined) return file.writeFile(chunk)
      chunks.push(chunk)
      if (size > maxBytesInMemory) await spill()
    },
    head: () => head,
    finish: async () => {
      if (directory === undefined)
        return { content: { type: 'bytes', bytes: Buffer.concat(chunks) }, size }
      await file?.close()
      file = undefined
      return { content: { type: 'file', path: path.join(directory, 'result') }, size }
    },
    dispose: async () => {
      await file?.close()
      file = undefined
      if (directory !== undefined) await rm(directory, { recursive: true, force: true })
    },
  }
}

const tooLarge = (maxBytes: number) =>
  new TerminalError('media.too-large', { detail: `The limit is ${maxBytes} bytes.` })

const receive = async (response: IncomingMessage, store: Store, maxBytes: number) => {
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes)
  let received = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    received += chunk.byteLength
    if (received > maxBytes) throw tooLarge(maxBytes)
    await store.write(chunk)
  }
  if (received === 0)
    throw new RetryableError('media.unavailable', { detail: 'The file is empty.' })
}

const identify = async (head: Uint8Array): Promise<MediaType> => {
  const type = await sniffMedia(head)
  if (type !== undefined) return type
  throw new TerminalError('media.unusable', { detail: 'Text came in place of media.' })
}

/**
 * Fetches a result link once: https to public hosts only, bounded in time and size, and what comes
 * back is what its bytes say. Never leaves a temporary file behind when it fails.
 */
export const createDownload = (deps: DownloadDeps): Download => {
  const { tempDir, allowLoopback = false, timeoutMs = TIMEOUT_MS } = deps
  const resolve = deps.resolve ?? ((hostname) => lookup(hostname, { all: true }))
  const guard = { lookup: createGuardedLookup(resolve, allowLoopback), allowLoopback }

  return async (url, { signal, maxBytes = deps.maxBytes } = {}) => {
    const timeout = AbortSignal.timeout(timeoutMs)
    const limit = signal === undefined ? timeout : AbortSignal.any([timeout, signal])
    const response = await openMedia(url, guard, limit)
    const store = createStore(tempDir, deps.maxBytesInMemory ?? MAX_BYTES_IN_MEMORY)
    try {
      await receive(response, store, maxBytes)
      const type = await identify(store.head())
      return { ...type, ...(await store.finish()), dispose: store.dispose }
    } catch (thrown) {
      response.destroy()
      await store.dispose()
      throw asUnavailable(thrown)
    }
  }
}
