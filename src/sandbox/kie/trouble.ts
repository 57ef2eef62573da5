import { once } from 'node:events'
import type { Context, Middleware, Next } from 'koa'
import type { Fault, FaultRoute, Faults } from './faults.ts'
import { answer } from './http.ts'
import { pause } from './pause.ts'

/** Lets the next fault of this route, if one waits, happen to the request. */
export const suffer =
  (route: FaultRoute, deps: { faults: Faults; signal: AbortSignal }): Middleware =>
  (ctx, next) => {
    const fault = deps.faults.take(route)
    return fault ? happen(fault, ctx, next, deps.signal) : next()
  }

async function happen(fault: Fault, ctx: Context, next: Next, signal: AbortSignal): Promise<void> {
  switch (fault.kind) {
    case 'delay':
      await pause(fault.ms ?? 1_000, signal)
      return next()
    case 'code':
      return answer(ctx, fault.code ?? 500, fault.msg ?? 'Internal Error, Please try again later.')
    case 'http':
      ctx.status = fault.status ?? 502
      ctx.type = 'text/html'
      ctx.body = fault.msg ?? `<html><title>${ctx.status}</title></html>`
      return
    case 'hang':
      ctx.respond = false
      await once(ctx.req.socket, 'close')
      return
    case 'reset-before':
      return reset(ctx)
    case 'reset-after':
      await next()
      return reset(ctx)
    case 'garbage':
      ctx.status = 200
      ctx.type = 'text/html'
      ctx.body = '<!doctype html><title>One moment, please</title>'
      return
  }
}

function reset(ctx: Context): void {
  ctx.respond = false
  ctx.req.socket.resetAndDestroy()
}
