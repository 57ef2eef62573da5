import { Router } from '@koa/router'
import * as z from 'zod'
import { modelName } from '../../machines/labels/models.ts'
import type { KieControl } from './control.ts'
import { parseFault } from './faults.ts'
import { readJson } from './http.ts'
import { isRefusal } from './refusal.ts'
import type { Task } from './task.ts'

const creditsSchema = z.strictObject({ credits: z.number().nonnegative() })
const reasonSchema = z.strictObject({
  code: z.int().default(501),
  msg: z.string().default('Failed'),
})

/** The controls over HTTP, for the sandbox page; plain JSON, no envelope. */
export function createControlRoutes(control: KieControl): Router {
  const router = new Router({ prefix: '/sandbox/kie' })
  router.use(async (ctx, next) => {
    // Only pages served by this very machine may steer the fake.
    if (/^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(ctx.get('origin')))
      ctx.set('access-control-allow-origin', ctx.get('origin'))
    try {
      await next()
    } catch (error) {
      ctx.status = 400
      ctx.body = { error: error instanceof Error ? error.message : String(error) }
    }
  })
  const jsonOf = async (ctx: Parameters<typeof readJson>[0]) => {
    const body = await readJson(ctx)
    if (isRefusal(body)) throw new Error(body.msg)
    return body
  }

  router.get('/tasks', (ctx) => {
    ctx.body = control.tasks.map(shown)
  })
  router.post('/tasks/:id/finish', async (ctx) => {
    await control.finish(String(ctx.params.id))
    ctx.body = { ok: true }
  })
  router.post('/tasks/:id/fail', async (ctx) => {
    await control.fail(String(ctx.params.id), reasonSchema.parse(await jsonOf(ctx)))
    ctx.body = { ok: true }
  })
  router.get('/faults', (ctx) => {
    ctx.body = control.faults.list()
  })
  router.post('/faults', async (ctx) => {
    control.faults.add(parseFault(await jsonOf(ctx)))
    ctx.body = control.faults.list()
  })
  router.delete('/faults', (ctx) => {
    control.faults.clear()
    ctx.body = []
  })
  router.get('/credits', (ctx) => {
    ctx.body = { credits: control.credits }
  })
  router.post('/credits', async (ctx) => {
    control.credits = creditsSchema.parse(await jsonOf(ctx)).credits
    ctx.body = { credits: control.credits }
  })
  router.get('/violations', (ctx) => {
    ctx.body = control.violations
  })
  router.post('/hold', (ctx) => {
    control.hold()
    ctx.body = { ok: true }
  })
  router.post('/release', (ctx) => {
    control.release()
    ctx.body = { ok: true }
  })
  return router
}

const shown = ({ entry, source: _, param: __, ...task }: Task) => ({
  ...task,
  title: modelName(entry),
})
