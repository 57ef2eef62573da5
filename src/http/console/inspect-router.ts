import Router from '@koa/router'
import { RetryableError } from '../../errors.ts'
import type { InspectTools } from './console-deps.ts'
import { ConsoleError } from './console-error.ts'
import type { InspectActor, InspectNews, InspectState } from './contract.ts'
import { type EventStream, openEventStream } from './event-stream.ts'
import { numberParam } from './params.ts'

const MAX_VIEWERS = 20
/** However fast an app reports, pages are told this often at most. */
const NEWS_MS = 250

/** Actors of other programs: who is there, how each was at any step, and what moves now. */
export function createInspectRouter(tools: InspectTools): Router {
  const router = new Router()
  const viewers = new Set<EventStream>()
  const moved = new Set<string>()
  let isPlanned = false
  let leave: (() => void) | undefined

  const tell = () => {
    isPlanned = false
    const news: InspectNews = { actors: [...moved] }
    moved.clear()
    for (const viewer of viewers) viewer.send('inspect', JSON.stringify(news))
  }
  const note = (actor: string) => {
    moved.add(actor)
    if (!isPlanned) setTimeout(tell, NEWS_MS).unref()
    isPlanned = true
  }

  router.get('/inspect', (context) => {
    context.body = tools.state() satisfies InspectState
  })
  router.get('/inspect/live', (context) => {
    if (viewers.size >= MAX_VIEWERS) throw new RetryableError('runtime.overloaded')
    leave ??= tools.onChange(note)
    const viewer = openEventStream(context, () => {
      viewers.delete(viewer)
      if (viewers.size > 0) return
      leave?.()
      leave = undefined
    })
    viewers.add(viewer)
  })
  // `?step=<seq>`: how it was then. The id holds a slash: encode it with `encodeURIComponent`.
  router.get('/inspect/actors/:actor', (context) => {
    const actor = tools.actor(context.params.actor ?? '', numberParam(context, 'step'))
    if (actor === undefined) throw new ConsoleError(404, 'actor.unknown')
    context.body = actor satisfies InspectActor
  })
  router.get('/inspect/charts/:digest', async (context) => {
    const chart = await tools.chart(context.params.digest ?? '')
    if (chart === undefined) throw new ConsoleError(404, 'not-found')
    context.body = chart
  })
  router.post('/inspect/clear', (context) => {
    tools.clear()
    context.body = tools.state() satisfies InspectState
  })
  return router
}
