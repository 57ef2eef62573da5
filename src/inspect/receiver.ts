import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { InspectMemory } from './memory.ts'

/** A definition or a snapshot that is larger closes its connection. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024
const MAX_APPS = 20

/**
 * Takes the WebSocket connections of a server and puts what they report into memory: the app has
 * `createWebSocketInspector({ url })` of `@statelyai/inspect`, with any path of this server. Only
 * programs and pages of this very machine are let in; a foreign page in a browser here is not.
 */
export function attachReceiver(server: Server, memory: InspectMemory): { close(): void } {
  let sockets: Promise<import('ws').WebSocketServer> | undefined
  const open = async () => {
    const { WebSocketServer } = await import('ws')
    return new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES })
  }
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A client that is gone already.
    socket.on('error', () => socket.destroy())
    if (!isLocal(request)) return refuse(socket, '403 Forbidden')
    sockets ??= open()
    sockets.then(
      (all) => {
        if (all.clients.size >= MAX_APPS) return refuse(socket, '503 Service Unavailable')
        all.handleUpgrade(request, socket, head, (client) => {
          const connection = memory.connect()
          client.on('message', (data) => connection.receive(String(data)))
          client.on('close', () => connection.close())
          client.on('error', () => client.terminate())
        })
      },
      () => refuse(socket, '503 Service Unavailable'),
    )
  }
  server.on('upgrade', upgrade)
  return {
    close() {
      server.off('upgrade', upgrade)
      void sockets?.then((all) => {
        for (const client of all.clients) client.terminate()
        all.close()
      })
    },
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`)
}

/** By the connection, by the name that was asked for, and by the page that asks, if it is one. */
export function isLocal({ socket, headers }: IncomingMessage): boolean {
  const { host = '', origin } = headers
  return (
    /^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '') &&
    isLoopback(`http://${host}`) &&
    (origin === undefined || isLoopback(origin))
  )
}

const isLoopback = (url: string): boolean =>
  URL.canParse(url) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname)
