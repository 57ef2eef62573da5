import http from 'node:http'
import https from 'node:https'
import { TIMES } from './limits.ts'
import type { Webhook, World } from './model.ts'
import { isLoopback } from './url-fetch.ts'

/** How a webhook took an update. */
export type WebhookReply =
  | { readonly ok: true; readonly type: string; readonly body: Buffer }
  | {
      readonly ok: false
      readonly status: number
      readonly error: string
      readonly retryAfterSeconds: number
    }

export interface WebhookRequest {
  readonly webhook: Webhook
  readonly agents: WebhookAgents
  readonly body: string
  readonly signal: AbortSignal
}

export interface WebhookAgents {
  readonly http: http.Agent
  readonly https: https.Agent
}

/** Kept-alive connections to one webhook. */
export const createAgents = (): WebhookAgents => ({
  http: new http.Agent({ keepAlive: true }),
  https: new https.Agent({ keepAlive: true, rejectUnauthorized: false }),
})

const MAX_REPLY_BYTES = 1 << 20

/** Words of getWebhookInfo for what happens below HTTP. */
const NETWORK_ERRORS: Record<string, string> = {
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset by peer',
  EPIPE: 'Connection reset by peer',
}

const failed = (error: string): WebhookReply => ({
  ok: false,
  status: 0,
  error,
  retryAfterSeconds: 0,
})

async function readReply(response: http.IncomingMessage): Promise<WebhookReply> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    size += (chunk as Buffer).length
    if (size <= MAX_REPLY_BYTES) chunks.push(chunk as Buffer)
  }
  const status = response.statusCode ?? 0
  if (status >= 200 && status <= 299) {
    const body = size > MAX_REPLY_BYTES ? Buffer.alloc(0) : Buffer.concat(chunks)
    return { ok: true, type: response.headers['content-type'] ?? '', body }
  }
  const reason = response.statusMessage || (http.STATUS_CODES[status] ?? '')
  const retryAfter = Number.parseInt(response.headers['retry-after'] ?? '', 10) || 0
  return {
    ok: false,
    status,
    error: `Wrong response from the webhook: ${status} ${reason}`,
    retryAfterSeconds: Math.min(Math.max(0, retryAfter), TIMES.webhookRetryAfterMaxSeconds),
  }
}

function exchange({ webhook, agents, body, signal }: WebhookRequest, url: URL) {
  const { promise, resolve, reject } = Promise.withResolvers<WebhookReply>()
  const secure = url.protocol === 'https:'
  const request = (secure ? https : http).request(url, {
    method: 'POST',
    agent: secure ? agents.https : agents.http,
    signal,
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'accept-encoding': 'gzip, deflate',
      ...(webhook.secretToken && { 'x-telegram-bot-api-secret-token': webhook.secretToken }),
    },
  })
  request.on('response', (response) => readReply(response).then(resolve, reject))
  request.on('error', reject)
  request.end(body)
  return promise
}

/** Posts one update; never rejects. Redirects are not followed, other machines are not called. */
export async function postUpdate(world: World, request: WebhookRequest): Promise<WebhookReply> {
  const raw = request.webhook.url
  const url = new URL(/^[a-z]+:\/\//i.test(raw) ? raw : `https://${raw}`)
  if (!isLoopback(url)) return failed('Failed to resolve host: Name or service not known')
  const late = new AbortController()
  const over = new AbortController()
  const signal = AbortSignal.any([request.signal, late.signal])
  world.sleep(TIMES.webhookReadMs, AbortSignal.any([request.signal, over.signal])).then(
    () => late.abort(),
    () => undefined,
  )
  try {
    return await exchange({ ...request, signal }, url)
  } catch (error) {
    if (late.signal.aborted) return failed('Read timeout expired')
    return failed(
      NETWORK_ERRORS[(error as NodeJS.ErrnoException).code ?? ''] ?? 'Connection closed',
    )
  } finally {
    over.abort()
  }
}
