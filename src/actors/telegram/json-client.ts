import { STATUS_CODES } from 'node:http'
import { TelegramError } from 'telegraf'
import { buildConnector, type Dispatcher, Pool } from 'undici'
import { NOT_CONNECTED } from './keep-alive-agent.ts'

/** Calls without files: one JSON object each way, over connections that stay open. */
export interface JsonClient {
  /**
   * The result of a method; throws a `TelegramError` for a refusal, anything else for no answer, and
   * an `AbortError` when there was none within `timeoutMs` or before `signal` was aborted.
   */
  post(path: string, fields: object, limits: PostLimits): Promise<unknown>
  close(): void
}

export interface PostLimits {
  timeoutMs: number
  signal?: AbortSignal | undefined
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
    async post(path, fields, limits) {
      const { status, text } = await exchange(
        pool,
        {
          path,
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(fields),
        },
        limits,
      )
      // A gateway in front of the Bot API answers these in HTML, of any length.
      if (status >= 500) {
        throw new TelegramError({ error_code: status, description: STATUS_CODES[status] ?? '' })
      }
      const answer = JSON.parse(text)
      if (!answer.ok) throw new TelegramError(answer)
      return answer.result
    },
    close: () => void pool.destroy(),
  }
}

interface Answer {
  status: number
  /** Empty for a status from 500 on, whose body is not read. */
  text: string
}

/**
 * One request and its answer. Undici's lowest level, which makes no stream of an answer that is read as
 * a whole: https://undici.nodejs.org/#/docs/api/Dispatcher?id=dispatcherdispatchoptions-handler
 */
function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { timeoutMs, signal }: PostLimits,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    let status = 0
    let controller: Dispatcher.DispatchController | undefined
    let isOver = false

    /** Says how it ended, once. */
    function end(settle: () => void): void {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', giveUp)
      settle()
    }
    /** Ends it, and closes the connection: what still comes there is nobody's. */
    function cut(settle: () => void): void {
      end(settle)
      controller?.abort(new Error('not waited for'))
    }
    function giveUp(): void {
      // Before there was a connection nothing has left, and nothing will.
      const code = controller === undefined ? { code: `${NOT_CONNECTED}no connection` } : {}
      cut(() => reject(Object.assign(new Error('given up'), { name: 'AbortError', ...code })))
    }
    const timer = setTimeout(giveUp, timeoutMs)
    signal?.addEventListener('abort', giveUp, { once: true })

    dispatcher.dispatch(request, {
      onRequestStart(started) {
        controller = started
        if (isOver) started.abort(new Error('not waited for'))
      },
      onResponseStart(_, statusCode) {
        status = statusCode
        if (status >= 500) cut(() => resolve({ status, text: '' }))
      },
      onResponseData(_, chunk) {
        size += chunk.byteLength
        if (size <= MAX_ANSWER_BYTES) chunks.push(chunk)
        else cut(() => reject(new Error('the answer is no answer of the Bot API')))
      },
      onResponseEnd() {
        end(() => resolve({ status, text: Buffer.concat(chunks).toString('utf8') }))
      },
      onResponseError(_, error) {
        end(() => reject(error))
      },
    })
  })
}
