import { type IncomingMessage, request } from 'node:http'
import { pipeline } from 'node:stream'
import type { Context, Middleware } from 'koa'

/** Headers of the hop itself; they are the next connection's own business. */
const HOP = new Set(['connection', 'keep-alive', 'transfer-encoding'])

export interface ForwardOptions {
  /** The other server hears which host the browser asked, as if it had been asked itself. */
  keepHost?: boolean
}

/**
 * Passes requests on to another server of the sandbox, streams both ways (uploads, live events):
 * the page then needs no rights on a second origin and works behind any host name or tunnel.
 * Without an address, or with the page's own, the next router of this server answers.
 */
export function forwardTo(
  baseUrl: string | undefined,
  { keepHost = false }: ForwardOptions = {},
): Middleware {
  return async (ctx, next) => {
    if (!baseUrl || new URL(baseUrl).host === ctx.host) return next()
    try {
      pass(await ask(ctx, baseUrl, keepHost), ctx)
    } catch {
      ctx.status = 502
      ctx.body = { error: 'This part of the sandbox does not answer.' }
    }
  }
}

async function ask(ctx: Context, baseUrl: string, keepHost: boolean): Promise<IncomingMessage> {
  const { host, ...others } = ctx.headers
  const headers = keepHost ? { ...others, host } : others
  const target = request(new URL(ctx.url, baseUrl), { method: ctx.method, headers })
  ctx.res.once('close', () => target.destroy())
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  target.once('response', resolve)
  target.once('error', reject)
  ctx.req.pipe(target)
  return promise
}

/** Past Koa's own response: a browser that leaves an event stream is no error to report. */
function pass(answer: IncomingMessage, ctx: Context): void {
  ctx.respond = false
  const headers = Object.entries(answer.headers).filter(([name]) => !HOP.has(name))
  ctx.res.writeHead(answer.statusCode ?? 502, Object.fromEntries(headers))
  ctx.res.flushHeaders()
  pipeline(answer, ctx.res, () => undefined)
}
