import Router from '@koa/router'
import { RetryableError } from '../../errors.ts'
import { openEventStream } from './event-stream.ts'
import type { LiveHub } from './live-hub.ts'
import { textParam } from './params.ts'

const MAX_VIEWERS = 50

/**
 * `GET /live?machine=<id>&actor=<id>&activity=1`: server-sent events (`LiveMessages`) until the page
 * goes or the process drains.
 */
export function createLiveRouter(hub: LiveHub): Router {
  const router = new Router()
  router.get('/live', (context) => {
    if (hub.viewers() >= MAX_VIEWERS) throw new RetryableError('runtime.overloaded')
    const topics = {
      machine: textParam(context, 'machine') ?? null,
      actor: textParam(context, 'actor') ?? null,
      activity: textParam(context, 'activity') === '1',
    }
    let detach = () => {}
    const stream = openEventStream(context, () => detach())
    detach = hub.attach({ ...topics, ...stream }, context.get('last-event-id'))
  })
  return router
}
