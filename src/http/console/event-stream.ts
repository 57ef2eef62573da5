import { PassThrough } from 'node:stream'
import type { Context } from 'koa'

/** Shorter than any proxy's patience with a silent connection. */
const PING_MS = 15_000
const RETRY_MS = 2_000
/** A page that reads nothing must not fill our memory. */
const MAX_BEHIND_BYTES = 1_000_000

export interface EventStream {
  /** `data` is one line of JSON. */
  send(name: string, data: string, id?: string): void
  end(): void
}

/** Answers with server-sent events until the page goes, or `end` is called; then `closed` is. */
export function openEventStream(context: Context, closed: () => void): EventStream {
  const stream = new PassThrough()
  const write = (text: string) => {
    if (stream.writableEnded) return
    if (stream.writableLength > MAX_BEHIND_BYTES) stream.destroy()
    else stream.write(text)
  }
  context.req.socket.setTimeout(0)
  context.type = 'text/event-stream'
  context.set('Cache-Control', 'no-store')
  context.set('X-Accel-Buffering', 'no')
  context.body = stream
  write(`retry: ${RETRY_MS}\n\n`)
  const ping = setInterval(() => write(': ping\n\n'), PING_MS)
  ping.unref()
  stream.once('close', () => {
    clearInterval(ping)
    closed()
  })
  context.res.once('close', () => stream.destroy())
  return {
    send: (name, data, id) =>
      write(`event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`),
    end: () => stream.end(),
  }
}
