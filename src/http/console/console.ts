import Router from '@koa/router'
import type { Context, Middleware, Next } from 'koa'
import { coerceError, TrtError } from '../../errors.ts'
import { createActorsRouter } from './actors-router.ts'
import { sendAsset } from './assets.ts'
import type { ConsoleDeps } from './console-deps.ts'
import { ConsoleError } from './console-error.ts'
import { createInspectRouter } from './inspect-router.ts'
import { createListsRouter } from './lists-router.ts'
import { createLiveRouter } from './live-router.ts'
import { createMachinesRouter } from './machines-router.ts'
import { createOverviewRouter } from './overview-router.ts'
import { createSandboxRouter } from './sandbox-router.ts'
import { createActionsRouter, createSessionRouter } from './session-router.ts'

const FOR_EVER = 'public, max-age=31536000, immutable'

/**
 * The console under `/console`: a page that shows nothing by itself, and an API that answers nobody
 * who is not logged in. Without a token, or from where it must not be opened, it does not exist.
 */
export function createConsoleRouter(deps: ConsoleDeps): Router {
  const { access, assets, sandbox } = deps
  const router = new Router()

  const exists: Middleware = (context, next) => {
    if (!access.isReachable(context)) throw new ConsoleError(404, 'not-found')
    secure(context, sandbox?.chatUrl() ?? null)
    return next()
  }

  const own: Middleware = (context, next) => {
    context.set('Cache-Control', 'no-store')
    if (access.isForeign(context)) throw new ConsoleError(403, 'console.foreign')
    return next()
  }

  const loggedIn: Middleware = async (context, next) => {
    const visitor = await access.visitorOf(context)
    if (visitor === null) throw new ConsoleError(401, 'console.login')
    context.state.visitor = visitor
    return await next()
  }

  const open = new Router()
  mount(open, '', [createSessionRouter(deps)])
  const api = new Router()
  api.use(loggedIn)
  mount(api, '', [
    createOverviewRouter(deps),
    createMachinesRouter(deps),
    createActorsRouter(deps),
    createListsRouter(deps),
    createActionsRouter(deps),
    createLiveRouter(deps.hub),
    ...(sandbox === null ? [] : [createSandboxRouter(deps, sandbox)]),
    ...(sandbox?.inspect ? [createInspectRouter(sandbox.inspect)] : []),
  ])
  api.all('/{*rest}', () => {
    throw new ConsoleError(404, 'not-found')
  })

  router.use('/console', answers, exists)
  router.use('/console/api', own, open.routes(), api.routes())
  router.get('/console/assets/:name', (context) => {
    const asset = assets.file(String(context.params.name))
    if (asset === undefined) throw new ConsoleError(404, 'not-found')
    sendAsset(context, asset, FOR_EVER)
  })
  // Every other address is a place in the page, which knows for itself which there are.
  router.get(/^\/console(\/.*)?$/, (context) => {
    const page = assets.page()
    if (page === undefined) throw new ConsoleError(404, 'not-found', 'The page was not built.')
    sendAsset(context, page, 'no-cache')
  })
  return router
}

function mount(router: Router, prefix: string, parts: readonly Router[]): void {
  for (const part of parts) router.use(prefix, part.routes())
}

/** Refusals as the page knows them; everything else goes on to the app. */
async function answers(context: Context, next: Next): Promise<void> {
  try {
    await next()
  } catch (thrown) {
    const error = coerceError(thrown)
    if (error instanceof TrtError && error.code === 'actor.unknown') {
      context.status = 404
      context.body = { error: error.code }
    } else if (error instanceof ConsoleError) {
      const { status, code, detail } = error
      context.status = status
      context.body = { error: code, ...(detail === undefined ? {} : { detail }) }
    } else throw error
  }
}

/** Nothing from elsewhere is loaded, nothing inline is run, and nobody else shows it in a frame. */
function secure(context: Context, chatUrl: string | null): void {
  const chat = chatUrl === null ? '' : ` ${new URL(chatUrl).origin}`
  context.set(
    'Content-Security-Policy',
    [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      `frame-src${chat || " 'none'"}`,
      `frame-ancestors 'self'${chat}`,
      "base-uri 'none'",
      "form-action 'self'",
    ].join('; '),
  )
  // Older than the line above, and without a word for another origin.
  if (chatUrl === null) context.set('X-Frame-Options', 'SAMEORIGIN')
  context.set('X-Content-Type-Options', 'nosniff')
  context.set('Referrer-Policy', 'no-referrer')
  context.set('Cross-Origin-Opener-Policy', 'same-origin')
  context.set('Cross-Origin-Resource-Policy', 'same-origin')
}
