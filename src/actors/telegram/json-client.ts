import { STATUS_CODES } from 'node:http'
import { TelegramError } from 'telegraf'
import { buildConnector, Pool } from 'undici'
import { NOT_CONNECTED } from './keep-alive-agent.ts'

/** Calls without files: one JSON object each way, over connections that stay open. */
export interface JsonClient {
  /** The result of a method; throws a `TelegramError` for a refusal, anything else for no answer. */
  post(path: string, fields: object, signal: AbortSignal): Promise<unknown>
  close(): void
}

/** Telegram's own limit of 30 messages a second needs a handful; the rest is for a slow network. */
const CONNECTIONS = 64
const CONNECT_DEADLINE_MS = 10_000
/** Idle sockets go before nginx's 75 s close them: a reset on reuse would be an unknown outcome. */
const IDLE_MS = 30_000
const MAX_ANSWER_BYTES = 4_194_304

/**
 * A pool of connections to one host. undici's pool is several times cheaper per call than `fetch`
 * (https://undici.nodejs.org/#/?id=benchmarks). Errors from before a connection stood carry a `code`
 * that begins with `NOT_CONNECTED`: only then a call may be repeated.
 */
export function createJsonClient(
  origin: string,
  { connections = CONNECTIONS, connectDeadlineMs = CONNECT_DEADLINE_MS, idleMs = IDLE_MS } = {},
): JsonClient {
  const connect = buildConnector({
    timeout: connectDeadlineMs,
    // Node's 250 ms per address is less than one round trip on a bad line.
    autoSelectFamilyAttemptTimeout: 1_000,
  })
  const pool = new Pool(origin, {
    connections,
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: idleMs,
    // Every call has a deadline of its own; a long poll is silent for longer than any default.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (options, callback) =>
      connect(options, (error, socket) => {
        if (error === null) return callback(null, socket)
        const reason = (error as NodeJS.ErrnoException).code ?? error.name
        callback(Object.assign(error, { code: `${NOT_CONNECTED}${reason}` }), null)
      }),
  })
  return {
    async post(path, fields, signal) {
      const { statusCode, body } = await pool.request({
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(fields),
        signal,
      })
      // A gateway in front of the Bot API answers these in HTML, of any length.
      if (statusCode >= 500) {
        body.destroy()
        throw new TelegramError({
          error_code: statusCode,
          description: STATUS_CODES[statusCode] ?? '',
        })
      }
      const answer = JSON.parse(await textOf(body))
      if (!answer.ok) throw new TelegramError(answer)
      return answer.result
    },
    close: () => void pool.destroy(),
  }
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > MAX_ANSWER_BYTES) throw new Error('the answer is no answer of the Bot API')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
