import Router from '@koa/router'
import type { Context } from 'koa'
import type { Logger } from 'pino'
import type { Cause, ReplyCall, WebhookReplies } from '../../actors/telegram/webhook-replies.ts'
import { coerceError, RetryableError } from '../../errors.ts'
import { matcher } from '../same-secret.ts'
import { readBody } from './read-body.ts'

const MAX_BYTES = 1024 ** 2

/** Telegram honours this header and comes back then (WebhookActor.cpp of tdlib/telegram-bot-api). */
const RETRY_AFTER_S = 3

export interface WebhookDeps {
  /** The secret last segment of the address. */
  path: string
  /** The `secret_token` given to setWebhook. */
  secret: string
  /** Resolves when the update is committed or stored; any rejection means that it is not. */
  accept(update: unknown): Promise<void>
  /** Answers what can't wait for anything; true: there is nothing left to do with the update. */
  answerAtOnce?(update: unknown): Promise<boolean>
  /** Takes what may leave as the answer to a tap's or a message's request. */
  replies: Pick<WebhookReplies, 'during'>
  /** False while updates can't even be stored. */
  canAccept(): boolean
  /** Called without waiting for each update that is refused and will come again. */
  onRefused?(update: unknown): void
  log: Pick<Logger, 'warn' | 'error'>
}

/**
 * `POST /webhook/:path` for Telegram. 200 means stored; what is not stored is answered 503 with
 * `Retry-After`, and Telegram sends it again. What ends the spinner of a tap, or takes the buttons off the
 * screen above a message, leaves in the answer's body when it is ready by then. Everything that is not
 * Telegram is refused before the body is read.
 */
export function createWebhookRouter(deps: WebhookDeps): Router {
  if (!deps.path || !deps.secret) throw new TypeError('A webhook needs a path and a secret.')
  const isPath = matcher(deps.path)
  const isSecret = matcher(deps.secret)
  const router = new Router()

  router.all('/webhook/:path', async (context) => {
    const refused = refuse(context, isPath, isSecret)
    if (refused) {
      context.status = refused
      return
    }
    const body = await readBody(context.req, MAX_BYTES)
    if (!Buffer.isBuffer(body)) {
      context.status = body === 'too-large' ? 413 : 400
      return
    }
    const update = parse(body)
    if (update === undefined) {
      context.status = 400
      return
    }
    if (await deps.answerAtOnce?.(update)) {
      context.status = 200
      return
    }
    const { retryAfterS, reply } = deps.canAccept()
      ? await accept(deps, update)
      : { retryAfterS: RETRY_AFTER_S }
    if (retryAfterS === undefined) {
      context.status = 200
      if (reply !== undefined) context.body = reply
      return
    }
    deps.onRefused?.(update)
    context.set('Retry-After', String(retryAfterS))
    context.status = 503
  })
  return router
}

function refuse(
  context: Context & { params: Record<string, string | undefined> },
  isPath: (value: string) => boolean,
  isSecret: (value: string) => boolean,
): number | undefined {
  if (!isPath(context.params.path ?? '')) return 404
  if (context.method !== 'POST') {
    context.set('Allow', 'POST')
    return 405
  }
  if (!isSecret(context.get('X-Telegram-Bot-Api-Secret-Token'))) return 401
  // Telegram never compresses; a small body that unfolds to gigabytes is only ever an attack.
  const encoding = context.get('Content-Encoding')
  return encoding === '' || encoding === 'identity' ? undefined : 415
}

interface Accepted {
  /** Undefined when stored, else the seconds after which Telegram may come again. */
  retryAfterS?: number
  reply?: ReplyCall | undefined
}

async function accept(deps: WebhookDeps, update: unknown): Promise<Accepted> {
  const cause = causeOf(update)
  try {
    if (cause !== undefined) {
      return { reply: await deps.replies.during(cause, () => deps.accept(update)) }
    }
    await deps.accept(update)
    return {}
  } catch (thrown) {
    const error = coerceError(thrown)
    const level = error instanceof RetryableError ? 'warn' : 'error'
    // Only the message: the details of a database error quote the row.
    deps.log[level]({ reason: error.message }, 'update not stored, Telegram will send it again')
    const ms = error instanceof RetryableError ? error.retryAfterMs : undefined
    return { retryAfterS: ms === undefined ? RETRY_AFTER_S : Math.max(1, Math.ceil(ms / 1000)) }
  }
}

/** The tap's query or the message's chat, of an update that nobody has looked at yet. */
function causeOf(update: unknown): Cause | undefined {
  const { callback_query: query, message } = (update ?? {}) as {
    callback_query?: { id?: unknown } | null
    message?: { chat?: { id?: unknown } | null } | null
  }
  const id = query?.id ?? message?.chat?.id
  return typeof id === 'string' || typeof id === 'number' ? id : undefined
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
