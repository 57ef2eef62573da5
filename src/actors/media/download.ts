import { lookup } from 'node:dns/promises'
import { createGuardedLookup, type Resolve } from './addresses.ts'
import { asUnavailable, openMedia } from './request.ts'
import { createSilentHosts, type SilentHosts } from './silent-hosts.ts'
import { type TakenMedia, takeMedia } from './take-media.ts'

export interface DownloadDeps {
  /** Where files too large for memory are kept until they are disposed of. */
  readonly tempDir: string
  readonly maxBytes: number
  readonly resolve?: Resolve
  /** Lets http://127.0.0.1 through: for the sandbox and tests only. */
  readonly allowLoopback?: boolean
  readonly timeoutMs?: number
  readonly maxBytesInMemory?: number
  /** Which hosts leave others waiting; shared by those who share slots. */
  readonly silent?: SilentHosts
  readonly answerMs?: number
}

export type Download = (url: string, options?: DownloadOptions) => Promise<TakenMedia>

export interface DownloadOptions {
  readonly signal?: AbortSignal
  readonly maxBytes?: number
  /** Called as soon as the file turns out to be large, before the bulk of it is taken. */
  readonly admit?: (signal: AbortSignal) => Promise<void>
}

const TIMEOUT_MS = 120_000
/** A host that has not begun to answer by then will not. */
const ANSWER_MS = 20_000

/**
 * Fetches a result link once: https to public hosts only, bounded in time and size, and what comes
 * back is what its bytes say. A host that does not answer is waited for by few at a time. Keeps nothing behind when it fails.
 */
export const createDownload = (deps: DownloadDeps): Download => {
  const { tempDir, allowLoopback = false, timeoutMs = TIMEOUT_MS, answerMs = ANSWER_MS } = deps
  const { silent = createSilentHosts() } = deps
  const resolve = deps.resolve ?? ((hostname) => lookup(hostname, { all: true }))
  const guard = { lookup: createGuardedLookup(resolve, allowLoopback), allowLoopback }

  return async (url, { signal, maxBytes = deps.maxBytes, admit = async () => {} } = {}) => {
    const timeout = AbortSignal.timeout(timeoutMs)
    const limit = signal === undefined ? timeout : AbortSignal.any([timeout, signal])
    const leave = silent.enter(URL.parse(url)?.host ?? url)
    const answering = new AbortController()
    const timer = setTimeout(() => answering.abort(new Error('no answer in time')), answerMs)
    const response = await openMedia(
      url,
      guard,
      AbortSignal.any([limit, answering.signal]),
    ).finally(() => {
      clearTimeout(timer)
      leave()
    })
    const announced = Number(response.headers['content-length'])
    try {
      return await takeMedia(response as AsyncIterable<Uint8Array>, {
        tempDir,
        maxBytes,
        maxBytesInMemory: deps.maxBytesInMemory,
        announcedBytes: announced > 0 ? announced : undefined,
        admit: () => admit(limit),
      })
    } catch (thrown) {
      response.destroy()
      throw asUnavailable(thrown)
    }
  }
}
