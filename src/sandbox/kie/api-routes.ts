import { Router } from '@koa/router'
import type { Middleware } from 'koa'
import type { CreateTask, Purse } from './create-task.ts'
import type { Engine } from './engine.ts'
import type { Family } from './families/family.ts'
import type { Faults } from './faults.ts'
import { demandKey, demandUserAgent } from './guard.ts'
import { answerRefusal, readJson, succeed } from './http.ts'
import { isRefusal, refuse } from './refusal.ts'
import type { ResultFiles } from './result-files.ts'
import { suffer } from './trouble.ts'
import type { WindowLimit } from './window-limit.ts'

/** KIE's API proper: create, status, balance and direct links. */
export function createApiRoutes(deps: {
  apiKey: string
  families: readonly Family[]
  createTask: CreateTask
  engine: Engine
  purse: Purse
  files: ResultFiles
  readLimit: WindowLimit
  faults: Faults
  signal: AbortSignal
}): Router {
  const router = new Router()
  const guards = [demandUserAgent, demandKey(deps.apiKey)] as const

  for (const family of deps.families) {
    router.post(
      family.createPath,
      ...guards,
      readFirst,
      suffer('createTask', deps),
      async (ctx) => {
        const body = ctx.state.body as Awaited<ReturnType<typeof readJson>>
        const task = isRefusal(body) ? body : await deps.createTask(family, body)
        if (!isRefusal(task)) return succeed(ctx, { taskId: task.taskId })
        answerRefusal(ctx, task)
        // The account's rate limit is the one refusal that the docs describe as an HTTP status too.
        if (task.code === 429) ctx.status = 429
      },
    )
    router.get(family.statusPath, ...guards, suffer('recordInfo', deps), (ctx) => {
      if (!deps.readLimit.admit(ctx.get('authorization')))
        return answerRefusal(ctx, refuse(429, 'The request rate is too high. Please try later.'))
      const task = deps.engine.find(String(ctx.query.taskId ?? ''))
      if (task?.entry.family !== family.name)
        return answerRefusal(ctx, refuse(422, 'recordInfo is null'))
      succeed(ctx, family.status(task))
    })
  }

  router.get('/api/v1/chat/credit', ...guards, suffer('credit', deps), (ctx) => {
    succeed(ctx, deps.purse.credits)
  })

  router.post('/api/v1/common/download-url', ...guards, async (ctx) => {
    const body = await readJson(ctx)
    if (isRefusal(body)) return answerRefusal(ctx, body)
    const link = typeof body.url === 'string' ? deps.files.direct(body.url) : undefined
    if (link === undefined) return answerRefusal(ctx, refuse(422, 'The url is not supported'))
    succeed(ctx, link)
  })

  return router
}

/** A slow server has taken the request in, and acts on it even when the client has given up. */
const readFirst: Middleware = async (ctx, next) => {
  ctx.state.body = await readJson(ctx)
  return next()
}
