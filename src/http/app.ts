import { STATUS_CODES } from 'node:http'
import type Router from '@koa/router'
import Koa, { type Context, type Middleware } from 'koa'
import { coerceError, ERRORS, RetryableError, TrtError } from '../errors.ts'

export interface AppDeps {
  /** Asked in this order. */
  readonly routers: readonly Router[]
  /** Makes an id for a request that brings none. */
  readonly newRequestId: () => string
  readonly log: {
    readonly warn: (facts: object, message: string) => void
    readonly error: (facts: object, message: string) => void
  }
}

const REQUEST_ID = /^[\w.:-]{1,64}$/

/** Takes over a well-formed X-Request-Id, else makes one; it is in the answer and in every log line. */
const requestId =
  (newRequestId: () => string): Middleware =>
  (context, next) => {
    const given = context.get('X-Request-Id')
    context.state.requestId = REQUEST_ID.test(given) ? given : newRequestId()
    context.set('X-Request-Id', context.state.requestId)
    return next()
  }

/** `404` -> `not-found`. */
const nameOf = (status: number): string =>
  (STATUS_CODES[status] ?? `http ${status}`).toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')

const answer = (context: Context, status: number, error: string): void => {
  context.status = status
  context.body = { error }
}

const statusOf = (error: Error): number => {
  const status = 'status' in error ? Number(error.status) : 500
  return status >= 400 && status < 500 ? status : 500
}

const answerError = (context: Context, thrown: unknown, log: AppDeps['log']): void => {
  const error = coerceError(thrown)
  const status = error instanceof TrtError ? ERRORS[error.code].status : statusOf(error)
  const code = error instanceof TrtError ? error.code : nameOf(status)
  if (error instanceof RetryableError)
    context.set('Retry-After', String(Math.max(1, Math.ceil((error.retryAfterMs ?? 0) / 1000))))
  answer(context, status, code)
  // The path without its query: a query may hold a signature.
  const facts = { requestId: context.state.requestId, path: context.path, code }
  if (status >= 500) log.error({ ...facts, err: error }, 'request failed')
  else log.warn(facts, 'request refused')
}

/** Turns what is thrown into the table's status and `{"error": code}`, and gives refusals a body. */
const errors =
  (log: AppDeps['log']): Middleware =>
  async (context, next) => {
    try {
      await next()
      if (context.status >= 400 && context.body == null)
        answer(context, context.status, nameOf(context.status))
    } catch (thrown) {
      answerError(context, thrown, log)
    }
  }

/** The Koa app around the given routers; `app.callback()` goes to `boot.attach`. */
export const createApp = ({ routers, newRequestId, log }: AppDeps): Koa => {
  const app = new Koa()
  // Koa would print to stderr what happens while an answer is being written.
  app.on('error', (error: Error) => log.warn({ reason: error.message }, 'answer not sent'))
  app.use(requestId(newRequestId))
  app.use(errors(log))
  for (const router of routers) {
    app.use(router.routes())
    app.use(router.allowedMethods())
  }
  return app
}
