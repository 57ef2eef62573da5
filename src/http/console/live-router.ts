import { PassThrough } from 'node:stream'
import Router from '@koa/router'
import { RetryableError } from '../../errors.ts'
import type { LiveHub, Viewer } from './live-hub.ts'
import { textParam } from './params.ts'

/** Shorter than any proxy's patience with a silent connection. */
const PING_MS = 15_000
const RETRY_MS = 2_000
const MAX_VIEWERS = 50
/** A page that reads nothing must not fill our memory. */
const MAX_BEHIND_BYTES = 1_000_000

/**
 * `GET /live?machine=<id>&actor=<id>&activity=1`: server-sent events (`LiveMessages`) until the page
 * goes or the process drains.
 */
export function createLiveRouter(hub: LiveHub): Router {
  const router = new Router()
  router.get('/live', (context) => {
    if (hub.viewers() >= MAX_VIEWERS) throw new RetryableError('runtime.overloaded')
    const stream = new PassThrough()
    const write = (text: string) => {
      if (stream.writableEnded) return
      if (stream.writableLength > MAX_BEHIND_BYTES) stream.destroy()
      else stream.write(text)
    }
    const viewer: Viewer = {
      machine: textParam(context, 'machine') ?? null,
      actor: textParam(context, 'actor') ?? null,
      activity: textParam(context, 'activity') === '1',
      send: (name, data, id) =>
        write(`event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`),
      end: () => stream.end(),
    }
    context.req.socket.setTimeout(0)
    context.type = 'text/event-stream'
    context.set('Cache-Control', 'no-store')
    context.set('X-Accel-Buffering', 'no')
    context.body = stream
    write(`retry: ${RETRY_MS}\n\n`)
    const detach = hub.attach(viewer, context.get('last-event-id'))
    const ping = setInterval(() => write(': ping\n\n'), PING_MS)
    ping.unref()
    stream.once('close', () => {
      clearInterval(ping)
      detach()
    })
    context.res.once('close', () => stream.destroy())
  })
  return router
}
