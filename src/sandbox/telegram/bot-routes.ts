import Router from '@koa/router'
import type { Context } from 'koa'
import { BotApiError } from './api-error.ts'
import type { Args } from './args.ts'
import type { Dispatch, Outcome } from './dispatch.ts'
import { handleContent } from './file-content.ts'
import type { World } from './model.ts'
import { readArgs } from './request-body.ts'
import { botByToken } from './world.ts'

interface Deps {
  readonly world: World
  readonly dispatch: Dispatch
  /** Aborts when the server closes. */
  readonly closing: AbortSignal
}

const HTML = '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>'

/** Takes the connection away from Koa; the client sees what `act` does to it. */
function takeOver(ctx: Context, act: () => void): void {
  ctx.respond = false
  act()
}

async function answer(ctx: Context, outcome: Outcome, world: World, signal: AbortSignal) {
  switch (outcome.kind) {
    case 'reset':
      return takeOver(ctx, () => ctx.req.socket.destroy())
    case 'hang':
      return takeOver(ctx, () => {
        if (outcome.ms === undefined) return
        world.sleep(outcome.ms, signal).then(
          () => ctx.req.socket.destroy(),
          () => undefined,
        )
      })
    case 'html':
      ctx.status = outcome.status
      ctx.type = 'text/html'
      ctx.body = HTML
      return
    case 'json': {
      const { parameters } = outcome.body as { parameters?: { retry_after?: number } }
      if (parameters?.retry_after !== undefined)
        ctx.set('Retry-After', String(parameters.retry_after))
      ctx.status = outcome.status
      ctx.type = 'application/json'
      ctx.body = JSON.stringify(outcome.body)
    }
  }
}

const refusal = (error: BotApiError): Outcome => ({
  kind: 'json',
  status: error.status,
  body: { ok: false, error_code: error.status, description: error.message },
})

async function argsOf(ctx: Context): Promise<Args | BotApiError> {
  try {
    return await readArgs(ctx.req, ctx.URL.searchParams)
  } catch (error) {
    if (error instanceof BotApiError) return error
    throw error
  }
}

/** `/bot<token>/<method>` and `/file/bot<token>/<path>`. */
export function botRoutes({ world, dispatch, closing }: Deps): Router {
  const router = new Router()

  router.all('/bot:token/:method', async (ctx) => {
    const gone = new AbortController()
    ctx.res.on('close', () => gone.abort())
    const signal = AbortSignal.any([gone.signal, closing])
    const { token = '', method = '' } = ctx.params
    const bot = botByToken(world, token)
    const args = await argsOf(ctx)
    if (args instanceof BotApiError) return answer(ctx, refusal(args), world, signal)
    const botName = bot?.username ?? 'unknown'
    const outcome = await dispatch({ bot, botName, method, args, signal, via: 'http' })
    return answer(ctx, outcome, world, signal)
  })

  router.get('/file/bot:token/*path', (ctx) => {
    const { token = '', path = '' } = ctx.params
    const bot = botByToken(world, token)
    const handle = bot?.files.byPath(path)
    if (!bot || !handle) {
      const error = bot ? new BotApiError(404, 'Not Found') : new BotApiError(401, 'Unauthorized')
      return answer(ctx, refusal(error), world, closing)
    }
    ctx.type = 'application/octet-stream'
    ctx.body = handleContent(handle)
  })

  return router
}
