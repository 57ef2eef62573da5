import type { ApiMethods, Opts } from '@grammyjs/types'
import { RetryableError, TerminalError } from '../../errors.ts'
import { toTelegramError } from './errors.ts'
import {
  type DownloadedFile,
  type DownloadOptions,
  downloadSecretly,
  FETCH_BYTES,
} from './file-download.ts'
import { createJsonClient } from './json-client.ts'
import { createKeepAliveAgent } from './keep-alive-agent.ts'
import { isOnDisk, openLocalFile, servedPath } from './local-file.ts'
import { postForm } from './send-form.ts'
import { carriesFile, type InputFile, toForm } from './upload-form.ts'

export type ApiMethod = keyof ApiMethods<InputFile>
export type ApiPayload<M extends ApiMethod> = Opts<InputFile>[M]
export type ApiResult<M extends ApiMethod> = ReturnType<ApiMethods<InputFile>[M]>

interface CallOptions {
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

/** The Bot API 10.3, one function for every method. */
export interface TelegramApi {
  call<M extends ApiMethod>(
    method: M,
    payload: ApiPayload<M>,
    options?: CallOptions,
  ): Promise<ApiResult<M>>
  /** The bytes behind `File.file_path`; the address contains the token and is never shown. */
  downloadFile(filePath: string, options?: DownloadOptions): Promise<DownloadedFile>
  /** Closes idle connections. */
  close(): void
}

/**
 * Typed calls: without files as JSON over a pool of connections, uploads as a streamed form. Rejects
 * with a `TrtError`: retryable only when the call had no effect (429, 5xx, never connected), unknown
 * when the request left and no answer came. No error holds the token or the payload.
 */
export function createTelegramApi(deps: {
  token: string
  apiRoot: string
  timeoutMs?: number
  /** Longest wait for a connection. */
  connectDeadlineMs?: number
  /** How long a connection may be idle before it is closed. */
  idleMs?: number
}): TelegramApi {
  const { token, timeoutMs: defaultTimeoutMs = 30_000, connectDeadlineMs, idleMs } = deps
  // Without the slash a path in the root would lose its last segment.
  const root = new URL(deps.apiRoot.replace(/\/*$/, '/'))
  const limits = {
    ...(connectDeadlineMs === undefined ? {} : { connectDeadlineMs }),
    ...(idleMs === undefined ? {} : { idleMs }),
  }
  const agent = createKeepAliveAgent(root.protocol, limits)
  const client = createJsonClient(root.origin, limits)

  return {
    async call(method, payload, { signal, timeoutMs = defaultTimeoutMs } = {}) {
      if (signal?.aborted) {
        throw new RetryableError('telegram.unavailable', { detail: `${method}: not started.` })
      }
      const given = payload as Record<string, unknown>
      const path = `${root.pathname}bot${token}/${method}`
      if (!carriesFile(given)) {
        return (await client.post(path, given, { timeoutMs, signal }).catch((thrown) => {
          throw toTelegramError(thrown, method)
        })) as ApiResult<typeof method>
      }
      const { fields, streams } = toForm(given)
      const controller = new AbortController()
      const abort = () => controller.abort()
      const timer = setTimeout(abort, timeoutMs)
      signal?.addEventListener('abort', abort, { once: true })
      let sourceFailed = false
      for (const stream of streams) {
        stream.once('error', () => {
          sourceFailed = true
          abort()
        })
      }
      try {
        const { signal } = controller
        const url = new URL(path, root)
        return (await postForm({ url, agent, fields, signal })) as ApiResult<typeof method>
      } catch (thrown) {
        abort()
        for (const stream of streams) stream.destroy()
        if (sourceFailed) throw new RetryableError('media.unavailable', { detail: `${method}.` })
        throw toTelegramError(thrown, method)
      } finally {
        clearTimeout(timer)
        signal?.removeEventListener('abort', abort)
      }
    },
    async downloadFile(filePath, options) {
      const segments = filePath.split('/')
      if (segments.includes('..')) throw new TerminalError('media.unusable')
      const local = isOnDisk(root, filePath)
        ? await openLocalFile(filePath, options?.maxBytes ?? FETCH_BYTES)
        : undefined
      if (local !== undefined) return local
      const path = servedPath(filePath, token).split('/').map(encodeURIComponent).join('/')
      return downloadSecretly(new URL(`file/bot${token}/${path}`, root), options)
    },
    close() {
      agent.destroy()
      client.close()
    },
  }
}
