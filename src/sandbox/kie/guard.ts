import type { Middleware } from 'koa'
import { answer } from './http.ts'

/** Cloudflare in front of KIE turns away clients that don't name themselves. */
export const demandUserAgent: Middleware = async (ctx, next) => {
  if (ctx.get('user-agent') !== '') return next()
  ctx.status = 403
  ctx.type = 'text/plain'
  ctx.body = 'error code: 1010'
}

/** `Authorization: Bearer <key>`; anything else is answered with code 401. */
export const demandKey =
  (apiKey: string): Middleware =>
  (ctx, next) => {
    if (ctx.get('authorization') === `Bearer ${apiKey}`) return next()
    answer(ctx, 401, 'You do not have access permissions')
    return Promise.resolve()
  }
