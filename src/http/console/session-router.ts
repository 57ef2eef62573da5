import Router from '@koa/router'
import type { Context } from 'koa'
import { z } from 'zod'
import { ACTION_NAMES } from '../../config/action-names.ts'
import type { Visitor } from './access.ts'
import { createActions } from './actions.ts'
import { type ConsoleDeps, visitorIn } from './console-deps.ts'
import { ConsoleError } from './console-error.ts'
import type { Session } from './contract.ts'
import { bodyOf } from './params.ts'

const line = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    // No control characters: it is shown, logged and stored.
    .regex(/^\P{C}*$/u)

const loginBody = z.object({ token: z.string().max(1_000), who: line(40).min(1) })
const actionBody = z.object({
  name: z.enum(ACTION_NAMES),
  target: z
    .string()
    .min(1)
    .max(200)
    .regex(/^\P{C}+$/u),
  why: line(200).min(3),
})

/** Who is there and what they may do; open to those who are not logged in. */
export function createSessionRouter(deps: ConsoleDeps): Router {
  const { access, actions, health, botId, sandbox, now, log } = deps
  const router = new Router()

  const sessionOf = (visitor: Visitor | null): Session => ({
    loggedIn: visitor !== null,
    who: visitor?.who ?? null,
    actions: visitor === null ? [] : [...actions],
    sandbox: sandbox !== null,
    chatUrl: sandbox?.chatUrl() ?? null,
    botId,
    version: visitor === null ? '' : health().version,
    instanceId: visitor === null ? '' : health().instanceId,
    now: now(),
  })

  router.get('/session', async (context) => {
    context.body = sessionOf(await access.visitorOf(context))
  })

  router.post('/login', async (context) => {
    const given = await bodyOf(context, loginBody)
    const login = await access.logIn(context, given)
    if ('visitor' in login) {
      log.info({ who: login.visitor.who }, 'an operator logged in to the console')
      context.body = sessionOf(login.visitor)
      return
    }
    if (login.retryMs > 0) context.set('Retry-After', String(Math.ceil(login.retryMs / 1_000)))
    log.warn({ reason: login.error }, 'a login to the console was refused')
    throw new ConsoleError(login.error === 'console.brake' ? 429 : 401, login.error)
  })

  router.post('/logout', async (context) => {
    await access.logOut(context, await access.visitorOf(context))
    context.body = sessionOf(await (sandbox === null ? null : access.visitorOf(context)))
  })

  return router
}

/** What operators do, as far as CONSOLE_ACTIONS allows it. */
export function createActionsRouter(deps: ConsoleDeps): Router {
  const perform = createActions(deps)
  const router = new Router()
  router.post('/actions', async (context: Context) => {
    const request = await bodyOf(context, actionBody)
    const visitor = visitorIn(context)
    if (!deps.actions.includes(request.name)) {
      deps.log.warn({ action: request.name, who: visitor.who }, 'an action was denied')
      throw new ConsoleError(403, 'console.denied', `CONSOLE_ACTIONS has no ${request.name}.`)
    }
    const result = await perform(visitor, request)
    if (result.outcome === 'refused') {
      throw new ConsoleError(409, 'console.refused', result.detail ?? undefined)
    }
    context.body = result
  })
  return router
}
