import Router from '@koa/router'
import { z } from 'zod'
import { historySchema } from '../../actors/engine/replay.ts'
import { readNextTimers } from '../../store/console/queue.ts'
import type { ConsoleDeps, SandboxTools } from './console-deps.ts'
import type { ForkResult, SandboxState } from './contract.ts'
import { createFork, historyUpTo } from './fork.ts'
import { bodyOf } from './params.ts'

const MAX_HISTORY_BYTES = 20 * 1024 * 1024
const DUE_SHOWN = 50
const clockBody = z.object({
  advanceMs: z
    .int()
    .min(0)
    .max(31 * 86_400_000),
})

const forkAtBody = z.object({ actor: z.string().max(400), seq: z.int().positive() })

/** What only the sandbox has: a clock that can be moved, and actors from elsewhere. */
export function createSandboxRouter(deps: ConsoleDeps, tools: SandboxTools): Router {
  const { db, now } = deps
  const router = new Router()
  const fork = createFork(deps, tools)

  async function state(): Promise<SandboxState> {
    const timers = await readNextTimers(db, DUE_SHOWN)
    return {
      aheadMs: tools.aheadMs(),
      now: now(),
      due: timers.map(({ actor_id: actor, id, due_at }) => ({
        actor,
        id,
        dueAt: due_at.getTime(),
      })),
    }
  }

  router.get('/sandbox', async (context) => {
    context.body = await state()
  })
  router.post('/sandbox/clock', async (context) => {
    const { advanceMs } = await bodyOf(context, clockBody)
    await tools.advance(advanceMs)
    context.body = await state()
  })
  router.post('/sandbox/fork', async (context) => {
    const history = await bodyOf(context, historySchema, MAX_HISTORY_BYTES)
    context.body = (await fork(history)) satisfies ForkResult
  })
  // An actor of this very sandbox, as it was after a step.
  router.post('/sandbox/fork-at', async (context) => {
    const { actor, seq } = await bodyOf(context, forkAtBody)
    context.body = (await fork(await historyUpTo(deps, actor, seq))) satisfies ForkResult
  })
  return router
}
