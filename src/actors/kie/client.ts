import { RetryableError, UnknownOutcomeError } from '../../errors.ts'
import { type ChatAnswer, type ChatRequest, chatBody, parseChat } from './chat.ts'
import { answerError, type Operation, transportError } from './errors.ts'
import type { CreateRequest } from './family.ts'
import type { KieLimits } from './limits.ts'
import { readNumber } from './loose-json.ts'
import { findTaskId, NOT_FOUND_STAGE, parseTaskStatus, type TaskStatus } from './status.ts'
import { type Envelope, exchange, exchangeBare, type HttpRequest } from './transport.ts'
import { createUpload, type UploadFile } from './upload.ts'

export interface KieClientDeps {
  readonly baseUrl: string
  readonly uploadBaseUrl: string
  readonly apiKey: string
  readonly limits: KieLimits
  /** Makes upload names that were never used before. */
  readonly uniqueName: () => string
  readonly fetch?: typeof globalThis.fetch
  readonly timeouts?: Partial<KieTimeouts>
  /** Waits before the 2nd and later tries of an upload. */
  readonly uploadRetryDelaysMs?: readonly number[]
  /** Told about a state that no table knows, so that somebody adds it. */
  readonly onUnknownState?: (task: { taskId: string; stage: string }) => void
}

/** Far beyond any account; what is outside can't be a balance. */
const MOST_BALANCE = 1e9

export interface KieTimeouts {
  readonly createMs: number
  readonly readMs: number
  readonly uploadMs: number
  readonly chatMs: number
}

export interface KieClient {
  /**
   * Asks for a task, at most once: an `UnknownOutcomeError` means that a task may exist and must
   * not be asked for again; a `RetryableError` means that nothing was made.
   */
  readonly createTask: (request: CreateRequest, signal?: AbortSignal) => Promise<{ taskId: string }>
  /** Reads the state of a task; an unknown task is `NOT_FOUND_STAGE`, not an error. */
  readonly readTask: (
    statusEndpoint: string,
    taskId: string,
    options?: { parse?: (body: unknown) => TaskStatus; signal?: AbortSignal },
  ) => Promise<TaskStatus>
  /** What is left on the account, in credits; may be a fraction. */
  readonly credits: (signal?: AbortSignal) => Promise<number>
  /** What a chat model answers: `POST /{model}/v1/chat/completions`, bare or in the envelope. */
  readonly chat: (request: ChatRequest, signal?: AbortSignal) => Promise<ChatAnswer>
  /** Hands bytes over and returns their link. */
  readonly upload: (file: UploadFile, signal?: AbortSignal) => Promise<string>
}

/** Without it Cloudflare may answer `error code: 1010`. */
const USER_AGENT = 'trt-bot/1.0 (+https://t.me)'

/** How long a call may take before it counts as unanswered. */
export const TIMEOUTS: KieTimeouts = {
  createMs: 30_000,
  readMs: 15_000,
  uploadMs: 120_000,
  chatMs: 30_000,
}

const UPLOAD_RETRY_DELAYS_MS = [500, 2_000]

/** `recordInfo is null` comes as 422 or 404: docs.kie.ai/market/common/get-task-detail.md. */
const NOT_FOUND = new Set([404, 422])

const notFound = (taskId: string): TaskStatus => ({
  taskId,
  phase: 'unknown-keep-waiting',
  stage: NOT_FOUND_STAGE,
  urls: [],
  times: {},
})

const ensureTaskId = (envelope: Envelope): string => {
  const taskId = findTaskId(envelope.body)
  if (taskId !== undefined) return taskId
  throw new UnknownOutcomeError('kie.unknown', { detail: 'Accepted, but without a task id.' })
}

const withoutSlash = (base: string) => base.replace(/\/+$/, '')

/**
 * The provider's API (https://docs.kie.ai/1973359m0.md) as five calls. Each waits for its rate
 * limit, is sent exactly once (uploads: a few times) and either returns or throws an error of the
 * table in errors.ts; the key never appears in one.
 */
export const createKieClient = (deps: KieClientDeps): KieClient => {
  const { apiKey, limits, fetch = globalThis.fetch, onUnknownState } = deps
  const baseUrl = withoutSlash(deps.baseUrl)
  const timeouts = { ...TIMEOUTS, ...deps.timeouts }
  const headers = {
    authorization: `Bearer ${apiKey}`,
    'user-agent': USER_AGENT,
    accept: 'application/json',
  }

  const call = async (
    operation: Operation,
    request: Pick<HttpRequest, 'method' | 'timeoutMs' | 'signal'> & { path: string; json?: string },
    send = exchange,
  ): Promise<Envelope> => {
    const gate = operation === 'create' ? limits.create : limits.read
    await gate(request.signal).catch((thrown: unknown) => {
      throw new RetryableError('kie.unavailable', { cause: thrown, detail: 'Nothing was sent.' })
    })
    const { path, json, ...rest } = request
    return send(fetch, {
      ...rest,
      url: `${baseUrl}${path}`,
      headers: json === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      ...(json === undefined ? {} : { body: json }),
    }).catch((thrown: unknown) => {
      throw transportError(operation, thrown)
    })
  }

  const read = (path: string, signal: AbortSignal | undefined) =>
    call('read', { method: 'GET', path, timeoutMs: timeouts.readMs, signal })

  return {
    createTask: async ({ endpoint, body }, signal) => {
      const envelope = await call('create', {
        method: 'POST',
        path: endpoint,
        json: JSON.stringify(body),
        timeoutMs: timeouts.createMs,
        signal,
      })
      if (envelope.code !== 200) throw answerError({ operation: 'create', ...envelope })
      return { taskId: ensureTaskId(envelope) }
    },

    readTask: async (statusEndpoint, taskId, { parse = parseTaskStatus, signal } = {}) => {
      const envelope = await read(`${statusEndpoint}?${new URLSearchParams({ taskId })}`, signal)
      if (NOT_FOUND.has(envelope.code)) return notFound(taskId)
      if (envelope.code !== 200) throw answerError({ operation: 'read', ...envelope })
      const status = parse(envelope.body)
      if (status.phase === 'unknown-keep-waiting') onUnknownState?.({ taskId, stage: status.stage })
      return { ...status, taskId: status.taskId ?? taskId }
    },

    credits: async (signal) => {
      const envelope = await read('/api/v1/chat/credit', signal)
      if (envelope.code !== 200) throw answerError({ operation: 'read', ...envelope })
      const credits = readNumber(envelope.data)
      if (credits !== undefined) return Math.min(Math.max(credits, -MOST_BALANCE), MOST_BALANCE)
      throw new RetryableError('kie.unavailable', { detail: 'The balance is not a number.' })
    },

    // A chat costs next to nothing and starts nothing: asked again, it is answered again.
    chat: async (request, signal) => {
      const envelope = await call(
        'chat',
        {
          method: 'POST',
          path: `/${encodeURIComponent(request.model)}/v1/chat/completions`,
          json: JSON.stringify(chatBody(request)),
          timeoutMs: timeouts.chatMs,
          signal,
        },
        exchangeBare,
      )
      if (envelope.code !== 200) throw answerError({ operation: 'chat', ...envelope })
      return parseChat(envelope.data)
    },

    upload: createUpload({
      uploadBaseUrl: withoutSlash(deps.uploadBaseUrl),
      headers,
      uniqueName: deps.uniqueName,
      timeoutMs: timeouts.uploadMs,
      retryDelaysMs: deps.uploadRetryDelaysMs ?? UPLOAD_RETRY_DELAYS_MS,
    }),
  }
}
